"""Two entries that were merged are taken apart again: what moved goes back, and when it cannot any more."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from cases.case import actions, directory
from cases.case.models import CaseClinician, Clinician, Office, OfficeMerge, ToDo
from cases.records import actions as records
from cases.records.models import RecordItem, Visit
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people
from tests.case.offices import checked, theo, typed_in
from tests.records.builders import NOVEMBER_5, actor, booked_visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=False) as traveller:
        yield traveller


@pytest.fixture
def noor(db) -> Actor:
    """A second coordinator."""
    person = people.person("grace")
    person.role = "coordinator"
    person.save()
    return Actor.person(person)


def with_visit(**more):
    """A visit at an office, which holds a record, too, and where its doctor works."""
    visit = booked_visit(**more)
    slides = visit.items.get(kind="slides")
    records.set_holder(slides, office=visit.office, by=actor("rosa"))
    return visit


def merged(visit, **other) -> Office:
    return directory.merge(visit.office, checked("Northfield", visit.case, **other), by=theo())


def named_by(visit) -> set[Office]:
    visit.refresh_from_db()
    item = RecordItem.objects.get(visit=visit, kind="slides")
    return {visit.office, item.holder, Clinician.objects.get(pk=visit.clinician_id).office}


def test_what_moved_goes_back_and_the_entry_is_found_again():
    visit = with_visit()
    old = visit.office
    new = merged(visit)
    assert named_by(visit) == {new}
    assert directory.undo_merge(old, by=theo()) == old
    assert named_by(visit) == {old}
    assert Office.objects.visible_to(people.person("theo")).filter(pk=old.pk).exists()
    assert Event.objects.filter(verb="office.taken_apart", case_id=visit.case_id).count() == 1


@pytest.mark.full
def test_dates_are_those_of_the_entry_again():
    visit = with_visit()
    old, version = visit.office, visit.version
    zone = visit.time_zone
    merged(visit, region="CA-BC", time_zone="America/Vancouver", asks_for=["slides"])
    visit.refresh_from_db()
    assert (visit.time_zone, visit.items.get(kind="slides").is_core) == ("America/Vancouver", True)
    directory.undo_merge(old, by=theo())
    visit.refresh_from_db()
    assert (visit.time_zone, visit.items.get(kind="slides").is_core) == (zone, False)
    open_rows = Reminder.objects.unsettled().filter(about_id=visit.pk)
    assert visit.version > version
    assert open_rows
    assert {row.version for row in open_rows} == {visit.version}


@pytest.mark.full
def test_what_was_given_to_another_since_and_what_came_later_stay():
    visit = with_visit()
    old, third = visit.office, checked("Third", visit.case)
    new = merged(visit)
    records.set_holder(visit.items.get(kind="slides"), office=third, by=actor("rosa"))
    records.set_holder(visit.items.get(kind="pathology_report"), office=new, by=actor("rosa"))
    directory.undo_merge(old, by=theo())
    holders = dict(RecordItem.objects.filter(visit=visit).values_list("kind", "holder"))
    assert (holders["slides"], holders["pathology_report"]) == (third.pk, new.pk)
    assert Visit.objects.get(pk=visit.pk).office == old


def test_pressed_twice_it_is_done_once():
    old = typed_in()
    directory.merge(old, checked(), by=theo())
    for _press in range(2):
        assert directory.undo_merge(old, by=theo()).merged_into is None
    assert Event.objects.filter(verb="office.taken_apart").count() == 1


@pytest.mark.full
def test_merged_and_taken_apart_and_merged_once_more():
    old, new = typed_in(), checked()
    for _time in range(2):
        directory.merge(old, new, by=theo())
        directory.undo_merge(old, by=theo())
    assert OfficeMerge.objects.filter(undone_at__isnull=False).count() == 2
    assert directory.merge(old, new, by=theo()) == new


def test_an_unchecked_entry_is_to_be_called_again():
    old = typed_in()
    directory.merge(old, checked(), by=theo())
    assert not ToDo.objects.open().filter(about_id=str(old.pk)).exists()
    directory.undo_merge(old, by=theo())
    assert ToDo.objects.open().get(about_id=str(old.pk)).kind == "check_office"


def test_ones_own_for_ten_minutes_without_a_word_then_with_one(november_5):
    old = typed_in()
    directory.merge(old, checked(), by=theo())
    november_5.shift(dt.timedelta(minutes=10, seconds=1))
    with pytest.raises(Refused, match="Say why"):
        directory.undo_merge(old, why="  ", by=theo())
    with pytest.raises(Refused, match="under 200"):
        directory.undo_merge(old, why="x" * 201, by=theo())
    directory.undo_merge(old, why="Two desks <b>after all</b>", by=theo())
    assert OfficeMerge.objects.get().undone_why == "Two desks <b>after all</b>"


def test_another_coordinator_says_why_at_once(noor):
    old = typed_in()
    directory.merge(old, checked(), by=theo())
    with pytest.raises(Refused, match="Say why"):
        directory.undo_merge(old, by=noor)
    assert directory.undo_merge(old, why="Not the same", by=noor) == old


@pytest.mark.parametrize("key", ["rosa", "joanne", "mara"])
def test_nobody_else_takes_entries_apart(key):
    old = typed_in()
    directory.merge(old, checked(), by=theo())
    for by in (Actor.person(people.person(key)), SYSTEM):
        with pytest.raises(Refused, match="Only a coordinator"):
            directory.undo_merge(old, why="x", by=by)


@pytest.mark.full
def test_a_chain_is_taken_apart_from_its_end():
    case = factories.open_case()
    one, two, three = checked("One", case), checked("Two", case), checked("Three", case)
    actions.set_clinician(case, "first", name="Dr. Keller", office=one, by=Actor.person(case.patient))
    directory.merge(one, two, by=theo())
    directory.merge(two, three, by=theo())
    with pytest.raises(Refused, match="Two became part of another entry since"):
        directory.undo_merge(one, by=theo())
    directory.undo_merge(two, by=theo())
    assert Office.objects.get(pk=one.pk).merged_into == two
    assert CaseClinician.objects.get(case=case).clinician.office == two
    directory.undo_merge(one, by=theo())
    assert CaseClinician.objects.get(case=case).clinician.office == one


def test_a_merge_of_which_nothing_was_kept_is_refused_in_words():
    old = typed_in()
    directory.merge(old, checked(), by=theo())
    OfficeMerge.objects.all().delete()
    with pytest.raises(Refused, match="was not kept"):
        directory.undo_merge(old, by=theo())
    assert Office.objects.get(pk=old.pk).merged_into


def test_the_table_refuses_what_cannot_be():
    old, new, third = typed_in(), checked(), checked("Third")
    merge = {"source": old, "merged_at": clock.now(), "merged_by": people.person("theo"), "moved": {}}
    bad = {
        "officemerge_is_of_two": {"target": old},
        "officemerge_undone_at_and_by_together": {"target": new, "undone_why": "why"},
        "officemerge_is_undone_after_it_was_made": {
            "target": new,
            "undone_at": clock.now() - dt.timedelta(1),
            "undone_by": people.person("theo"),
        },
    }
    for constraint, fields in bad.items():
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            OfficeMerge.objects.create(**merge | fields)
    OfficeMerge.objects.create(target=new, **merge)
    with pytest.raises(IntegrityError, match="officemerge_one_standing"), transaction.atomic():
        OfficeMerge.objects.create(target=third, **merge)
