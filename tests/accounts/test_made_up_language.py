"""Every page of sign-in, account and the organisation speaks the made-up language."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.pages.public import ABOUT
from tests.people import PASSWORD, browser, person
from tests.plain_english import made_up_language, sentences

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/", "/start/", "/accounts/login/", "/accounts/login/code/", "/accounts/signup/", "/accounts/password/reset/",
    "/nowhere/",
] + [f"/about/{slug}/" for slug in ABOUT]  # fmt: skip
OWN = [
    "/account/", "/account/you/", "/account/display/", "/account/check/", "/accounts/email/", "/accounts/2fa/",
    "/accounts/2fa/webauthn/", "/accounts/sessions/", "/accounts/logout/", "/accounts/reauthenticate/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def made_up():
    made_up_language()


def speaking(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "qps"
    return client


@pytest.mark.parametrize("address", PUBLIC)
def test_pages_for_everybody(address):
    assert sentences(speaking(Client()).get(address).content.decode()) == []


@pytest.mark.parametrize("address", OWN)
def test_pages_of_ones_own(address):
    rosa = person("rosa")
    rosa.language = "qps"
    rosa.save()
    page = browser(rosa).get(address)
    assert page.status_code == 200
    assert sentences(page.content.decode()) == []


@pytest.mark.parametrize("address", ["/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/"])
def test_setting_up_a_second_factor(address):
    client = speaking(Client())
    person("rosa")
    User.objects.update(language="qps")
    client.post(reverse("account_login"), {"login": "rosa@example.org", "password": PASSWORD})
    page = client.get(address)
    assert page.status_code == 200
    assert sentences(page.content.decode()) == []


def test_people_page():
    mara = person("mara")
    mara.language = "qps"
    mara.save()
    assert sentences(browser(mara).get("/staff/people/").content.decode()) == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("account_login", {"login": "x", "password": ""}),
        ("account_request_login_code", {"email": "x"}),
        ("account_signup", {"email": ""}),
        ("account_reset_password", {"email": "x"}),
        ("pages:start", {"step": "0"}),
    ],
)
def test_errors(address, words):
    page = speaking(Client()).post(reverse(address), words)
    assert sentences(page.content.decode()) == []


def test_steps_of_the_questions():
    client = speaking(Client())
    for step in range(5):
        page = client.post("/start/", {"step": step, "skip": "1"})
        assert sentences(page.content.decode()) == []


def test_it_would_be_found():
    assert sentences("<p>This was never marked</p>") == ["This was never marked"]
    assert sentences('<p translate="no">This was never marked</p><p lang="en">Nor was this one</p>') == []
