"""An office of many visits changes: bounded in the request, and nothing is lost where no task ever ran."""

from datetime import date, time

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from cases.case import directory
from cases.case.models import Case, Office
from cases.records import actions, offices, tasks
from cases.records.items.telling import VISIT_PARTS
from cases.records.models import Visit
from cases.records.offices import AT_ONCE
from cases.records.planning import replan
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.reminders import actions as reminder_actions
from portal.reminders.models import Reminder
from tests import factories
from tests.case.offices import checked, theo
from tests.records.builders import on_november_5

pytestmark = pytest.mark.django_db

MANY = AT_ONCE + 2


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def visits_at(office: Office, count: int) -> list[Visit]:
    return [_visit_at(office, number) for number in range(count)]


def _visit_at(office: Office, number: int) -> Visit:
    case = factories.open_case(User.objects.create_user(name=f"Patient {number}", time_zone="America/Toronto"))
    by = Actor.person(case.patient)
    visit = actions.name_visit(case, doctor="Dr. Raman", office=office, by=by)
    return actions.set_visit_date(visit, on=date(2026, 11, 24), at=time(14, 30), by=by)


def change(office: Office, **details) -> Office:
    return directory.change_entry(office, by=theo(), **details)


def marked() -> list[str]:
    return sorted(Visit.objects.to_plan_anew().values_list("plan_anew", flat=True))


def open_rows() -> set[tuple]:
    rows = Reminder.objects.filter(settled_at=None)
    return set(rows.values_list("kind", "about_id", "step", "version", "due_at", "useful_until"))


def planned_at_once(office: Office, **details) -> set[tuple]:
    """The rows that stand when every visit is planned right after the change: what later planning has to equal."""
    with transaction.atomic():
        change(office, **details)
        for visit in Visit.objects.select_related(*VISIT_PARTS):
            replan(visit, now=clock.now())
        found = open_rows()
        transaction.set_rollback(True)
    return found


def test_a_few_are_planned_in_the_change_itself():
    office = checked()
    visits_at(office, AT_ONCE)
    before = open_rows()
    change(office, region="CA-ON", time_zone="America/Vancouver")
    assert marked() == []
    assert open_rows() != before


def test_of_many_the_old_is_withdrawn_and_a_mark_is_left(november_5):
    office = checked()
    visits = visits_at(office, MANY)
    change(office, time_zone="America/Vancouver")
    assert marked() == ["dates"] * MANY
    assert open_rows() == set()
    assert set(Visit.objects.values_list("time_zone", flat=True)) == {"America/Vancouver"}
    november_5.move_to("2026-11-23T15:00:00Z")
    assert not Reminder.objects.filter(case_id=visits[0].case_id, settled_at=None).exists()


@pytest.mark.full
def test_nothing_is_lost_when_the_task_that_was_asked_for_never_ran():
    """The mark stays until somebody finds it: the pass that beat starts plans the same rows."""
    office = checked()
    visits_at(office, MANY)
    wanted = planned_at_once(office, region="CA-ON", time_zone="America/Vancouver")
    change(office, region="CA-ON", time_zone="America/Vancouver")
    tasks.plan_anew()
    assert open_rows() == wanted
    assert marked() == []


@pytest.mark.full
def test_a_pass_that_was_killed_half_way_goes_on_with_those_still_marked():
    office = checked()
    visits_at(office, MANY)
    wanted = planned_at_once(office, time_zone="America/Vancouver")
    change(office, time_zone="America/Vancouver")
    for pk in list(Visit.objects.to_plan_anew().values_list("pk", flat=True)[:2]):
        offices._plan_anew(pk, theo())
    assert offices.plan_marked() == MANY - 2
    assert open_rows() == wanted
    assert offices.plan_marked() == 0


@pytest.mark.full
def test_one_that_cannot_be_planned_does_not_hold_up_the_others():
    office = checked()
    first, *_others = sorted(visits_at(office, MANY), key=lambda visit: visit.pk)
    change(office, time_zone="America/Vancouver")
    Visit.objects.filter(pk=first.pk).update(time_zone="Nowhere/At all")
    with pytest.raises(Exception, match="Nowhere"):
        offices.plan_marked()
    assert list(Visit.objects.to_plan_anew()) == [first]


@pytest.mark.full
def test_a_list_of_its_own_is_kept_in_mind_until_then():
    office = checked()
    visit, *_others = visits_at(office, MANY)
    change(office, asks_for=["slides"])
    change(office, region="CA-ON")
    assert marked() == ["list"] * MANY
    assert offices.plan_marked() == MANY
    assert set(visit.items.filter(is_core=True).values_list("kind", flat=True)) == {"slides"}


def test_what_people_do_meanwhile_counts():
    """One moves the visit, one calls it off, one's case is closed before its turn comes."""
    office = checked()
    moved, off, closed, *_others = visits_at(office, MANY)
    change(office, time_zone="America/Vancouver")
    actions.move_visit(moved, on=date(2026, 12, 8), by=Actor.person(moved.case.patient))
    actions.cancel_visit(off, by=Actor.person(off.case.patient))
    Case.objects.filter(pk=closed.case_id).update(state="closed", closed_at=clock.now())
    offices.plan_marked()
    assert marked() == []
    rows = Reminder.objects.filter(settled_at=None)
    assert {row.version for row in rows.filter(about_id=moved.pk)} == {Visit.objects.get(pk=moved.pk).version}
    assert not rows.filter(about_id__in=[off.pk, closed.pk]).exists()


@pytest.mark.full
def test_the_change_costs_the_same_for_few_and_many():
    counted = []
    for number, count in enumerate((MANY, 3 * MANY)):
        office = checked(f"Office {number}", factories.open_case(User.objects.create_user(name=f"First {number}")))
        visits_at(office, count)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            change(office, time_zone="America/Vancouver")
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 40


def test_a_mark_that_nobody_knows_is_refused():
    (visit,) = visits_at(checked(), 1)
    with pytest.raises(IntegrityError, match="visit_plan_anew_is_known"):
        Visit.objects.filter(pk=visit.pk).update(plan_anew="someday")


@pytest.mark.full
def test_what_was_due_put_off_or_asked_again_is_still_so(november_5):
    """The mail server was away that morning; one had pressed "later", one "not yet"."""
    office = checked()
    waits, later, again, *_others = visits_at(office, MANY)
    november_5.move_to("2026-11-17T15:00:00Z")
    due = Reminder.objects.get(about_id=waits.pk, kind="records.before_visit", step=7)
    put_off = Reminder.objects.get(about_id=later.pk, kind="records.before_visit", step=7)
    reminder_actions.put_off(put_off, by=Actor.person(later.case.patient))
    asked = Reminder.objects.get(about_id=again.items.get(kind="pathology_report").pk, kind="records.request_by")
    Reminder.objects.filter(pk=asked.pk).update(settled_at=clock.now(), settled_as="sent")
    reminder_actions.answer(asked, "not_yet", by=Actor.person(again.case.patient))
    kept = Reminder.objects.get(about_id=asked.about_id, kind=asked.kind, settled_at=None)
    put_off.refresh_from_db()
    change(office, region="CA-ON")
    assert open_rows() == set()
    offices.plan_marked()
    for row in (due, put_off, kept):
        before = row.due_at
        row.refresh_from_db()
        assert (row.settled_at, row.due_at) == (None, before)
