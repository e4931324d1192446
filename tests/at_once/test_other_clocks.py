"""Somebody books while the zone of the hours, the place of the house or of a consultant, or a closed day changes: the
call is asked about, or is not booked. Each has its twin without the locks, which must go wrong.
"""

from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from functools import partial

import pytest

from bookings import actions, asked_moves, availability, availability_actions, follow_up
from bookings.availability_actions import Unanswered
from bookings.closed import actions as closing
from bookings.closed import place
from bookings.hours_zone.actions import set_zone
from bookings.models import Consultation, Practice, Reservation
from bookings.rules import JustTaken
from cases.case.models import ToDo
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from portal.reminders.models import Reminder
from portal.texts.models import Holiday, Organisation
from portal.texts.words import organisation
from tests import factories, people
from tests.at_once.rivals import at_once, meeting_after, without_locks
from tests.at_once.test_booking_twins import LONG
from tests.at_once.test_bookings import cases, starts, winners
from tests.bookings.test_availability_actions import TERMS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("monday"),
]
TOKYO, ONTARIO = "Asia/Tokyo", "CA-ON"
JUDGED, ANSWERED = (availability_actions, "_left_outside"), (closing, "answered")
CHANGES = ["zone", "place", "own place", "day"]


@pytest.fixture
def joannes(joannes):
    people.person("theo")
    return joannes


def changing(kind, practice, day):
    """The change, where it meets its rival, and whether it was made."""
    hers, theos = Actor.person(practice.consultant), Actor.person(people.person("theo"))
    if kind in ("place", "own place"):
        Holiday.objects.create(region=ONTARIO, on_date=day)
    now = partial(Practice.objects.get, pk=practice.pk)
    terms = partial(availability_actions.set_terms, practice, **TERMS | {"region": ONTARIO})
    return {
        "zone": (partial(set_zone, practice, time_zone=TOKYO, by=hers), JUDGED, lambda: now().time_zone == TOKYO),
        "place": (
            partial(place.set_place, region=ONTARIO, by=theos),
            (place, "answered"),
            lambda: organisation().region == ONTARIO,
        ),
        "own place": (partial(terms, by=hers), JUDGED, lambda: now().region == ONTARIO),
        "day": (partial(closing.close_day, region="US", on_date=day, by=theos), ANSWERED, Holiday.objects.exists),
    }[kind]


def or_told(press, **said):
    with suppress(Unanswered, JustTaken):
        return press(**said)


def change_and_book(kind, practice, seconds):
    """Both at once; whether the change was made, and whether somebody has the call."""
    (case,) = cases(1)
    kept = factories.hold(case, practice.consultant, service="first_talk")
    Reservation.objects.filter(hold=kept).delete()  # its half hour is over: what lets it go meets no row that is locked
    day = kept.starts_at.astimezone(practice.zone).date()
    change, where, is_made = changing(kind, practice, day)
    book = partial(actions.book, hold=kept, accepts_scope=True, by=Actor.person(case.patient))
    with meeting_after(where, (actions, "claim"), seconds=seconds):
        winners(at_once(partial(or_told, change), partial(or_told, book)))
    return is_made(), Consultation.objects.booked().exists()


@pytest.mark.full
@pytest.mark.parametrize("kind", CHANGES)
def test_no_call_is_left_that_nobody_was_asked_about(joannes, kind):
    is_made, is_booked = change_and_book(kind, joannes, seconds=0.5)
    assert is_made != is_booked


@pytest.mark.full
@pytest.mark.parametrize("kind", CHANGES)
def test_twin_a_call_is_left_that_nobody_was_asked_about(joannes, kind):
    with without_locks():
        assert change_and_book(kind, joannes, seconds=LONG) == (True, True)


# What is said of a missing plan, while a day before the call is closed


def close_and_book_a_plan(practice, seconds):
    """Whether the message about the plan is for the day that the page names."""
    (case,) = cases(1)
    start = next(at for at in starts(case, practice) if at > clock.now() + timedelta(days=9))
    kept = factories.hold(case, practice.consultant, starts_at=start)
    on = availability.due_on(start, kept.service, practice, clock.now())
    close = partial(closing.close_day, region="US", on_date=on, by=Actor.person(people.person("theo")))
    agreed = {"accepts_scope": True, "may_read": True}
    book = partial(actions.book, hold=kept, **agreed, by=Actor.person(case.patient))
    with meeting_after(ANSWERED, (follow_up, "booked"), seconds=seconds):
        (call,) = winners(at_once(close, book))
    due = Reminder.objects.unsettled().get(kind=follow_up.PLAN_DUE).due_at
    return due.astimezone(call.zone).date() == availability.plan_by(call, clock.now()) != on


@pytest.mark.full
def test_what_is_said_of_a_plan_is_for_its_last_day(joannes):
    assert close_and_book_a_plan(joannes, seconds=0.5)


@pytest.mark.full
def test_twin_what_is_said_of_a_plan_is_for_another_day(joannes):
    with without_locks():
        assert not close_and_book_a_plan(joannes, seconds=LONG)


# Two who answer for the same call


def two_answers(practice, kind, answer, window):
    (case,) = cases(1)
    call = factories.book(case, practice.consultant, service="first_talk")
    day = call.starts_at.astimezone(practice.zone).date()
    press, _where, is_made = changing(kind, practice, day)
    twice = partial(press, answers={call.pk: (answer, "We are closed.")})
    with window:
        outcomes = at_once(twice, twice)
    return [each.error for each in outcomes], is_made()


@pytest.mark.full
@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("answer", ["keep", "move", "cancel"])
def test_two_answers_at_once_count_once(joannes, kind, answer):
    assert two_answers(joannes, kind, answer, nullcontext()) == ([None, None], True)
    assert Event.objects.filter(verb="consultation.cancelled").count() == (answer == "cancel")
    assert ToDo.objects.filter(kind=asked_moves.ASK_TO_MOVE).count() == (answer == "move")
    assert Event.objects.filter(verb="facts.changed").count() == (kind == "place")


@contextmanager
def without_the_lock_of_the_house():
    with pytest.MonkeyPatch.context() as patch, without_locks():
        patch.setattr(place, "lock_house", lambda: None)
        with meeting_after((place, "answered"), seconds=LONG):
            yield


@pytest.mark.full
def test_twin_without_the_lock_of_the_house_two_places_are_kept(joannes):
    two_answers(joannes, "place", "keep", without_the_lock_of_the_house())
    assert Organisation.objects.count() == 2
