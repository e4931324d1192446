"""A form in another charset than ours is refused before anything reads it."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded; charset="


def send(client, method: str, charset: str) -> int:
    body = b"email=rosa%40example.org" if method == "POST" else b""
    return client.generic(method, reverse("account_request_login_code"), body, CONTENT_TYPE=FORM + charset).status_code


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("charset", ["hex", "unicode_escape", "rot13", "idna", "utf-7", "utf-16", "none-of-ours", "é"])
def test_another_charset_is_a_bad_request(client, method, charset):
    assert send(client, method, charset) == 400


@pytest.mark.parametrize("charset", ["", "utf-8", "UTF-8", '"utf-8"'])
def test_ours_is_read(client, charset):
    assert send(client, "GET", charset) == 200
    assert send(client, "POST", charset) == 302


@pytest.mark.parametrize("charset", ["utf8", "Utf_8"])
def test_another_spelling_of_ours_is_read_in_an_address_and_never_fails(client, charset):
    """Of forms without files Django itself takes the usual spelling alone."""
    assert send(client, "GET", charset) == 200
    assert send(client, "POST", charset) == 400


def test_a_form_with_files_likewise(client):
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nrosa@example.org\r\n--x--\r\n'
    said = [
        client.generic("POST", reverse("account_request_login_code"), body, CONTENT_TYPE=f"{kind}; boundary=x")
        for kind in ("multipart/form-data; charset=hex", "multipart/form-data; charset=utf-8")
    ]
    assert [answer.status_code for answer in said] == [400, 302]
