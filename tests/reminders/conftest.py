"""Kinds registered for these tests only, and readers of two zones."""

import datetime as dt

import pytest
import time_machine

from portal.reminders import kinds
from tests import people
from tests.reminders.kinds import ALL, NOON, THINGS


@pytest.fixture(autouse=True)
def own_kinds():
    kinds.register(*ALL)
    THINGS.versions.clear()
    THINGS.answers.clear()
    THINGS.broken.clear()
    THINGS.asked = 0
    yield
    kinds.forget(*(kind.code for kind in ALL))


@pytest.fixture
def clock():
    """Tuesday, November 10, 10 am in Toronto; `clock.shift(timedelta)` moves on."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rosa(db):
    return people.person("rosa")


@pytest.fixture
def grace(db):
    return people.person("grace")


@pytest.fixture
def hour():
    return dt.timedelta(hours=1)
