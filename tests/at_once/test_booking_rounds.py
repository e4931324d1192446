"""Twenty at once, in 3 rounds of every build and 50 of the long form: each race that booking knows.

Nobody is in two calls, nobody's call is lost, nobody meets an error, and whoever loses reads three other times; the
window of each is held open, and has its twin, in test_booking_twins.py.
"""

from datetime import timedelta
from functools import partial
from itertools import cycle, islice

import pytest

from bookings import actions, availability_actions
from bookings.models import Consultation, Hold, Reservation
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import factories
from tests.at_once.rivals import at_once, double_bookings
from tests.at_once.test_booking_twins import any_who_fits, press_any
from tests.at_once.test_bookings import (
    RIVALS,
    ROUNDS,
    cases,
    moved_or_told,
    one_for_each_round,
    press,
    starts,
    told,
    winners,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(900),
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("rounds", ROUNDS),
]


def or_told(booking):
    """Its call, or the sentence that was said instead."""
    try:
        return booking()
    except Refused as refused:
        return str(refused.message)


def cancel(call):
    return actions.cancel(call, by=Actor.person(call.patient))


def booked():
    return Consultation.objects.filter(state="booked")


def test_overlaps_of_different_lengths(joannes, rounds):
    rivals = cases(RIVALS)
    wishes = [("plan", 0), ("first_talk", 0), ("first_talk", 30), ("first_talk", -30)]
    for slot in one_for_each_round(starts(rivals[0], joannes), rounds, step=7):
        presses = [
            partial(press, case, joannes, slot + timedelta(minutes=shift), code)
            for case, (code, shift) in zip(rivals, islice(cycle(wishes), RIVALS), strict=True)
        ]
        outcomes = at_once(*presses)
        won = winners(outcomes)
        assert set(won) <= set(booked())
        assert won
        assert told(outcomes) == RIVALS - len(won)
    assert double_bookings() == 0


def test_all_move_into_a_time_that_one_newcomer_wants_too(joannes, rounds):
    *movers, newcomer = cases(RIVALS)
    calls = [factories.book(case, joannes.consultant) for case in movers]
    for slot in one_for_each_round(starts(newcomer, joannes)[-rounds * 5 :], rounds):
        for call in calls:
            call.refresh_from_db()
        presses = [partial(moved_or_told, call, slot) for call in calls]
        outcomes = at_once(*presses, partial(press, newcomer, joannes, slot))
        assert [call.starts_at for call in winners(outcomes)] == [slot]
        assert told(outcomes) == len(movers)
        assert booked().filter(starts_at=slot).count() == 1
        assert booked().filter(patient__in=[case.patient_id for case in movers]).count() == len(movers)
        for call in booked().filter(patient=newcomer.patient_id):
            cancel(call)
    assert double_bookings() == 0


def test_a_time_is_canceled_while_all_want_it(joannes, rounds):
    first, *rivals = cases(RIVALS)
    for slot in one_for_each_round(starts(first, joannes), rounds):
        call = factories.book(first, joannes.consultant, starts_at=slot)
        presses = [partial(press, case, joannes, slot) for case in rivals]
        canceled, *others = at_once(partial(cancel, call), *presses)
        assert canceled.error is None
        won = winners(others)
        assert len(won) <= 1
        assert told(others) == len(rivals) - len(won)
        assert set(booked().filter(starts_at=slot)) == set(won)
    assert double_bookings() == 0


def test_hours_are_taken_away_while_all_book(joannes, amirs, rounds):
    rivals = cases(RIVALS - 1)
    by = Actor.person(joannes.consultant)
    for slot in one_for_each_round(starts(rivals[0], joannes), rounds):
        close = partial(or_told, partial(availability_actions.set_hours, joannes, spans=[], by=by))
        closed, *others = at_once(close, *[partial(press, case, joannes, slot) for case in rivals])
        assert closed.error is None
        won = winners(others)
        assert told(others) == len(rivals) - len(won)
        is_closed = not joannes.hours.since(clock.today(joannes.zone)).exists()
        assert len(won) <= 1
        # Whoever came first: the hours are gone and nobody is booked, or the call stands and was asked about.
        assert not (is_closed and won)
        assert Reservation.objects.filter(kind="consultation").count() == len(won)
        for call in won:
            cancel(call)
        factories.open_hours(joannes.consultant)


def test_any_of_two_consultants_gives_two_calls_to_twenty(joannes, amirs, rounds):
    rivals = cases(RIVALS)
    theirs = [set(starts(rivals[0], one, "first_talk")) for one in (joannes, amirs)]
    for slot in one_for_each_round(set.intersection(*theirs), rounds):
        offer = any_who_fits(rivals[0], slot)
        outcomes = at_once(*[partial(press_any, case, offer, slot) for case in rivals])
        won = winners(outcomes)
        assert told(outcomes) == RIVALS - 2
        assert sorted(call.consultant_id for call in won) == sorted([joannes.pk, amirs.pk])
        for call in won:
            cancel(call)
    assert double_bookings() == 0


def test_a_patient_in_twenty_tabs_is_in_one_place(joannes, amirs, rounds):
    (case,) = cases(1)
    theirs = [set(starts(case, one)) for one in (joannes, amirs)]
    for slot in one_for_each_round(set.intersection(*theirs), rounds):
        tabs = [partial(or_told, partial(press, case, one, slot)) for one in (joannes, amirs)] * (RIVALS // 2)
        outcomes = at_once(*tabs)
        booking = winners(outcomes)
        won = {call.pk for call in booking}
        assert len(won) <= 1
        told_otherwise = sum(isinstance(outcome.result, str) for outcome in outcomes)  # another tab chose since
        assert told(outcomes) + told_otherwise + len(booking) == RIVALS
        assert set(booked().filter(starts_at=slot).values_list("pk", flat=True)) == won
        assert Hold.objects.count() <= 1
    assert double_bookings() == 0
