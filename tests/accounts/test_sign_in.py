"""Signing up, signing in, resetting: the flows, and that known and unknown addresses look alike."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.accounts import drafts
from portal.accounts.models import User
from portal.history.models import Event
from portal.texts.words import text
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def code_in_mail() -> str:
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.M)[1]


def words_of(response, email: str) -> str:
    """What a page says, without the address, the tokens and the ids of the moment."""
    page = response.content.decode().replace(email, "ADDRESS")
    return re.sub(r'(value|content)="[^"]{20,}"', "", page)


def test_sign_up_by_code_then_asks_about_you():
    browser = Client()
    browser.post(reverse("account_signup"), {"email": "ulla@example.org", "privacy": "on"})
    page = browser.post(reverse("account_email_verification_sent"), {"code": code_in_mail()}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("accounts:about_you")
    ulla = User.objects.get(email="ulla@example.org")
    assert (ulla.privacy_version, ulla.has_usable_password()) == (text("privacy_notice").version, False)
    assert Event.objects.filter(verb="account.privacy_accepted", about_id=ulla.pk).exists()
    assert Event.objects.filter(verb="account.signed_in", actor_id=ulla.pk).exists()


def test_sign_up_needs_the_privacy_notice():
    page = Client().post(reverse("account_signup"), {"email": "ulla@example.org"})
    assert "tick that you accept it" in page.content.decode()
    assert not User.objects.exists()


def test_a_typo_is_asked_about_once():
    browser = Client()
    page = browser.post(reverse("account_signup"), {"email": "rosa@gmial.com", "privacy": "on"})
    assert "Did you mean rosa@gmail.com?" in page.content.decode()
    assert 'name="as_typed" value="rosa@gmial.com"' in page.content.decode()
    browser.post(reverse("account_signup"), {"email": "rosa@gmial.com", "privacy": "on", "as_typed": "rosa@gmial.com"})
    assert User.objects.filter(email="rosa@gmial.com").exists()


def test_sign_in_by_code():
    person("rosa")
    browser = Client()
    browser.post(reverse("account_request_login_code"), {"email": "rosa@example.org"})
    page = browser.post(reverse("account_confirm_login_code"), {"code": code_in_mail().lower()})
    assert page.headers["Location"] == reverse("pages:home")


def test_sign_in_by_password():
    person("rosa")
    browser = Client()
    page = browser.post(reverse("account_login"), {"login": "rosa@example.org", "password": PASSWORD})
    assert page.headers["Location"] == reverse("pages:home")


def test_a_wrong_password_is_on_record_and_says_what_to_do():
    rosa = person("rosa")
    page = Client().post(reverse("account_login"), {"login": "rosa@example.org", "password": "wrong"})
    assert "go together" in page.content.decode()
    assert "<title>Error:" in page.content.decode()
    assert Event.objects.filter(verb="account.refused", about_id=rosa.pk, patient=rosa.pk).exists()


def test_reset_by_code_sets_a_new_password():
    rosa = person("rosa")
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": "rosa@example.org"})
    page = browser.post(reverse("account_confirm_password_reset_code"), {"code": code_in_mail()}, follow=True)
    new = "quiet-moss-lantern-9"
    browser.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    rosa.refresh_from_db()
    assert rosa.check_password(new)


@pytest.mark.parametrize("address", ["account_request_login_code", "account_reset_password"])
def test_known_and_unknown_addresses_look_alike(address):
    person("rosa")
    pages = {}
    for email in ("rosa@example.org", "nobody@example.org"):
        response = Client().post(reverse(address), {"email": email}, follow=True)
        pages[email] = (response.status_code, response.redirect_chain, words_of(response, email))
    assert pages["rosa@example.org"] == pages["nobody@example.org"]
    assert len(mail.outbox) == 2


def test_signing_up_with_a_known_address_looks_like_any_sign_up():
    person("rosa")
    pages = {}
    for email in ("rosa@example.org", "nobody@example.org"):
        response = Client().post(reverse("account_signup"), {"email": email, "privacy": "on"}, follow=True)
        pages[email] = (response.status_code, response.redirect_chain, words_of(response, email))
    assert pages["rosa@example.org"] == pages["nobody@example.org"]
    assert "has one already" in mail.outbox[0].body


def test_wrong_passwords_look_alike_for_known_and_unknown():
    person("rosa")
    pages = [
        words_of(Client().post(reverse("account_login"), {"login": email, "password": "wrong"}), email)
        for email in ("rosa@example.org", "nobody@example.org")
    ]
    assert pages[0] == pages[1]


def test_ten_wrong_passwords_then_even_the_right_one_waits():
    person("rosa")
    for _n in range(10):
        Client().post(reverse("account_login"), {"login": "rosa@example.org", "password": "wrong"})
    page = Client().post(reverse("account_login"), {"login": " ROSA@example.org ", "password": PASSWORD})
    assert "too many tries" in page.content.decode()


def test_a_claimed_address_of_a_proxy_changes_nothing_in_the_count():
    person("rosa")
    for n in range(10):
        Client(headers={"X-Forwarded-For": f"203.0.113.{n}"}).post(
            reverse("account_login"), {"login": "rosa@example.org", "password": "wrong"}
        )
    page = Client(headers={"X-Forwarded-For": "198.51.100.9"}).post(
        reverse("account_login"), {"login": "rosa@example.org", "password": PASSWORD}
    )
    assert "too many tries" in page.content.decode()


def test_mails_of_codes_say_the_same_in_both_parts_and_tell_nothing():
    person("rosa")
    Client().post(reverse("account_request_login_code"), {"email": "rosa@example.org"})
    message = mail.outbox[-1]
    html = re.sub(r"<[^>]+>", " ", message.alternatives[0][0])
    assert message.from_email.startswith("RS office <")
    for line in filter(None, message.body.splitlines()):
        assert line.strip() in html
    told = message.subject + message.body + message.from_email
    for word in ("cancer", "opinion", "Remission", "doctor", "treatment"):
        assert word not in told


def test_mail_server_away_is_a_sentence_not_an_error(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    person("rosa")
    for email in ("rosa@example.org", "nobody@example.org"):
        page = Client().post(reverse("account_request_login_code"), {"email": email})
        assert page.status_code == 503
        assert "We couldn’t send the email just now" in page.content.decode()


def test_answers_are_kept_only_when_ticked():
    for email, ticked in (("a@example.org", {"keep_answers": "on"}), ("b@example.org", {})):
        Client().post(reverse("account_signup"), {"email": email, "privacy": "on", "answers": "sealed", **ticked})
    assert drafts.kept(User.objects.get(email="a@example.org"), "five-questions") == {"sealed": "sealed"}
    assert drafts.kept(User.objects.get(email="b@example.org"), "five-questions") is None


def test_a_mailbox_that_refuses_is_said_plainly(smtp_sink):
    person("rosa")
    smtp_sink.refused.add("rosa@example.org")
    page = Client().post(reverse("account_request_login_code"), {"email": "rosa@example.org"})
    assert page.status_code == 503
    assert "That mailbox did not take our email" in page.content.decode()
