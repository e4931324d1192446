"""The report after a visit: opened with it, told by whoever knows, taken back, and what the case does next."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from cases.case.actions import settle_to_do
from cases.case.helping import actions as helping
from cases.case.models import Case, ToDo
from cases.case.path import next_step
from cases.records import actions
from cases.records.board import handing_over
from cases.records.models import ReportLoop, Visit
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import facts
from portal.reminders.models import Reminder
from tests.people import person
from tests.records.builders import actor, booked_visit, case_of_rosa, on_november_5
from tests.records.report_builders import open_report, past_visit

pytestmark = pytest.mark.django_db
EASTERN = ZoneInfo("America/Toronto")
NOV_24, NOV_25, NOV_30 = date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 30)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def planned(loop):
    rows = Reminder.objects.filter(about_id=loop.pk, settled_at=None).order_by("due_at")
    return [(row.step, row.due_at.astimezone(EASTERN)) for row in rows]


def nine(month, day):
    return datetime(2026, month, day, 9, tzinfo=EASTERN)


def fresh(loop):
    return ReportLoop.objects.get(pk=loop.pk)


def act_by(loop):
    return Case.objects.get(pk=loop.visit.case_id).act_by


def step(loop):
    case = Case.objects.select_related("patient").get(pk=loop.visit.case_id)
    return next_step(facts.of_case(case, clock.now()).facts, clock.today(EASTERN)).code


def test_a_visit_that_took_place_opens_its_report_once(november_5):
    visit = past_visit(november_5)
    actions.say_took_place(visit, by=actor("rosa"))
    loop = ReportLoop.objects.get()
    assert (loop.visit, loop.state, loop.version) == (visit, "not_asked", 1)
    assert planned(loop) == [(3, nine(11, 30)), (10, nine(12, 4)), (20, nine(12, 14))]
    assert act_by(loop) == NOV_30
    assert step(loop) == "report"


def test_a_visit_still_to_come_has_no_report():
    booked_visit()
    assert not ReportLoop.objects.exists()


def test_asked_then_received_then_confirmed(november_5):
    loop = open_report(november_5)
    loop = actions.tell_report(loop, "asked", by=actor("rosa"))
    assert (loop.state, loop.asked_on, loop.known_by, step(loop)) == ("asked", NOV_25, "patient", "report_asked")
    november_5.shift(timedelta(days=5))
    loop = actions.tell_report(loop, "received", by=actor("theo"))
    assert (loop.state, loop.came, loop.known_by, step(loop)) == ("received", "direct", "staff_call", "talk")
    assert planned(loop) == [(10, nine(12, 4)), (20, nine(12, 14))]
    loop = actions.tell_report(loop, "confirmed", told="office", by=actor("theo"))
    assert (loop.state, loop.known_by, planned(loop), act_by(loop)) == ("confirmed", "office", [], None)


def test_once_announced_the_primary_side_is_asked_and_no_more_the_second_office(november_5):
    loop = actions.tell_report(open_report(november_5), "asked", by=actor("rosa"))
    loop = actions.tell_report(loop, "announced", on=date(2026, 11, 27), told="office_fax", by=actor("theo"))
    assert (loop.state, loop.sent_on, loop.known_by, step(loop)) == (
        "announced",
        date(2026, 11, 27),
        "office_fax",
        "report_announced",
    )
    assert planned(loop) == [(3, nine(12, 2)), (10, nine(12, 4)), (20, nine(12, 14))]
    assert act_by(loop) == date(2026, 12, 2)
    loop = actions.tell_report(loop, "announced", on=date(2026, 12, 1), by=actor("rosa"))  # they put it off
    assert (loop.sent_on, planned(loop)[0]) == (date(2026, 12, 1), (10, nine(12, 4)))
    loop = actions.tell_report(loop, "received", by=actor("rosa"))
    assert (loop.sent_on, loop.received_on) == (NOV_25, NOV_25)


def test_not_there_is_ours_to_ask_for_and_nobody_else_is_asked(november_5):
    loop = actions.tell_report(open_report(november_5), "received", by=actor("rosa"))
    november_5.shift(timedelta(days=5))
    loop = actions.tell_report(loop, "not_there", told="office_page", by=actor("theo"))
    assert (loop.state, loop.came, loop.received_on, loop.missed_on) == ("asked", "", None, NOV_30)
    assert (planned(loop), act_by(loop)) == ([], NOV_30)
    todo = ToDo.objects.open().get(kind="ask_report")
    assert todo.due_on == NOV_30
    loop = actions.tell_report(loop, "not_there", by=actor("rosa"))  # said twice
    assert ToDo.objects.open().filter(kind="ask_report").count() == 1
    loop = actions.tell_report(loop, "asked_again", by=actor("theo"))
    assert (loop.missed_on, planned(loop)) == (None, [(10, nine(12, 4)), (20, nine(12, 14))])
    assert not ToDo.objects.open().filter(kind="ask_report").exists()
    actions.undo(loop, by=actor("theo"))
    assert (fresh(loop).missed_on, planned(loop)) == (NOV_30, [])
    assert ToDo.objects.open().filter(kind="ask_report").exists()


def test_taking_not_there_back_takes_our_call_back(november_5):
    loop = actions.tell_report(open_report(november_5), "announced", by=actor("rosa"))
    actions.tell_report(loop, "not_there", by=actor("rosa"))
    actions.undo(fresh(loop), by=actor("rosa"))
    assert (fresh(loop).state, fresh(loop).sent_on) == ("announced", NOV_25)
    assert not ToDo.objects.open().filter(kind="ask_report").exists()
    assert [row[0] for row in planned(loop)] == [3, 10, 20]


def test_an_office_says_it_as_itself(november_5):
    loop = open_report(november_5)
    office = Actor("office", loop.visit.office_id)
    loop = actions.tell_report(loop, "announced", by=office)
    assert (loop.state, loop.known_by, loop.moved_by) == ("announced", "office_page", None)
    event = Event.objects.get(verb="report.announced")
    assert (event.actor_kind, event.actor_id) == ("office", loop.visit.office_id)


def test_passed_on_by_us_counts_as_received(november_5):
    loop = actions.tell_report(open_report(november_5), "passed_on", by=SYSTEM)
    assert (loop.state, loop.came, loop.received_on) == ("received", "through_us", NOV_25)


def test_only_we_can_say_that_we_passed_it_on(november_5):
    loop = open_report(november_5)
    with pytest.raises(Refused):
        actions.tell_report(loop, "passed_on", by=actor("rosa"))
    assert fresh(loop).state == "not_asked"


def test_whoever_knows_may_confirm_at_once(november_5):
    case = case_of_rosa()
    helping.agree(helping.ask(case, person("ama"), by=actor("theo")), chosen="most", by=actor("rosa"))
    loop = open_report(november_5, case=case)
    loop = actions.tell_report(loop, "confirmed", on=NOV_24, by=actor("ama"))
    assert (loop.state, loop.received_on, loop.confirmed_on, loop.known_by) == ("confirmed", NOV_24, NOV_24, "helper")


@pytest.mark.parametrize("key", ["grace", "joanne", "mara"])
def test_strangers_consultants_and_administrators_say_nothing(november_5, key):
    loop = open_report(november_5)
    with pytest.raises(Refused):
        actions.tell_report(loop, "confirmed", by=actor(key))


def test_a_word_twice_is_refused_in_a_sentence_and_changes_nothing(november_5):
    loop = open_report(november_5)
    actions.tell_report(loop, "confirmed", by=actor("rosa"))
    before = list(ReportLoop.objects.values())
    with pytest.raises(Refused, match="changed since"):
        actions.tell_report(loop, "confirmed", by=actor("rosa"))
    assert list(ReportLoop.objects.values()) == before


def test_a_day_that_cannot_be_is_refused(november_5):
    loop = open_report(november_5)
    for on in (date(2026, 11, 26), date(2026, 11, 23)):
        with pytest.raises(Refused):
            actions.tell_report(loop, "received", on=on, by=actor("rosa"))


def test_undo_takes_the_last_word_back_and_asks_again(november_5):
    loop = actions.tell_report(open_report(november_5), "confirmed", by=actor("rosa"))
    november_5.shift(timedelta(minutes=9))
    actions.undo(loop, by=actor("rosa"))
    loop = fresh(loop)
    assert (loop.state, loop.received_on, loop.known_by) == ("not_asked", None, "")
    assert [row[0] for row in planned(loop)] == [3, 10, 20]


def test_after_10_minutes_a_coordinator_takes_it_back(november_5):
    loop = actions.tell_report(open_report(november_5), "asked", by=actor("rosa"))
    november_5.shift(timedelta(minutes=11))
    with pytest.raises(Refused):
        actions.undo(loop, by=actor("rosa"))
    actions.undo(loop, why="patient_differs", by=actor("theo"))
    assert fresh(loop).state == "not_asked"


def test_a_visit_taken_back_asks_for_no_report_and_keeps_what_was_said(november_5):
    loop = actions.tell_report(open_report(november_5), "asked", by=actor("rosa"))
    actions.undo(Visit.objects.get(), by=actor("rosa"))
    assert planned(loop) == []
    with pytest.raises(Refused, match="took place"):
        actions.tell_report(loop, "confirmed", by=actor("rosa"))
    actions.say_took_place(Visit.objects.get(), by=actor("rosa"))
    assert fresh(loop).state == "asked"
    assert [row[0] for row in planned(loop)] == [3, 10, 20]


def test_another_round_keeps_the_first_report_on_the_board(november_5):
    """The third doctor's visit has dates of its own; the open report of the second must not be forgotten."""
    loop = open_report(november_5)
    third = actions.name_visit(loop.visit.case, doctor="Dr. Ivers", office_name="Far", round=3, by=actor("rosa"))
    actions.set_visit_date(third, on=date(2027, 3, 30), by=actor("rosa"))
    assert act_by(loop) == NOV_30
    actions.tell_report(loop, "confirmed", by=actor("rosa"))
    assert act_by(loop) > NOV_30


def test_after_the_last_question_a_person_asks_until_somebody_says_so(november_5):
    loop = open_report(november_5)
    november_5.move_to("2026-12-14T15:00:00Z")
    assert handing_over.put_reports_on_board(now=clock.now()) == 0
    november_5.move_to("2026-12-15T15:00:00Z")
    assert [handing_over.put_reports_on_board(now=clock.now()) for _ in range(2)] == [1, 1]
    todo = ToDo.objects.open().get(kind="ask_report")
    settle_to_do(todo, by=actor("theo"))
    assert handing_over.put_reports_on_board(now=clock.now()) == 0
    loop = actions.tell_report(loop, "asked", by=actor("theo"))
    november_5.move_to("2026-12-21T15:00:00Z")
    assert handing_over.put_reports_on_board(now=clock.now()) == 1
    actions.tell_report(loop, "confirmed", by=actor("rosa"))
    assert not ToDo.objects.open().filter(kind="ask_report").exists()


def test_each_word_leaves_its_line_in_history(november_5):
    loop = actions.tell_report(open_report(november_5), "asked", by=actor("rosa"))
    actions.undo(loop, by=actor("rosa"))
    verbs = Event.objects.filter(about_id=str(loop.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["report.asked", "report.undone"]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("reportloop_state_has_its_dates", {"state": "maybe", "known_by": "patient"}),
        ("reportloop_state_has_its_dates", {"state": "asked", "known_by": "patient"}),
        ("reportloop_state_has_its_dates", {"asked_on": NOV_25}),
        ("reportloop_state_has_its_dates", {"state": "confirmed", "known_by": "patient", "received_on": NOV_25}),
        (
            "reportloop_dates_in_order",
            {"state": "received", "known_by": "patient", "asked_on": NOV_25, "received_on": NOV_24},
        ),
        (
            "reportloop_dates_in_order",
            {"state": "confirmed", "known_by": "patient", "received_on": NOV_25, "confirmed_on": NOV_24},
        ),
        ("reportloop_said_is_known_by", {"state": "asked", "asked_on": NOV_25}),
        ("reportloop_came_once_received", {"came": "direct"}),
        ("reportloop_state_has_its_dates", {"state": "announced", "known_by": "patient"}),
        ("reportloop_state_has_its_dates", {"sent_on": NOV_25}),
        ("reportloop_missed_while_asked", {"missed_on": NOV_25}),
        (
            "reportloop_dates_in_order",
            {"state": "received", "known_by": "patient", "sent_on": NOV_25, "received_on": NOV_24},
        ),
        (
            "reportloop_came_once_received",
            {"state": "received", "received_on": NOV_25, "known_by": "patient", "came": "pigeon"},
        ),
    ],
)
def test_the_database_refuses(november_5, constraint, values):
    loop = open_report(november_5)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ReportLoop.objects.filter(pk=loop.pk).update(**values)


def test_one_report_a_visit_and_a_mover_with_his_time(november_5):
    loop = open_report(november_5)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportLoop.objects.create(visit=loop.visit, said_at=clock.now())
    with pytest.raises(IntegrityError, match="reportloop_moved_by_has_moved_at"), transaction.atomic():
        ReportLoop.objects.update(moved_by=person("rosa"))
