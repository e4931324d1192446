"""Whatever moves a visit writes everything planned anew in the same action: nothing with the old day survives."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from cases.case.actions import ask_to_do
from cases.case.models import ToDo
from cases.records import actions
from cases.records.board import handing_over
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.records.planning import replan
from portal import clock
from portal.pages import actions as page_actions
from portal.reminders.models import Reminder
from tests import people
from tests.records.builders import actor, booked_visit, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def under_way():
    """A booked visit with one record asked for, one in trouble, one taken off the list, the rest to be asked for."""
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    actions.tell(item(visit, "imaging_reports"), "asked", by=actor("theo"))
    actions.tell(item(visit, "imaging_reports"), "not_located", reason="Other hospital", by=actor("theo"))
    actions.tell(item(visit, "clinic_notes"), "not_wanted", by=actor("rosa"))
    return visit


def open_rows():
    return set(
        Reminder.objects.filter(settled_at=None).values_list("kind", "about_id", "version", "due_at", "useful_until")
    )


def versions():
    return {
        **dict(Visit.objects.values_list("pk", "version")),
        **dict(RecordItem.objects.values_list("pk", "version")),
        **dict(ReportLoop.objects.values_list("pk", "version")),
    }


def move(visit, traveller):
    actions.move_visit(visit, on=date(2026, 12, 8), at=time(9), by=actor("rosa"))


def move_nearer(visit, traveller):
    actions.save_date(visit, on=date(2026, 11, 12), by=actor("rosa"))


def take_later(visit, traveller):
    actions.choose_way(visit, "later", on=date(2026, 12, 8), by=actor("rosa"))


def cancel(visit, traveller):
    actions.cancel_visit(visit, by=actor("rosa"))


def cancel_and_take_back(visit, traveller):
    actions.undo(actions.cancel_visit(visit, by=actor("rosa")), by=actor("rosa"))


def move_and_take_back(visit, traveller):
    actions.undo(actions.move_visit(visit, on=date(2026, 12, 8), by=actor("rosa")), by=actor("rosa"))


def did_not(visit, traveller):
    traveller.move_to("2026-11-25T15:00:00Z")
    actions.say_did_not(visit, by=actor("rosa"))


def took_place(visit, traveller):
    traveller.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))


def name_another(visit, traveller):
    details = {"region": "CA-ON", "time_zone": "America/Toronto"}
    actions.name_visit(visit.case, doctor="Dr. Sato", office_name="Bayview", office_details=details, by=actor("rosa"))


MOVES = [move, move_nearer, take_later, cancel, cancel_and_take_back, move_and_take_back, did_not, took_place]


@pytest.mark.full
@pytest.mark.parametrize("change", [*MOVES, name_another])
def test_no_row_with_the_old_day_survives(change, november_5):
    visit = under_way()
    before = {(kind, about, version) for kind, about, version, _due, _until in open_rows()}
    change(visit, november_5)
    now = versions()
    rows = open_rows()
    assert all(version == now[about] for _kind, about, version, _due, _until in rows)
    # A message on its way is judged by its version: each that was planned with the old day is over.
    if change is not name_another:
        assert not before & {(kind, about, version) for kind, about, version, _due, _until in rows}
    # The rows are those that a fresh plan of the case as it now is would make.
    replan(Visit.objects.get(pk=visit.pk), now=clock.now())
    assert open_rows() == rows


def test_a_visit_called_off_plans_nothing_more(november_5):
    visit = under_way()
    cancel(visit, november_5)
    assert open_rows() == set()
    visit.case.refresh_from_db()
    assert visit.case.act_by is None


def test_a_visit_that_took_place_plans_its_report_only(november_5):
    visit = under_way()
    took_place(visit, november_5)
    assert {kind for kind, *_more in open_rows()} == {"records.report_back"}
    visit.case.refresh_from_db()
    # The report that was asked for is followed by a person from its safe day on; her own report is asked about later.
    assert visit.case.act_by == date(2026, 11, 20)


def test_a_record_taken_off_the_list_has_no_row_left():
    visit = booked_visit()
    row = Reminder.objects.get(about_id=item(visit, "clinic_notes").pk, settled_at=None)
    actions.tell(item(visit, "clinic_notes"), "not_wanted", by=actor("rosa"))
    row.refresh_from_db()
    assert row.settled_as == "withdrawn"


# --- calls on the board


def open_calls():
    return set(ToDo.objects.open().exclude(kind="check_office").values_list("kind", flat=True))


def test_cancelling_takes_the_visit_s_calls_off_the_board():
    visit = named_visit()
    actions.choose_way(visit, "ask", on=date(2026, 11, 10), by=actor("rosa"))
    assert open_calls() == {"visit_soon", "ask_office"}
    actions.cancel_visit(visit, by=actor("rosa"))
    assert open_calls() == set()


def test_a_later_day_takes_the_call_about_a_near_one_off_and_keeps_the_question_to_the_office():
    visit = named_visit()
    actions.choose_way(visit, "ask", on=date(2026, 11, 10), by=actor("rosa"))
    actions.move_visit(visit, on=date(2026, 12, 8), by=actor("rosa"))
    assert open_calls() == {"ask_office"}


def test_a_record_that_arrived_takes_its_call_off_the_board(november_5):
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    november_5.shift(timedelta(days=18))
    handing_over.put_on_board(now=clock.now())
    assert open_calls() == {"call_holder"}
    actions.tell(item(visit, "slides"), "asked", by=actor("rosa"))
    assert open_calls() == {"call_holder"}
    actions.tell(item(visit), "arrived", by=actor("theo"))
    assert open_calls() == set()


def test_a_call_the_patient_wished_for_stays():
    visit = booked_visit()
    ask_to_do("call", visit, case=visit.case, due_on=date(2026, 11, 5), by=actor("rosa"))
    actions.cancel_visit(visit, by=actor("rosa"))
    assert open_calls() == {"call"}


def chosen_time(visit):
    return page_actions.ask_for_a_call(visit.case, suits="morning", note="Ring twice", by=actor("rosa"))


def test_a_time_for_the_call_about_a_near_visit_stands_on_its_one_row():
    visit = booked_visit(on=date(2026, 11, 12))
    chosen_time(visit)
    todo = ToDo.objects.open().get(case=visit.case, kind__in=["call", "visit_soon"])
    assert (todo.kind, todo.suits, todo.note) == ("visit_soon", "morning", "Ring twice")
    shown = people.browser(people.person("rosa")).get(reverse("pages:ledger", args=[visit.case_id]))
    assert "Best time: Mornings." in " ".join(shown.content.decode().split())


def test_the_wish_for_a_call_outlives_the_near_day():
    visit = booked_visit(on=date(2026, 11, 12))
    chosen_time(visit)
    actions.move_visit(visit, on=date(2026, 12, 8), by=actor("rosa"))
    todo = ToDo.objects.open().get(case=visit.case, kind__in=["call", "visit_soon"])
    assert (todo.kind, todo.about_id, todo.suits) == ("call", str(visit.case_id), "morning")
    actions.move_visit(visit, on=date(2026, 11, 12), by=actor("rosa"))
    actions.cancel_visit(visit, by=actor("rosa"))
    assert open_calls() == {"call"}


def test_a_wish_without_a_time_is_a_row_of_its_own():
    visit = booked_visit(on=date(2026, 11, 12))
    page_actions.ask_for_a_call(visit.case, by=actor("rosa"))
    assert {"call", "visit_soon"} <= open_calls()


# --- said twice


def test_cancelled_twice_is_cancelled_once():
    visit = booked_visit()
    actions.cancel_visit(visit, by=actor("rosa"))
    again = actions.cancel_visit(visit, by=actor("theo"))
    assert (again.state, again.moved_by.pk) == ("cancelled", visit.case.patient_id)


def test_the_same_day_saved_from_two_open_pages_is_saved_once():
    visit = named_visit()
    for _press in range(2):
        actions.save_date(visit, on=date(2026, 11, 24), at=time(14, 30), by=actor("rosa"))
    visit.refresh_from_db()
    assert (visit.state, visit.on_date) == ("booked", date(2026, 11, 24))
