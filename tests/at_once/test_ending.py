"""A place that ends while a call is booked, and twice at once."""

import datetime as dt
import threading
from functools import partial

import pytest

from bookings import actions as bookings
from cases.case.models import Assignment, Case
from cases.reviews.ending import actions
from portal import clock
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people
from tests.at_once.rivals import WAIT, at_once
from tests.documents.files import folder  # noqa: F401
from tests.reviews import world
from tests.reviews.world import by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]
HELD = 2  # seconds, as long as a guard lets the other in


@pytest.fixture
def case() -> Case:
    people.person("theo")
    with clock.lived_at(clock.now() - dt.timedelta(days=45)):
        return world.waiting().case


def unlocked(monkeypatch) -> None:
    monkeypatch.setattr(actions, "lock_case", lambda pk: Case.objects.select_related("patient", "key").get(pk=pk))


def booked_while_it_ends(case, monkeypatch, seconds: float) -> tuple[bool, bool]:
    """Whether it ended, and whether the consultant has a place afterward. It was judged over before the call is made,
    and waits a while before it is written.
    """
    kept, judged, booked = factories.hold(case), threading.Event(), threading.Event()
    end = actions.end_assignment

    def wait_then_end(*args, **more):
        judged.set()
        booked.wait(seconds)
        return end(*args, **more)

    def book():
        judged.wait(WAIT)
        bookings.book(hold=kept, accepts_scope=True, may_read=True, by=by("rosa"))
        booked.set()

    monkeypatch.setattr(actions, "end_assignment", wait_then_end)
    outcomes = at_once(partial(actions.end_over, clock.now()), book)
    assert [each.error for each in outcomes] == [None, None]
    has_place = Assignment.objects.filter(case=case, user=people.person("joanne"), ended_at=None).exists()
    return outcomes[0].result == 1, has_place


def test_whoever_books_at_that_moment_has_a_consultant_with_a_place(case, monkeypatch):
    assert booked_while_it_ends(case, monkeypatch, HELD) == (True, True)


def test_without_the_lock_of_the_case_a_call_is_booked_with_somebody_who_has_none(case, monkeypatch):
    unlocked(monkeypatch)
    assert booked_while_it_ends(case, monkeypatch, WAIT) == (True, False)


def ended_twice(monkeypatch, looks_again: bool = True) -> list[int]:
    """Two workers find the same place over before either of them ends it."""
    meet, find = threading.Barrier(2), actions.over

    def find_then_meet(now):
        found = find(now)
        if not getattr(threading.current_thread(), "has_met", False):
            threading.current_thread().has_met = True
            rows = list(found.values_list("pk", flat=True))
            meet.wait(WAIT)
            threading.current_thread().seen = found.model.objects.filter(pk__in=rows)
            return threading.current_thread().seen
        return found if looks_again else threading.current_thread().seen

    monkeypatch.setattr(actions, "over", find_then_meet)
    outcomes = at_once(*[partial(actions.end_over, clock.now())] * 2)
    assert [each.error for each in outcomes] == [None, None]
    return sorted(each.result for each in outcomes)


def test_ended_twice_at_once_is_once(case, monkeypatch):
    assert ended_twice(monkeypatch) == [0, 1]
    assert Event.objects.filter(verb="case.assignment_ended").count() == 1
    assert Reminder.objects.filter(kind="place.ended").count() == 1


def test_without_a_second_look_both_end_it(case, monkeypatch):
    assert ended_twice(monkeypatch, looks_again=False) == [1, 1]
