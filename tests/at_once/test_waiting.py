"""Two workers look at the same moment for times that got free: who waits is told once."""

import threading
from contextlib import contextmanager, suppress

import pytest
import time_machine

from bookings import actions
from bookings.models import FreeTimes, Wish
from bookings.waiting import looking
from portal import clock
from portal.actors import Actor
from tests import factories, people
from tests.at_once.rivals import at_once
from tests.bookings.conftest import NOW
from tests.bookings.test_waiting import ask

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture
def freed(transactional_db):
    """Rosa waits, and Grace has just canceled her call."""
    with time_machine.travel(NOW, tick=True):
        factories.open_hours()
        grace = factories.book(factories.open_case(people.person("grace")), service="first_talk")
        ask(factories.open_case(people.person("rosa")))
        actions.cancel(grace, by=Actor.person(grace.patient))
        yield


@contextmanager
def window_held_open(seconds):
    """Between "what got free" and telling, wait for the other worker as long as the guard lets it come."""
    meet, tell = threading.Barrier(2), looking._tell

    def wait_then_tell(*args):
        with suppress(threading.BrokenBarrierError):
            meet.wait(seconds)
        return tell(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "_tell", wait_then_tell)
        yield


def look():
    return looking.look(clock.now())


@pytest.mark.full
def test_two_looks_tell_once(freed):
    with window_held_open(seconds=0.5):
        outcomes = at_once(look, look)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert sorted(outcome.result for outcome in outcomes) == [0, 1]
    assert Wish.objects.get().times_told == 1


@pytest.mark.full
def test_without_the_guard_both_would_tell(freed):
    """Else the test above would prove nothing."""
    with window_held_open(seconds=8), pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "_locked_looks", lambda: list(FreeTimes.objects.all()))
        patch.setattr(looking, "_still_open", lambda wish: True)
        patch.setattr(looking, "_not_told", lambda wish, found: found)
        outcomes = at_once(look, look)
    assert [outcome.result for outcome in outcomes] == [1, 1]
