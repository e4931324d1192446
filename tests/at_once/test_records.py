"""Two people and one visit at the same moment: the case's lock lets one speak after the other.

Without the lock the twin must end in a state that no order of the two words could have made.
"""

import threading
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial

import pytest

from cases.records import actions
from cases.records.items import laying, linking, telling
from cases.records.models import RecordItem, Visit
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests.at_once.rivals import at_once
from tests.records.builders import VISIT_ON, actor, booked_visit, item, on_november_5

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

LATER = date(2026, 12, 8)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@contextmanager
def window_held_open(*, locked=True):
    """Between reading the row and writing it, wait for the other as long as the lock lets them come."""
    meet, judge, seconds = threading.Barrier(2), actions.moves.check, 0.5 if locked else 10

    def judge_then_wait(*args, **kwargs):
        target = judge(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            meet.wait(seconds)
        return target

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions.moves, "check", judge_then_wait)
        if not locked:
            for room in (actions, laying, linking, telling):
                patch.setattr(room, "lock_case", lambda case: None)
        yield


def refused(outcomes):
    errors = [outcome.error for outcome in outcomes if outcome.error]
    assert all(isinstance(error, Refused) for error in errors), errors
    return len(errors)


def move_and_cancel(visit):
    people = [actor("rosa"), actor("theo")]  # made before: each press has a connection of its own
    return at_once(
        partial(actions.move_visit, Visit.objects.get(pk=visit.pk), on=LATER, by=people[0]),
        partial(actions.cancel_visit, Visit.objects.get(pk=visit.pk), by=people[1]),
    )


def one_spoke_after_the_other(visit, outcomes):
    """Moved, then cancelled with the new day; or cancelled, and the move hears that this has changed."""
    visit.refresh_from_db()
    return visit.state == "cancelled" and (visit.on_date == LATER or refused(outcomes) == 1)


@pytest.mark.full
def test_moved_and_cancelled_at_once_is_cancelled_with_nothing_planned(transactional_db):
    visit = booked_visit()
    with window_held_open():
        outcomes = move_and_cancel(visit)
    assert one_spoke_after_the_other(visit, outcomes)
    assert not Reminder.objects.filter(settled_at=None).exists()


@pytest.mark.full
def test_without_the_lock_one_of_the_two_words_is_lost(transactional_db):
    visit = booked_visit()
    with window_held_open(locked=False):
        outcomes = move_and_cancel(visit)
    assert not one_spoke_after_the_other(visit, outcomes)


def two_words(visit, first, second):
    said = [item(visit), item(visit)]
    people = [actor("rosa"), actor("theo")]
    return at_once(
        partial(actions.tell, said[0], first, by=people[0]),
        partial(actions.tell, said[1], second, reason="Not in the archive", by=people[1]),
    )


@pytest.mark.full
def test_two_who_say_different_things_of_one_record_are_heard_one_after_the_other(transactional_db):
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    with window_held_open():
        # "Arrived" and "not found" cannot both be: whoever comes second hears that this has changed.
        assert refused(two_words(visit, "arrived", "not_located")) == 1
    told = RecordItem.objects.get(pk=item(visit).pk)
    words = Event.objects.filter(case_id=visit.case_id, verb__in=["item.arrived", "item.not_located"])
    assert [event.verb for event in words] == [f"item.{told.state}"]
    open_rows = Reminder.objects.filter(about_id=told.pk, settled_at=None)
    assert all(row.version == told.version for row in open_rows)


@pytest.mark.full
def test_without_the_lock_both_would_be_believed(transactional_db):
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    with window_held_open(locked=False):
        assert refused(two_words(visit, "arrived", "not_located")) == 0


@pytest.mark.full
def test_naming_the_doctor_twice_at_once_makes_one_visit(transactional_db):
    visit = booked_visit()
    assert visit.on_date == VISIT_ON
    by = [actor("rosa"), actor("theo")]
    details = {"doctor": "Dr. Okafor", "office": visit.office}
    outcomes = at_once(*[partial(actions.name_visit, visit.case, by=person, **details) for person in by])
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Visit.objects.live().filter(case=visit.case).count() == 1
