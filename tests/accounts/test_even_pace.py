"""Known and unknown addresses cannot be told apart by time: medians within a tenth, over 200 pairs in the long form."""

import statistics
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.people import person

pytestmark = pytest.mark.django_db

ENTRANCES = {
    "account_request_login_code": "email",
    "account_reset_password": "email",
    "account_signup": "email",
    "account_login": "login",
}


def medians(address: str, pairs: int) -> tuple[float, float]:
    """Seconds for a known and for an unknown address, asked in turn."""
    taken = {True: [], False: []}
    for n in range(pairs):
        for is_known in (True, False):
            email = "rosa@example.org" if is_known else f"nobody-{n}@example.org"
            cache.clear()  # limits would answer sooner than the page
            words = {ENTRANCES[address]: email, "privacy": "on", "password": "not-hers"}
            began = time.perf_counter()
            Client().post(reverse(address), words)
            taken[is_known].append(time.perf_counter() - began)
    return statistics.median(taken[True]), statistics.median(taken[False])


@pytest.mark.parametrize("address", ["account_login", "account_signup"])
def test_medians_are_within_a_tenth(address, settings):
    settings.ENTRANCE_TAKES = 0.4
    person("rosa")
    known, unknown = medians(address, pairs=2)
    assert abs(known - unknown) <= 0.1 * max(known, unknown)


@pytest.mark.full
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("address", list(ENTRANCES))
def test_medians_of_200_pairs(address, settings):
    settings.ENTRANCE_TAKES = 0.5
    person("rosa")
    known, unknown = medians(address, pairs=200)
    assert abs(known - unknown) <= 0.1 * max(known, unknown)


def test_without_the_floor_time_would_tell():
    """The twin: signing up writes rows for a new address only, and takes visibly longer."""
    person("rosa")
    known, unknown = medians("account_signup", pairs=8)
    assert unknown > known * 1.1
