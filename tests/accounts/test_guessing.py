"""Guessing is counted for the account, whatever the address looks like, and one guesser keeps nobody out."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.core import context
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal import tries
from portal.accounts import guessing
from portal.history.models import Event
from tests.people import PASSWORD, browser, person, second_factor

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 9, 14, tzinfo=dt.UTC)
TOO_MANY, WRONG = "too many tries", "go together"


@pytest.fixture
def many_a_minute(settings):
    """Without allauth's 30 a minute, which would answer first."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": ""}


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def guess(client: Client, email: str = "rosa@example.org", password: str = "", **more: str) -> str:
    answer = client.post(reverse("account_login"), {"login": email, "password": password or "wrong"}, **more)
    return answer.content.decode() if answer.status_code == 200 else "signed in"


def ask_for_code(client: Client, email: str = "rosa@example.org") -> int:
    client.post(reverse("account_request_login_code"), {"email": email})
    return len(mail.outbox)


def test_one_guesser_has_five_tries_and_keeps_nobody_else_out():
    person("rosa")
    assert [WRONG in guess(at("203.0.113.1")) for _n in range(7)] == [True] * 5 + [False] * 2
    assert TOO_MANY in guess(at("203.0.113.1"), password=PASSWORD)
    assert guess(at("198.51.100.1"), password=PASSWORD) == "signed in"


def test_many_guessers_have_ten_tries_together():
    person("rosa")
    said = [guess(at(f"203.0.113.{n}")) for n in range(14)]
    assert [WRONG in words for words in said] == [True] * 10 + [False] * 4
    assert TOO_MANY in said[-1]


def test_tries_come_back_after_five_minutes():
    person("rosa")
    with time_machine.travel(NOW, tick=False):
        for n in range(10):
            guess(at(f"203.0.113.{n}"))
    with time_machine.travel(NOW + dt.timedelta(seconds=299), tick=False):
        assert TOO_MANY in guess(at("198.51.100.1"), password=PASSWORD)
    with time_machine.travel(NOW + dt.timedelta(seconds=301), tick=False):
        assert guess(at("198.51.100.1"), password=PASSWORD) == "signed in"


@pytest.mark.parametrize(
    "spellings",
    [
        ["rosa@example.org", "ROSA@EXAMPLE.ORG", " Rosa@Example.org", "rosa@EXAMPLE.org "],
        ["rosa@example.org", "rosa.d@example.net"],  # two addresses of one account
    ],
)
def test_an_account_is_counted_under_all_its_spellings_and_addresses(spellings):
    EmailAddress.objects.create(user=person("rosa"), email="rosa.d@example.net", verified=True)
    said = [guess(at(f"203.0.113.{n}"), spellings[n % len(spellings)]) for n in range(11)]
    assert [TOO_MANY in words for words in said] == [False] * 10 + [True]


@pytest.mark.parametrize("spelt", ["roſa@example.org", "rosa@example．org", "ｒosa@example.org"])
def test_a_look_alike_is_no_way_around_the_count(spelt):
    """Either it is nobody's address, or it counts as hers: it never signs her in once her tries are used up."""
    person("rosa")
    for n in range(10):
        guess(at(f"203.0.113.{n}"))
    assert guess(at("198.51.100.1"), spelt, PASSWORD) != "signed in"


def test_another_name_or_port_of_the_host_is_no_way_around_the_count():
    person("rosa")
    hosts = [{"HTTP_HOST": f"localhost:{8000 + n}"} for n in range(5)] + [{"HTTP_HOST": "127.0.0.1"}]
    said = [guess(at("203.0.113.1"), **host) for host in hosts]
    assert [TOO_MANY in words for words in said] == [False] * 5 + [True]


@pytest.mark.parametrize("trusted", [0, 1])
def test_what_a_visitor_claims_about_proxies_is_no_way_around_the_count(settings, trusted):
    """Behind our proxy only the last address counts, which it writes itself."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = trusted
    person("rosa")
    for n in range(5):
        guess(at("203.0.113.1"), HTTP_X_FORWARDED_FOR=f"192.0.2.{n}, 203.0.113.1")
    assert TOO_MANY in guess(at("203.0.113.1"), HTTP_X_FORWARDED_FOR="192.0.2.99, 203.0.113.1")


def test_a_network_of_ipv6_is_one_client():
    person("rosa")
    for n in range(5):
        guess(at(f"2001:db8::{n}"))
    assert TOO_MANY in guess(at("2001:db8::ffff:1"))
    assert WRONG in guess(at("2001:db8:0:1::1"))
    assert [tries.are_too_many(f"2001:db8::{n}") for n in range(21)] == [False] * 20 + [True]


def test_a_client_that_tried_many_accounts_uses_up_nobody_elses_tries(many_a_minute):
    person("rosa")
    for n in range(30):
        guess(at("203.0.113.1"), f"nobody-{n}@example.org")
    for _n in range(5):
        assert TOO_MANY in guess(at("203.0.113.1"))
    assert [WRONG in guess(at(f"198.51.100.{n}")) for n in range(11)] == [True] * 10 + [False]


def test_a_right_password_between_does_not_wipe_the_count():
    person("rosa"), person("grace")
    for n in range(10):
        guess(at(f"203.0.113.{n}"))
        guess(at(f"203.0.113.{n}"), "grace@example.org", PASSWORD)
    assert TOO_MANY in guess(at("203.0.113.77"))


def test_unknown_addresses_are_counted_alike():
    person("rosa")
    for email in ("rosa@example.org", "nobody@example.org"):
        said = [guess(at("203.0.113.1"), email) for _n in range(6)]
        assert [TOO_MANY in words for words in said] == [False] * 5 + [True]


def test_wrong_codes_from_the_mailbox_count_for_the_account():
    person("rosa")
    for _n in range(3):
        client = at("203.0.113.1")
        ask_for_code(client)
        client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})
    for _n in range(2):
        guess(at("203.0.113.1"))
    assert TOO_MANY in guess(at("203.0.113.1"), password=PASSWORD)


def test_a_code_is_refused_once_the_accounts_tries_are_used_up():
    person("rosa")
    client = at("198.51.100.1")
    ask_for_code(client)
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.M)[1]
    for n in range(10):
        guess(at(f"203.0.113.{n}"))
    page = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert TOO_MANY in page.content.decode()


@pytest.mark.parametrize("address", ["account_request_login_code", "account_reset_password"])
def test_nobody_uses_up_the_codes_of_somebody_else(address):
    person("rosa")
    for _n in range(12):
        at("203.0.113.1").post(reverse(address), {"email": "Rosa@example.org"})
    assert len(mail.outbox) == 3
    at("198.51.100.1").post(reverse(address), {"email": "rosa@example.org"})
    assert len(mail.outbox) == 4


def test_one_client_has_ten_codes_an_hour_and_all_together_thirty():
    person("rosa")
    for minute in range(12):
        with time_machine.travel(NOW + dt.timedelta(minutes=minute * 2), tick=False):
            ask_for_code(at("203.0.113.1"))
    assert len(mail.outbox) == 10
    with time_machine.travel(NOW + dt.timedelta(minutes=25), tick=False):
        for n in range(25):
            ask_for_code(at(f"198.51.100.{n}"))
    assert len(mail.outbox) == 30


def test_second_steps_are_counted_with_the_passwords_and_forty_a_day():
    joanne = person("joanne")
    second_factor_page = reverse("mfa_authenticate")
    client = at("203.0.113.1")
    assert guess(client, "joanne@example.org", PASSWORD) == "signed in"  # on to the second step
    said = [client.post(second_factor_page, {"code": "000000"}).content.decode() for _n in range(6)]
    assert [TOO_MANY in words for words in said] == [False] * 5 + [True]
    tries.forget(guessing._limits(client.get("/").wsgi_request, guessing.whose(joanne))[:3])
    for _n in range(35):
        assert tries.may_once_more(f"second-steps:{joanne.pk}", guessing.SECOND_STEPS_A_DAY, guessing.DAY)
    assert TOO_MANY in client.post(second_factor_page, {"code": "000000"}).content.decode()


def used_up(user, address: str, often: int = 20) -> None:
    """Wrong codes of one client, five each five minutes."""
    request = at(address).get("/").wsgi_request
    for n in range(often):
        with time_machine.travel(NOW + dt.timedelta(seconds=301 * (n // 5)), tick=False):
            assert guessing.may_try(request, guessing.whose(user), is_second_step=True)


def may_from(user, address: str) -> bool:
    with time_machine.travel(NOW + dt.timedelta(hours=6), tick=False):
        request = at(address).get("/").wsgi_request
        return guessing.may_try(request, guessing.whose(user), is_second_step=True)


def test_one_client_uses_up_half_of_a_days_second_steps_and_reads_how_long():
    joanne = person("joanne")
    used_up(joanne, "203.0.113.1")
    assert not may_from(joanne, "203.0.113.1")
    assert may_from(joanne, "198.51.100.1")
    with time_machine.travel(NOW + dt.timedelta(hours=6), tick=False):
        client = at("203.0.113.1")
        guess(client, "joanne@example.org", PASSWORD)
        assert "wait 24 hours" in client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()


def test_a_right_second_step_begins_the_day_anew_but_not_for_a_guesser_elsewhere():
    joanne = person("joanne")
    used_up(joanne, "203.0.113.1")
    used_up(joanne, "203.0.113.2")
    assert not may_from(joanne, "198.51.100.1")
    with time_machine.travel(NOW + dt.timedelta(hours=6), tick=False):
        guessing.passed_second_step(at("198.51.100.1").get("/").wsgi_request, guessing.whose(joanne))
    assert may_from(joanne, "198.51.100.1")
    assert not may_from(joanne, "203.0.113.1")


def test_a_sign_in_by_passkey_or_code_passes_the_second_step():
    """Whatever of the two it was: allauth notes both as "mfa"."""
    joanne, request = person("joanne"), at("198.51.100.1").get("/").wsgi_request
    for address in ("203.0.113.1", "203.0.113.2"):
        used_up(joanne, address)
    with time_machine.travel(NOW + dt.timedelta(hours=6), tick=False):
        record_authentication(request, joanne, method="mfa", type="webauthn")
        with context.request_context(request):
            get_adapter(request).login(request, joanne)
    assert may_from(joanne, "198.51.100.1")


def test_a_way_back_clears_the_second_steps_of_every_client():
    joanne = person("joanne")
    for address in ("203.0.113.1", "203.0.113.2"):
        used_up(joanne, address)
    guessing.begin_second_steps_anew(guessing.whose(joanne))
    assert may_from(joanne, "203.0.113.1")


def test_a_right_second_step_wipes_no_count_of_the_client(many_a_minute):
    """allauth would begin the client's count anew, for guessing at others."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    secret = second_factor(person("grace"))
    for n in range(29):
        guess(at("203.0.113.1"), f"nobody-{n}@example.org")
    client = at("203.0.113.1")
    guess(client, "grace@example.org", PASSWORD)
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post(reverse("mfa_authenticate"), {"code": format_hotp_value(hotp_value(secret, counter))})
    assert client.get("/account/").status_code == 200
    assert WRONG in guess(at("203.0.113.1"), "ama@example.org")
    assert TOO_MANY in guess(at("203.0.113.1"), "ama@example.org")


def test_guessing_the_old_password_or_a_check_counts_as_well():
    client = browser(person("rosa"))
    words = {"oldpassword": "wrong", "password1": "quiet-moss-lantern-9", "password2": "quiet-moss-lantern-9"}
    for _n in range(5):
        client.post(reverse("account_change_password"), words)
    client.post("/account/check/", {"send": "1", "next": "/"})
    assert TOO_MANY in client.post("/account/check/", {"code": "WRONG1", "next": "/"}).content.decode()


def test_a_new_password_by_code_begins_the_account_anew():
    rosa = person("rosa")
    for n in range(10):
        guess(at(f"203.0.113.{n}"))
    limits = guessing._limits(at("198.51.100.1").get("/").wsgi_request, guessing.whose(rosa))
    assert not tries.may_under_all(limits)
    guessing.proved_mailbox(at("198.51.100.1").get("/").wsgi_request, guessing.whose(rosa))
    assert guess(at("198.51.100.1"), password=PASSWORD) == "signed in"


def test_keys_hold_nobodys_address():
    assert "nobody" not in guessing.whom("nobody@example.org")


def test_there_is_no_other_door():
    """No admin of Django's, no form of another app signs anybody in: allauth's is the only login."""
    from django.conf import settings
    from django.urls import NoReverseMatch

    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert settings.AUTHENTICATION_BACKENDS == ["portal.accounts.backend.Backend"]
    with pytest.raises(NoReverseMatch):
        reverse("admin:login")


def refused(user) -> list[str]:
    lines = Event.objects.filter(verb="account.refused", about_id=user.pk, patient=user.pk).order_by("pk")
    return [line.why for line in lines]


@pytest.mark.parametrize("spelt", ["rosa@example.org", "ROSA.D@example.net"])
def test_wrong_passwords_are_on_record_under_each_address_and_too_many_once(spelt):
    rosa = person("rosa")
    EmailAddress.objects.create(user=rosa, email="rosa.d@example.net", verified=True)
    with time_machine.travel(NOW, tick=False):
        for _n in range(9):
            guess(at("203.0.113.1"), spelt)
    assert refused(rosa) == ["password"] * 5 + ["too_many"]
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        for _n in range(7):
            guess(at("203.0.113.1"), spelt)
    assert refused(rosa) == ["password"] * 5 + ["too_many"] + ["password"] * 5 + ["too_many"]


def test_too_many_tries_for_nobody_are_on_nobodys_record():
    for _n in range(9):
        guess(at("203.0.113.1"), "nobody@example.org")
    assert not Event.objects.filter(verb="account.refused").exists()
