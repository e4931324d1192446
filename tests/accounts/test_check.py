"""The light check by code."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from tests.people import browser, person

pytestmark = pytest.mark.django_db
CHECK = "/account/check/"


def sent_code(client) -> str:
    client.post(CHECK, {"send": "1", "next": "/account/"})
    return re.search(r"^([A-Z0-9]{3}-[A-Z0-9]{3})$", mail.outbox[-1].body, re.M)[1]


def test_the_code_leads_back_to_where_one_was():
    client = browser(person("rosa"))
    code = sent_code(client)
    page = client.post(CHECK, {"code": code.lower().replace("-", " "), "next": "/account/"})
    assert page.headers["Location"] == "/account/"


def test_five_wrong_codes_and_even_the_right_one_is_refused():
    client = browser(person("rosa"))
    code = sent_code(client)
    for _n in range(5):
        assert client.post(CHECK, {"code": "WRONG1", "next": "/"}).status_code == 422
    page = client.post(CHECK, {"code": code, "next": "/"})
    assert "no longer works" in page.content.decode()


def test_it_never_leads_to_another_site():
    client = browser(person("rosa"))
    page = client.post(CHECK, {"code": sent_code(client), "next": "https://elsewhere.example/"})
    assert page.headers["Location"] == reverse("pages:home")


def test_the_code_is_not_in_the_session_in_clear():
    client = browser(person("rosa"))
    code = sent_code(client)
    assert code.replace("-", "") not in str(dict(client.session))
