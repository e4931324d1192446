"""Tries are counted one after the other, however many come together."""

import datetime as dt
import time

import pytest
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

from portal import clock, tries
from portal.accounts.tasks import clear_old
from tests.at_once.rivals import at_once


@pytest.mark.django_db(transaction=True)
def test_of_eight_together_three_may():
    outcomes = at_once(*[lambda: tries.may_once_more("together", 3, 600)] * 8)
    assert sorted(outcome.result for outcome in outcomes) == [False] * 5 + [True] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", [1, -1])
def test_counting_and_forgetting_wait_for_one_another(monkeypatch, step):
    """Forgotten in the order in which the rows lie, counted in that of the limits: without turns, a deadlock."""
    limits = [("first", 9, 600), ("second", 9, 600)][::step]
    assert tries.may_under_all(limits[::-1])
    keep = DatabaseCache.set

    def forget_meanwhile():
        time.sleep(0.15)
        tries.forget(limits)

    def slowly(*arguments):
        keep(*arguments)
        time.sleep(0.3)

    monkeypatch.setattr(DatabaseCache, "set", slowly)
    outcomes = at_once(lambda: tries.may_under_all(limits), forget_meanwhile)
    assert [outcome.error for outcome in outcomes] == [None, None]


@pytest.mark.django_db
def test_a_night_forgets_the_addresses_of_windows_that_are_over():
    tries.may_once_more("made-up-links:192.0.2.7", 9, 600)
    tries.may_once_more("made-up-links:192.0.2.8", 9, 600)
    with connection.cursor() as cursor:
        over = clock.real_now() - dt.timedelta(seconds=1)
        cursor.execute("UPDATE portal_cache SET expires = %s WHERE cache_key LIKE %s", [over, "%192.0.2.7%"])
        clear_old()
        cursor.execute("SELECT cache_key FROM portal_cache WHERE cache_key LIKE %s", ["%made-up-links%"])
        assert [key for (key,) in cursor.fetchall() if "192.0.2.7" in key or "192.0.2.8" in key] == [
            ":1:tries:made-up-links:192.0.2.8:600"
        ]
