"""A consultant moves a preparation into the minute that a patient books: one of them has it, the other is told."""

from functools import partial

import pytest

from bookings.models import Consultation, Reservation
from bookings.preparing import actions as preparing
from bookings.rules import JustTaken
from portal import clock
from portal.actors import Actor
from tests import factories
from tests.at_once.rivals import at_once, double_bookings, window_held_open, without_constraints, without_locks
from tests.at_once.test_bookings import CONSULTANT_GUARD, cases, press, starts

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("monday"),
]


def rivals(joannes):
    """A booked call, somebody new, and a time that both the preparation and the new call could have."""
    first, new = cases(2)
    call = factories.book(first, joannes.consultant, starts_at=starts(first, joannes)[20])
    fits = preparing.free_starts(call, preparing.reserved(call), joannes, clock.now())
    return call, new, next(at for at in fits if at in starts(new, joannes, "first_talk"))


def move(call, at):
    try:
        return preparing.move(call, starts_at=at, by=Actor.person(call.consultant))
    except JustTaken:
        return None


def outcome(joannes, **window):
    call, new, at = rivals(joannes)
    with window_held_open(2, **window):
        moved, booked = at_once(partial(move, call, at), partial(press, new, joannes, at, "first_talk"))
    assert not moved.error, moved.error
    assert not booked.error, booked.error
    return isinstance(moved.result, Reservation), isinstance(booked.result, Consultation)


@pytest.mark.full
def test_one_of_them_has_the_minute(joannes):
    assert sorted(outcome(joannes)) == [False, True]
    assert double_bookings() == 0


@pytest.mark.full
def test_the_lock_alone_holds(joannes):
    with without_constraints(CONSULTANT_GUARD):
        assert sorted(outcome(joannes)) == [False, True]
        assert double_bookings() == 0


@pytest.mark.full
def test_the_constraint_alone_holds(joannes):
    with without_locks():
        assert not all(outcome(joannes, seconds=10))
    assert double_bookings() == 0


@pytest.mark.full
def test_twin_without_lock_and_constraint_has_both(joannes):
    with without_constraints(CONSULTANT_GUARD), without_locks():
        assert all(outcome(joannes, seconds=10))
        assert double_bookings() > 0
