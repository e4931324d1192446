"""Visits and records live by the directory: the second office's own list, its speed, its region, merges."""

from datetime import date

import pytest

from cases.case import directory, office_ties
from cases.case.actions import change_office
from cases.case.models import Case, Office
from cases.records import actions
from cases.records.models import RecordItem, RecordKind, Visit
from cases.records.offices import counted
from cases.records.standing import standing
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests.case.offices import checked, theo, typed_in
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db

OURS = {"pathology_report", "imaging_reports", "treatment_plan", "referral_letter"}


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


def core(visit: Visit) -> set[str]:
    return set(visit.items.filter(is_core=True).values_list("kind", flat=True))


def visit_at(office: Office, case: Case | None = None) -> Visit:
    case = case or case_of_rosa()
    return actions.name_visit(case, doctor="Dr. Raman", office=office, by=Actor.person(case.patient))


def change(office: Office, **details) -> Office:
    return directory.change_entry(office, by=theo(), **details)


def test_without_a_list_of_its_own_ours_holds():
    assert core(visit_at(checked())) == OURS


def test_its_own_list_replaces_ours_and_what_it_adds_is_laid_out():
    visit = visit_at(checked(asks_for=["pathology_report", "lab_results"]))
    assert core(visit) == {"pathology_report", "lab_results"}
    assert set(visit.items.values_list("kind", flat=True)) > OURS


def test_a_record_added_later_is_core_only_if_it_is_on_the_list():
    visit = visit_at(checked(asks_for=["slides", "genomic_report"]))
    for kind, is_core in (("genomic_report", True), ("medications", False)):
        added = actions.add_item(visit, RecordKind.objects.get(pk=kind), by=actor("rosa"))
        assert added.is_core is is_core


def test_another_office_brings_its_own_list_and_without_one_ours_comes_back():
    case = case_of_rosa()
    visit = visit_at(checked("Bay", asks_for=["slides"]), case)
    assert core(visit) == {"slides"}
    assert core(visit_at(checked("Harbor"), case)) == OURS


def test_naming_the_doctor_again_keeps_what_was_heard_for_this_visit():
    office = checked(asks_for=["slides"])
    visit = visit_at(office)
    actions.set_core(item(visit, "clinic_notes"), True, by=actor("rosa"))
    assert core(visit_at(office, visit.case)) == {"slides", "clinic_notes"}


def test_a_list_that_changes_is_the_list_of_every_live_visit_there():
    office = checked()
    visit = actions.set_visit_date(visit_at(office), on=date(2026, 11, 24), by=actor("rosa"))
    change(office, asks_for=["slides"])
    assert core(visit) == {"slides"}
    assert Event.objects.filter(verb="item.core_set", case_id=visit.case_id).count() == len(OURS) + 1
    visit.case.refresh_from_db()
    assert visit.case.act_by == standing(Visit.objects.get(pk=visit.pk), clock.now()).act_by
    change(office, asks_for=[])
    assert core(visit) == OURS


def test_a_visit_that_is_off_keeps_the_list_it_had():
    office = checked()
    visit = actions.cancel_visit(visit_at(office), by=actor("rosa"))
    change(office, asks_for=["slides"])
    assert core(visit) == OURS


def test_the_usual_days_are_expected_and_safe_days_are_never_fewer():
    visit = booked_visit()
    lakeside = item(visit).holder
    before = dates(visit)
    change(lakeside, usual_days={"pathology_report": 6})
    assert dates(visit) == (date(2026, 11, 16), before[1])
    change(lakeside, usual_days={"pathology_report": 14})
    assert dates(visit) == (date(2026, 11, 30), date(2026, 11, 30))


def dates(visit: Visit) -> tuple[date | None, date | None]:
    lines = standing(Visit.objects.select_related("office", "case").get(pk=visit.pk), clock.now()).items
    found = next(line.dates for line in lines if line.item.kind_id == "pathology_report")
    return found.there_expected, found.there_safe


def coming(visit: Visit) -> set[tuple[str, str, str]]:
    rows = Reminder.objects.filter(case_id=visit.case_id, settled_at=None)
    return {(row.kind, str(row.about_id), row.due_at.isoformat()) for row in rows}


def test_dates_and_reminders_follow_the_region():
    visit = booked_visit()
    office = Visit.objects.select_related("office").get(pk=visit.pk).office
    before = coming(visit)
    change(item(visit).holder, region="CA-ON", time_zone="America/Vancouver")
    assert coming(visit) != before
    change(office, time_zone="America/Vancouver")
    visit.refresh_from_db()
    assert visit.time_zone == "America/Vancouver"
    assert visit.at_time.hour == 14


def test_what_a_patient_changes_of_her_own_office_counts_too():
    visit = booked_visit()
    lakeside, before = item(visit).holder, coming(visit)
    change_office(lakeside, region="CA-ON", by=actor("rosa"))
    assert coming(visit) != before


@pytest.mark.parametrize("details", [{"fee": "$15"}, {"usual_days": {"pathology_report": 6}}, {"note": "Ask Denise"}])
def test_a_fee_or_a_pace_within_the_safe_days_plans_nothing_anew(details, django_assert_max_num_queries):
    visit = booked_visit()
    lakeside, before = item(visit).holder, coming(visit)
    change(lakeside, hours="Mornings")
    # Each room beside this one is asked for its cases, before the lock and under it, and the desk in two parts.
    others = len(office_ties.rooms())
    with django_assert_max_num_queries(24 + 2 * others):
        change(lakeside, **details)
    assert coming(visit) == before


def test_a_pace_beyond_the_safe_days_plans_anew_and_back():
    visit = booked_visit()
    lakeside, before = item(visit).holder, coming(visit)
    change(lakeside, usual_days={"pathology_report": 11})
    assert coming(visit) != before
    change(lakeside, usual_days={})
    assert coming(visit) == before


def test_a_merge_moves_visits_and_holders_and_keeps_days_and_times():
    visit = booked_visit()
    case = visit.case
    old, lakeside = Visit.objects.get(pk=visit.pk).office, item(visit).holder
    new = checked(case=case, time_zone="America/Chicago", region="US-IL", asks_for=["slides"])
    held = RecordItem.objects.filter(holder=lakeside).count()
    for source in (old, lakeside):
        directory.merge(source, new, by=theo())
    visit.refresh_from_db()
    assert (visit.office, visit.time_zone) == (new, "America/Chicago")
    assert (visit.on_date, visit.at_time.hour) == (date(2026, 11, 24), 14)
    assert RecordItem.objects.filter(holder=new).count() == held > 0
    assert core(visit) == {"slides"}


def test_a_merge_of_the_holder_alone_leaves_the_list_of_the_visit():
    visit = booked_visit()
    new = checked(case=visit.case, asks_for=["slides"])
    directory.merge(item(visit).holder, new, by=theo())
    assert core(visit) == OURS


def test_records_on_their_way_do_not_stop_a_merge_and_the_doctor_can_be_named_again():
    visit = booked_visit()
    actions.tell(item(visit), "sent", by=actor("rosa"))
    old = Visit.objects.get(pk=visit.pk).office
    new = checked(case=visit.case)
    directory.merge(old, new, by=theo())
    named = actions.name_visit(visit.case, doctor="Dr. P. Raman", office=old, by=actor("rosa"))
    assert named.office == new


def test_who_still_holds_the_old_entry_names_the_new_one():
    visit = named_visit()
    old, new = typed_in("Bay Clinic", visit.case), checked(case=visit.case)
    directory.merge(old, new, by=theo())
    assert actions.set_holder(item(visit), office=old, by=actor("rosa")).holder == new


def test_a_cancelled_visit_moves_too_so_that_nothing_names_the_old_entry():
    visit = actions.cancel_visit(booked_visit(), by=actor("rosa"))
    old = visit.office
    directory.merge(old, checked(case=visit.case), by=theo())
    assert not Visit.objects.filter(office=old).exists()


def test_a_merge_tells_what_it_moves():
    visit = booked_visit()
    assert counted(visit.office) == ["1 visit"]
    assert counted(item(visit).holder) == [f"{RecordItem.objects.filter(holder=item(visit).holder).count()} records"]
    assert counted(checked(case=visit.case)) == []
