"""Known and unknown addresses cannot be told apart by time: medians within a tenth, over 200 pairs in the long form."""

import statistics
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.db import connections
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User

pytestmark = pytest.mark.django_db
HALVES = 2  # of the pairs, asked side by side

ENTRANCES = {
    "account_request_login_code": "email",
    "account_reset_password": "email",
    "account_signup": "email",
    "account_login": "login",
}


Taken = dict[bool, list[float]]


def times(address: str, numbers: Iterable[int]) -> Taken:
    """Seconds for a known and for an unknown address, asked in turn, once the page is warm.

    Each asks from a network of its own, and of a person of its own: limits would answer sooner than the page.
    """
    taken: Taken = {True: [], False: []}
    began_with = list(ENTRANCES).index(address)
    Client().post(reverse(address), {ENTRANCES[address]: "first@example.org", "privacy": "on", "password": "not-hers"})
    for n in numbers:
        for is_known in (True, False):
            email = f"{'rosa' if is_known else 'nobody'}-{n}@example.org"
            words = {ENTRANCES[address]: email, "privacy": "on", "password": "not-hers"}
            began = time.perf_counter()
            answer = Client(REMOTE_ADDR=f"10.{began_with}.{int(is_known)}.{n + 1}").post(reverse(address), words)
            taken[is_known].append(time.perf_counter() - began)
            assert answer.status_code != 429
    return taken


def make_known(pairs: int) -> None:
    for n in range(pairs):
        user = User.objects.create_user(email=f"rosa-{n}@example.org", password="hers-is-long-enough")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def medians(address: str, pairs: int) -> tuple[float, float]:
    taken = times(address, range(pairs))
    return statistics.median(taken[True]), statistics.median(taken[False])


@pytest.mark.parametrize("address", ["account_login", "account_signup"])
def test_medians_are_within_a_tenth(address, settings):
    settings.ENTRANCE_TAKES = 0.8
    make_known(2)
    known, unknown = medians(address, pairs=2)
    assert abs(known - unknown) <= 0.1 * max(known, unknown)


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_medians_of_200_pairs(settings):
    """At every entrance, all at the same time: what takes longest is the waiting."""
    settings.ENTRANCE_TAKES = 0.5
    make_known(200)

    def ask(address: str, numbers: Iterable[int]) -> Taken:
        try:
            return times(address, numbers)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(ENTRANCES) * HALVES) as pool:
        asked = {
            address: [pool.submit(ask, address, range(half, 200, HALVES)) for half in range(HALVES)]
            for address in ENTRANCES
        }
    for address, halves in asked.items():
        known, unknown = (
            statistics.median(seconds for half in halves for seconds in half.result()[is_known])
            for is_known in (True, False)
        )
        assert abs(known - unknown) <= 0.1 * max(known, unknown), address


def test_without_the_floor_time_would_tell():
    """The twin: signing up writes rows for a new address only, and takes visibly longer."""
    make_known(16)
    known, unknown = medians("account_signup", pairs=16)
    assert unknown > known * 1.1
