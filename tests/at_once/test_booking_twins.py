"""Each race of booking with its window held open, and its twin without the guards, which must go wrong.

The rivals meet between judging and taking; without guards all of them have judged before anybody takes.
"""

import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from bookings import actions, anyone, availability_actions, near, picker
from bookings.availability_actions import Unanswered
from bookings.models import Consultation, Reservation, Service
from bookings.rules import JustTaken
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import factories
from tests.at_once.rivals import (
    at_once,
    double_bookings,
    meeting_after,
    window_held_open,
    without_constraints,
    without_locks,
)
from tests.at_once.test_bookings import (
    CONSULTANT_GUARD,
    PATIENT_GUARD,
    cases,
    moved_or_told,
    press,
    starts,
    winners,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("monday"),
]
LONG = 20.0  # seconds a twin waits for its rivals, however busy the machine


@contextmanager
def guarded(rivals):
    """Everything in its place: whoever has judged waits a little, in case a rival gets as far."""
    with window_held_open(rivals):
        yield


@contextmanager
def unguarded(rivals, *constraints):
    with without_constraints(CONSULTANT_GUARD, *constraints), without_locks(), window_held_open(rivals, seconds=LONG):
        yield


def only_one(table, column):
    """The constraint that lets a value stand in one row: (table, its name)."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    names = [name for name, each in found.items() if each["columns"] == [column] and each["unique"]]
    return table, names[0]


# Any consultant


def any_who_fits(case, start):
    """The page has been looked at: what is free with whom is known before the rivals meet."""
    practices = anyone.taking_bookings(case.patient, case, clock.now())
    wish = picker.Offer(
        case=case,
        practice=practices[0],
        service=Service.objects.get(code="first_talk"),
        now=clock.now(),
        zone=case.patient.zone,
    )
    offer = anyone.offer_of(wish, practices, anyone.Fit())
    assert offer.who(start)
    return offer


def press_any(case, offer, start):
    by = Actor.person(case.patient)
    keep = partial(actions.hold, case=case, service=offer.service, starts_at=start, how="video", by=by)
    try:
        kept = anyone.first_who_can(offer, start, keep)
        return actions.book(hold=kept, accepts_scope=True, by=by)
    except JustTaken:
        return near.near(case, None, offer.service, start, case.patient, clock.now())


def any_presses(count, practices):
    rivals = cases(count)
    start = min(set.intersection(*(set(starts(rivals[0], one, "first_talk")) for one in practices)))
    return [partial(press_any, case, any_who_fits(case, start), start) for case in rivals]


@pytest.mark.full
def test_any_consultant_gives_each_of_them_one_call(joannes, amirs):
    presses = any_presses(4, [joannes, amirs])
    with guarded(4):
        booked = winners(at_once(*presses))
    assert {call.consultant_id for call in booked} == {joannes.pk, amirs.pk}
    assert len(booked) == 2
    assert double_bookings() == 0


@pytest.mark.full
def test_twin_any_consultant_is_booked_twice(joannes, amirs):
    presses = any_presses(4, [joannes, amirs])
    with unguarded(4):
        assert len(winners(at_once(*presses))) > 2
        assert double_bookings() > 0


# Overlaps of different lengths


def of_different_lengths(practice):
    rivals = cases(3)
    slot = next(at for at in starts(rivals[0], practice) if at in starts(rivals[1], practice, "first_talk"))
    half = timedelta(minutes=30)
    wishes = [("plan", slot), ("first_talk", slot), ("first_talk", slot + half)]
    return [partial(press, case, practice, at, code) for case, (code, at) in zip(rivals, wishes, strict=True)]


@pytest.mark.full
def test_overlaps_of_different_lengths_go_to_one(joannes):
    presses = of_different_lengths(joannes)
    with guarded(3):
        assert len(winners(at_once(*presses))) == 1
    assert double_bookings() == 0


@pytest.mark.full
def test_twin_overlaps_of_different_lengths(joannes):
    presses = of_different_lengths(joannes)
    with unguarded(3):
        assert len(winners(at_once(*presses))) > 1
        assert double_bookings() > 0


# Moving into a time that is taken at the same moment


def movers(practice):
    first, second, newcomer = cases(3)
    booked = [factories.book(case, practice.consultant) for case in (first, second)]
    slot = starts(newcomer, practice)[-1]
    return [*(partial(moved_or_told, call, slot) for call in booked), partial(press, newcomer, practice, slot)]


@pytest.mark.full
def test_one_of_those_who_move_into_a_time_has_it(joannes):
    presses = movers(joannes)
    with guarded(3):
        assert len(winners(at_once(*presses))) == 1
    assert double_bookings() == 0


@pytest.mark.full
def test_twin_all_move_into_one_time(joannes):
    presses = movers(joannes)
    with unguarded(3):
        assert len(winners(at_once(*presses))) > 1
        assert double_bookings() > 0


# A time that is canceled, and those who want it


def cancel_and_book(practice):
    first, *rivals = cases(4)
    booked, free = factories.book(first, practice.consultant), threading.Event()

    def cancel():
        actions.cancel(booked, by=Actor.person(first.patient))
        free.set()

    def press_once_free(case):
        assert free.wait(LONG)
        return press(case, practice, booked.starts_at)

    return [cancel, *(partial(press_once_free, case) for case in rivals)]


@pytest.mark.full
def test_a_canceled_time_goes_to_one(joannes):
    presses = cancel_and_book(joannes)
    with guarded(3):
        assert len(winners(at_once(*presses))) == 1
    assert double_bookings() == 0


@pytest.mark.full
def test_twin_a_canceled_time_goes_to_several(joannes):
    presses = cancel_and_book(joannes)
    with unguarded(3):
        assert len(winners(at_once(*presses))) > 1
        assert double_bookings() > 0


# A double click


def double_click(practice):
    """Two presses of a choice whose half hour is over; the patient has agreed to everything before."""
    (case,) = cases(1)
    factories.book(case, practice.consultant, service="first_talk")
    kept = factories.hold(case, practice.consultant, service="first_talk")
    Reservation.objects.filter(hold=kept).delete()
    return [partial(actions.book, hold=kept, by=Actor.person(case.patient))] * 2


@pytest.mark.full
def test_a_double_click_finds_what_the_first_press_booked(joannes):
    presses = double_click(joannes)
    with meeting_after((actions, "claim"), seconds=0.5):
        assert len({call.pk for call in winners(at_once(*presses))}) == 1
    assert double_bookings() == 0


@pytest.mark.full
def test_twin_a_double_click_books_twice(joannes):
    presses, once = double_click(joannes), only_one("bookings_consultation", "held_as")
    with without_constraints(CONSULTANT_GUARD, PATIENT_GUARD, once), without_locks():
        with meeting_after((actions, "claim"), seconds=LONG):
            assert len({call.pk for call in winners(at_once(*presses))}) == 2
        assert double_bookings() > 0


# Hours that are removed while somebody books


def close_and_book(practice):
    (case,) = cases(1)
    kept = factories.hold(case, practice.consultant, service="first_talk")

    def close():
        with suppress(Unanswered):
            availability_actions.set_hours(practice, spans=[], by=Actor.person(practice.consultant))

    def book():
        with suppress(JustTaken):
            actions.book(hold=kept, accepts_scope=True, by=Actor.person(case.patient))

    return close, book


def has_hours(practice):
    """From today on; what held before stays written down."""
    return practice.hours.since(clock.today(practice.zone)).exists()


def is_left_outside(practice):
    """A call that nobody was asked about, of a consultant without hours."""
    return not has_hours(practice) and Consultation.objects.booked().exists()


PLACES = ((availability_actions, "_left_outside"), (actions, "claim"))


@pytest.mark.full
def test_no_call_is_left_outside_hours_unasked(joannes):
    presses = close_and_book(joannes)
    with meeting_after(*PLACES, seconds=0.5):
        winners(at_once(*presses))
    assert not is_left_outside(joannes)
    assert has_hours(joannes) == Consultation.objects.booked().exists()


@pytest.mark.full
def test_twin_a_call_is_left_outside_hours(joannes):
    presses = close_and_book(joannes)
    with without_locks(), meeting_after(*PLACES, seconds=LONG):
        winners(at_once(*presses))
    assert is_left_outside(joannes)


# A patient in two tabs


def two_tabs(*practices):
    (case,) = cases(1)
    factories.book(case, practices[0].consultant, service="first_talk")
    slot = max(set.intersection(*(set(starts(case, one, "first_talk")) for one in practices)))

    def tab(practice):
        try:
            return press(case, practice, slot, "first_talk")
        except Refused as refused:  # the other tab chose since
            return str(refused.message)

    return [partial(tab, practice) for practice in practices]


@pytest.mark.full
def test_a_patient_in_two_tabs_books_in_one(joannes, amirs):
    presses = two_tabs(joannes, amirs)
    with guarded(2):
        assert len(winners(at_once(*presses))) == 1
    assert double_bookings() == 0


@pytest.mark.full
def test_twin_a_patient_in_two_tabs_is_in_two_places(joannes, amirs):
    presses, one_hold = two_tabs(joannes, amirs), only_one("bookings_hold", "patient_id")
    with unguarded(2, PATIENT_GUARD, one_hold):
        assert len(winners(at_once(*presses))) == 2
        assert double_bookings() > 0
