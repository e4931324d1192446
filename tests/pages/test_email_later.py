"""Someone who ran by phone and post gets an email address, comes in by a code, and loses the address again."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from portal.accounts.models import User
from portal.history.models import Event
from tests import factories, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def walter() -> User:
    walter = User.objects.create_user(
        name="Walter Ames", called="Walter", can_sign_in=False, phone="+12125550123", channel="letter",
        postal="14 Mill Lane\nAlbany, NY 12207", time_zone="America/Toronto",
    )  # fmt: skip
    factories.case_actions.open_case(patient=walter, by=factories.Actor.person(people.person("theo")))
    return walter


@pytest.fixture
def put_right(walter, django_capture_on_commit_callbacks):
    def send(**said):
        whole = {
            "email": "", "phone": "212 555 0123", "postal": walter.postal, "channel": "letter", "is_wish": "on",
            "is_known": "on",
        } | said  # fmt: skip
        with django_capture_on_commit_callbacks(execute=True):
            page = people.browser(people.person("theo"))
            answer = page.post(reverse("pages:fix_address", args=[walter.pk]), whole)
        walter.refresh_from_db()
        return answer

    return send


def test_an_address_opens_the_page_to_its_person_by_a_code(walter, put_right):
    assert put_right(email="walter@example.org", channel="mail").status_code == 302
    assert (walter.can_sign_in, walter.channel) == (True, "mail")
    [invited] = mail.outbox
    assert (invited.to, invited.subject) == (["walter@example.org"], "Your page is open")
    assert reverse("account_request_login_code") in invited.body
    browser = people.browser()
    browser.post(reverse("account_request_login_code"), {"email": "walter@example.org"})
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]
    browser.post(reverse("account_confirm_login_code"), {"code": code})
    assert browser.get(reverse("pages:home"), follow=True).context["case"].patient == walter
    assert Event.objects.get(verb="account.opened_to_sign_in").patient == walter.pk


def test_nobody_is_invited_before_the_coordinator_knows_who_speaks(walter, put_right):
    assert put_right(email="walter@example.org", channel="mail", is_known="").status_code == 422
    assert not walter.can_sign_in
    assert not mail.outbox


def test_without_the_address_it_is_post_again(walter, put_right):
    put_right(email="walter@example.org", channel="mail")
    browser = people.browser(walter)
    assert browser.get(reverse("pages:home"), follow=True).status_code == 200
    put_right(email="", channel="letter")
    assert (walter.email, walter.can_sign_in, walter.channel) == (None, False, "letter")
    assert reverse("account_login") in browser.get(reverse("pages:home"))["Location"]
    assert Event.objects.filter(verb="account.back_to_post").count() == 1
