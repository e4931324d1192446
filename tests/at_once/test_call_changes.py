"""What is changed about calls at the same moment, each with its twin without the guard, which must go wrong."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError

from bookings import actions, availability
from bookings.company import actions as company
from bookings.company.models import Companion, CompanionQuerySet
from bookings.kinds import actions as kinds
from bookings.models import AskedHold, Consultation, Practice, Reservation, Service
from bookings.offering import actions as offering
from bookings.waiting import switching
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import factories, people
from tests.at_once.rivals import WAIT, at_once, double_bookings, meeting_after, without_locks
from tests.bookings.conftest import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
TOGETHER = ("case__patient", "case__key", "patient", "consultant", "service")
OPEN, LONG = 0.5, 20.0  # seconds that a window is held open: with its guard, and for a twin on a busy machine


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def case(monday, transactional_db):
    factories.open_hours(people.person("joanne"))
    return factories.open_case(people.person("rosa"))


def by(key):
    return Actor.person(people.person(key))


def gets(code="first_talk"):
    return Service.objects.get(code=code)


@contextmanager
def instead(*places):
    """Without a guard: (where it stands, its name, what stands there instead)."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, other in places:
            patch.setattr(owner, name, other)
        yield


def errors(outcomes):
    return [outcome.error for outcome in outcomes if outcome.error is not None]


# Two name somebody for one call


def two_names(case):
    call = factories.book(case, service="first_talk")
    name = partial(company.name, call, email="", by=by("rosa"))
    return [partial(name, called="Ben Adu"), partial(name, called="Kim Lee")]


def test_one_of_two_names_stands_and_the_other_is_told(case):
    presses = two_names(case)
    with meeting_after((CompanionQuerySet, "of"), seconds=OPEN):
        (error,) = errors(at_once(*presses))
    assert "already" in error.message
    assert Companion.objects.open().count() == 1


def test_twin_of_two_names_one_is_lost_without_a_word(case):
    presses = two_names(case)
    fresh = lambda call: Consultation.objects.select_related(*TOGETHER).get(pk=call.pk)  # noqa: E731
    with instead((company, "_locked", fresh)), meeting_after((CompanionQuerySet, "of"), seconds=LONG):
        (error,) = errors(at_once(*presses))
    assert isinstance(error, IntegrityError)


# One is taken off while another is named


def taken_off_and_named(case, seconds):
    """The name is said once the other is being taken off, and before that is done."""
    call = factories.book(case, service="first_talk")
    companion = company.name(call, called="Ben Adu", by=by("rosa"))
    goes, is_said, end = threading.Event(), threading.Event(), company._end

    def end_slowly(*said):
        goes.set()
        is_said.wait(seconds)
        end(*said)

    def name():
        assert goes.wait(WAIT)
        try:
            return company.name(call, called="Kim Lee", by=by("rosa"))
        finally:
            is_said.set()

    return (company, "_end", end_slowly), [partial(company.remove, companion, by=by("rosa")), name]


def test_who_is_named_while_another_is_taken_off_comes_after_and_stands(case):
    slowly, presses = taken_off_and_named(case, OPEN)
    with instead(slowly):
        assert errors(at_once(*presses)) == []
    assert [each.name for each in Companion.objects.open()] == ["Kim Lee"]
    removed = Companion.objects.get(name="Ben Adu")
    assert company.remove(removed, by=by("rosa")).ended_at == removed.ended_at  # pressed late once more
    assert Companion.objects.open().count() == 1


def test_twin_who_is_named_is_refused_for_one_who_is_gone(case):
    slowly, presses = taken_off_and_named(case, LONG)
    fresh = lambda call: Consultation.objects.select_related(*TOGETHER).get(pk=call.pk)  # noqa: E731
    with instead(slowly, (company, "_locked", fresh)):
        (error,) = errors(at_once(*presses))
    assert "already" in error.message
    assert not Companion.objects.open().exists()


# A consultant offers a time, and presses twice


def two_offers(case, monday):
    call = factories.book(case, service="first_talk")
    monday.move_to(call.ends_at + timedelta(minutes=5))
    practice, service = Practice.objects.select_related("consultant").get(), gets("after_second")
    start = availability.free_starts(case, practice, service, clock.now())[3]
    offer = partial(offering.offer, case, service=service, starts_at=start, how="video", by=by("joanne"))
    return [partial(offer, key=uuid4())] * 2


def test_a_double_press_offers_once(case, monday):
    presses = two_offers(case, monday)
    with meeting_after((offering, "waiting_for"), seconds=OPEN):
        outcomes = at_once(*presses)
    assert errors(outcomes) == []
    assert {outcome.result.pk for outcome in outcomes} == {AskedHold.objects.get().pk}


def test_twin_a_double_press_fails_for_one(case, monday):
    presses = two_offers(case, monday)
    with without_locks(), meeting_after((offering, "waiting_for"), seconds=LONG):
        (error,) = errors(at_once(*presses))
    assert isinstance(error, IntegrityError | Refused)


# Kinds of call are turned off, or made longer


def two_turned_off():
    Service.objects.filter(code="plan").update(is_offered=False)

    def turn_off(code):
        one = gets(code)
        figures = {name: getattr(one, name) for name in ("minutes", "preparation_minutes", "needs_plan")}
        return kinds.change(one, **figures, is_offered=False, by=by("mara"))

    people.person("mara")
    return [partial(turn_off, code) for code in ("first_talk", "after_second")]


def test_two_who_each_turn_one_off_leave_one_on(case):
    presses = two_turned_off()
    with meeting_after((kinds, "record"), seconds=OPEN):
        (error,) = errors(at_once(*presses))
    assert "must stay on" in error.message
    assert Service.objects.open().count() == 1


def test_twin_two_who_each_turn_one_off_leave_none(case):
    presses = two_turned_off()
    unlocked = (
        (kinds, "lock_everybody", lambda: None),
        (kinds, "lock_kinds", lambda: {each.pk: each for each in Service.objects.all()}),
    )
    with instead(*unlocked), meeting_after((kinds, "record"), seconds=LONG):
        assert errors(at_once(*presses)) == []
    assert Service.objects.open().count() == 0


def longer_and_chosen(case):
    practice, service, mara = Practice.objects.select_related("consultant").get(), gets(), by("mara")
    start = availability.free_starts(case, practice, service, clock.now())[0]
    figures = {"minutes": 90, "preparation_minutes": 0, "needs_plan": False, "is_offered": True}
    wish = {"consultant": practice.consultant, "service": service, "starts_at": start, "how": "phone"}
    return [
        partial(kinds.change, service, **figures, by=mara),
        partial(actions.hold, case=case, **wish, by=by("rosa")),
    ]


def is_held_too_short():
    return any(row.ends_at - row.starts_at < timedelta(minutes=90) for row in Reservation.objects.all())


PLACES = ((kinds, "record"), (actions, "check_free"))


def test_a_time_chosen_while_the_call_gets_longer_is_held_whole_or_not_at_all(case):
    presses = longer_and_chosen(case)
    with meeting_after(*PLACES, seconds=OPEN):
        assert all(isinstance(error, Refused) for error in errors(at_once(*presses)))
    assert not is_held_too_short()


def test_twin_a_time_is_held_for_the_former_minutes(case):
    presses = longer_and_chosen(case)
    with instead((kinds, "lock_everybody", lambda: None)), meeting_after(*PLACES, seconds=LONG):
        assert errors(at_once(*presses)) == []
    assert is_held_too_short()


# An earlier time with another takes the place of a call, pressed twice


def two_switches(case):
    amirs = factories.open_hours(people.person("amir"), time_zone="America/Toronto")
    call = factories.book(case, people.person("joanne"), service="first_talk")
    free = availability.free_starts(case, amirs, gets(), clock.now(), moving=call)
    kept = factories.hold(case, amirs.consultant, service="first_talk", starts_at=free[0], moving=call)
    return [partial(switching.switch, hold=kept, accepts_scope=True, by=by("rosa"))] * 2


def test_a_double_press_takes_the_place_once(case):
    presses = two_switches(case)
    with meeting_after((actions, "claim"), seconds=OPEN):
        outcomes = at_once(*presses)
    assert errors(outcomes) == []
    assert {outcome.result.pk for outcome in outcomes} == {Consultation.objects.booked().get().pk}
    assert double_bookings() == 0


def test_twin_the_second_press_is_told_of_another_choice(case):
    presses = two_switches(case)
    unlocked = lambda hold: Practice.objects.get(pk=hold.consultant_id)  # noqa: E731
    meet = (switching, "lock_both")
    with without_locks(), instead((*meet, unlocked)), meeting_after(meet, seconds=LONG):
        outcomes = at_once(*presses)
    assert len(errors(outcomes)) == 1
