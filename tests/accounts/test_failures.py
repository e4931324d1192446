"""Pages for what goes wrong."""

import re

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from portal import failures
from portal.accounts import drafts
from portal.accounts.models import Draft
from tests.people import browser, person


@pytest.mark.parametrize("status", [400, 403, 404, 410, 413, 429, 500, 503])
def test_each_stands_by_itself_without_database(status):
    page = render_to_string(f"{status}.html")
    assert "rs-empty" in page
    assert "<h1>" in page


@pytest.mark.django_db
def test_404_in_our_words():
    page = Client().get("/nowhere/")
    assert page.status_code == 404
    assert "We can’t find that page" in page.content.decode()


@pytest.mark.parametrize(("error", "status"), [(OperationalError("gone"), 503), (ZeroDivisionError(), 500)])
def test_a_database_that_is_away_is_a_503(error, status):
    try:
        raise error
    except type(error):
        page = failures.server_error(RequestFactory().get("/"))
    assert page.status_code == status
    assert "What you saved is safe" in page.content.decode()


@pytest.mark.django_db
def test_an_old_form_keeps_its_words():
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("rosa"), backend="portal.accounts.backend.Backend")
    words = {"name": "Rosa M.", "draft_of": drafts.named(person("rosa"), "about-you")}
    page = client.post(reverse("accounts:about_you"), words, headers={"Referer": "http://testserver/account/you/"})
    assert page.status_code == 403
    assert "What you typed is kept" in page.content.decode()
    assert drafts.kept(person("rosa"), "about-you") == {"name": "Rosa M."}


@pytest.mark.django_db
def test_a_form_shown_to_somebody_else_is_kept_for_nobody():
    """Her sign-in was over, and he signed in on the same browser: her tab still stands open."""
    form = browser(person("rosa")).get(reverse("accounts:about_you")).content.decode()
    hers = re.search(r'name="draft_of" value="([^"]+)"', form)[1]
    for said in (hers, "about-you", "about-you/", f"{hers}x"):
        client = Client(enforce_csrf_checks=True)
        client.force_login(person("grace"), backend="portal.accounts.backend.Backend")
        page = client.post(reverse("accounts:about_you"), {"name": "Rosa M.", "draft_of": said})
        assert (page.status_code, "What you typed is kept" in page.content.decode()) == (403, False)
    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_too_much_at_once_is_a_413(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    words = {f"f{n}": "x" for n in range(9)}
    page = browser(person("rosa")).post(reverse("accounts:about_you"), words)
    assert page.status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/?q=a%00b", "/accounts/login/?next=%00", "/account/draft/a%00b/", "/a%00b/"])
def test_a_sign_that_no_database_takes_is_a_400(address):
    assert browser(person("rosa")).get(address).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [f"/account/draft/{'x' * 61}/", f"/account/draft/about-you/{'9' * 41}/", "/account/draft/about-you/%C2%B2/"],
)
def test_a_draft_of_no_form_of_ours_is_missing(address):
    assert browser(person("rosa")).post(address, {"name": "Rosa"}).status_code == 404


NO_PASSKEYS = [
    "[" * 20_000,
    '{"id": ' + "9" * 5000 + "}",
    "[1, 2]",
    '"text"',
    "1e400",
    '{"id": null, "rawId": []}',
    "{}",
    '{"id": "YQ"}',
]
WHAT_THEY_ARE = ["deep", "long", "list", "text", "huge", "nulls", "empty", "half"]


@pytest.mark.django_db
@pytest.mark.parametrize("credential", NO_PASSKEYS, ids=WHAT_THEY_ARE)
def test_a_passkey_that_is_none_is_refused_in_words(credential):
    answer = Client().post(reverse("mfa_login_webauthn"), {"credential": credential}, follow=True)
    assert answer.status_code == 200
    assert not answer.wsgi_request.user.is_authenticated


@pytest.mark.django_db
def test_nor_in_a_form():
    assert browser(person("rosa")).post("/account/zone/", {"zone": "a\0b"}).status_code == 400


@pytest.mark.django_db
def test_a_step_of_many_digits_begins_anew():
    assert Client().post("/start/", {"step": "9" * 5000}).status_code == 422
