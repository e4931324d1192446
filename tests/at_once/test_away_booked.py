"""Somebody books on the very days that a consultant is said to be away: the call is asked about, or is not booked."""

from contextlib import suppress
from functools import partial

import pytest
import time_machine

from bookings import actions, availability_actions
from bookings.availability_actions import Unanswered
from bookings.away.actions import say_away
from bookings.models import Consultation
from bookings.rules import JustTaken
from cases.case.models import Away
from portal.actors import Actor
from tests import factories, people
from tests.at_once.rivals import at_once, meeting_after, without_locks
from tests.at_once.test_booking_twins import LONG
from tests.at_once.test_bookings import cases, winners
from tests.bookings.conftest import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
PLACES = ((availability_actions, "_left_outside"), (actions, "claim"))


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def presses(transactional_db):
    """One says that Joanne is away, the other books with her on that day."""
    joanne, amir = people.person("joanne"), people.person("amir")
    factories.open_hours(joanne)
    (case,) = cases(1)
    kept = factories.hold(case, joanne, service="first_talk")
    day = kept.starts_at.astimezone(joanne.zone).date()
    by = Actor.person(people.person("theo"))
    say = partial(say_away, joanne, from_on=day, until_on=day, stands_in=amir, by=by)
    book = partial(actions.book, hold=kept, accepts_scope=True, by=Actor.person(case.patient))
    return partial(or_told, say), partial(or_told, book)


def or_told(press):
    with suppress(Unanswered, JustTaken):
        return press()


def is_left_outside():
    return Away.objects.exists() and Consultation.objects.booked().exists()


def test_no_call_is_left_on_days_away_unasked(presses):
    with meeting_after(*PLACES, seconds=0.5):
        winners(at_once(*presses))
    assert not is_left_outside()
    assert Away.objects.exists() != Consultation.objects.booked().exists()


def test_twin_a_call_is_left_on_days_away(presses):
    with without_locks(), meeting_after(*PLACES, seconds=LONG):
        winners(at_once(*presses))
    assert is_left_outside()
