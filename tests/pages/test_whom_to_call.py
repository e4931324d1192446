"""The board's rows about offices: whom to ring, and no more of a call that was made or put off."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.actions import settle_to_do
from cases.case.models import Case, Office, ToDo
from cases.records import actions
from cases.records.board import handing_over
from cases.records.models import ReportLoop
from portal import clock
from portal.pages import actions as page_actions
from portal.pages import facts, needs, todos
from tests import people
from tests.records.builders import actor, booked_visit, case_of_rosa, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def board() -> list[dict]:
    now = clock.now()
    waiting = needs.look_up(people.person("theo"), now.date(), now)
    return needs.rows(waiting, facts.of_cases(waiting.all_cases, now), now.date(), now)


def the_row(label: str) -> dict:
    (row,) = (row for row in board() if str(row["label"]) == label)
    return row


def number(office: str, phone: str) -> None:
    Office.objects.filter(name=office).update(phone=phone)


def test_what_they_need_on_the_day_is_asked_of_the_second_office():
    visit = named_visit()
    number("Lakeside", "+12155550101")
    number(visit.office.name, "+12155550178")
    actions.choose_way(visit, "ask", on=date(2026, 11, 9), by=actor("rosa"))
    row = the_row("Ask the office")
    assert row["call"]["who"] == visit.office.name
    assert "which records they truly need on the day." in " ".join(row["lines"])
    page = people.browser(people.person("theo")).get(row["log_href"])
    assert visit.office.name in page.content.decode()


def test_a_near_treatment_says_its_day():
    named_visit(case_of_rosa())
    case_actions.change_case(Case.objects.get(), treatment_on=date(2026, 11, 12), by=actor("rosa"))
    assert the_row("Treatment soon")["lines"][0].startswith("Treatment is planned for Thu, Nov 12.")


def test_whether_the_desk_is_open_stands_beside_its_number(november_5):
    visit = named_visit()
    number(visit.office.name, "+12155550178")
    Office.objects.filter(pk=visit.office_id).update(hours="Mon to Fri, 9 am to 4 pm")
    actions.choose_way(visit, "ask", on=date(2026, 11, 9), by=actor("rosa"))
    assert "Open now, until 4:00\N{NO-BREAK SPACE}pm." in " ".join(the_row("Ask the office")["lines"])
    theo = people.browser(people.person("theo"))
    assert (
        "Open now, until 4:00\N{NO-BREAK SPACE}pm."
        in theo.get(reverse("pages:case_file", args=[visit.case_id])).content.decode()
    )
    november_5.move_to("2026-11-05T21:30:00Z")
    assert "Closed now." in " ".join(the_row("Ask the office")["lines"])
    november_5.move_to("2026-11-26T15:00:00Z")  # Thanksgiving
    assert "Closed now." in todos.reach_office(Office.objects.get(pk=visit.office_id))


def test_a_report_on_its_way_is_asked_about_where_it_should_arrive(november_5):
    visit = booked_visit()
    number("Elm Street", "+12155550102")
    number(visit.office.name, "+12155550178")
    november_5.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    actions.tell_report(ReportLoop.objects.get(), "received", by=actor("rosa"))
    november_5.move_to("2026-12-17T15:00:00Z")
    handing_over.put_reports_on_board(now=clock.now())
    row = the_row("Ask for the report")
    assert row["call"]["who"] == "Elm Street"
    assert f"Ask {visit.office.name}" not in " ".join(row["lines"])
    assert "Elm Street" in people.browser(people.person("theo")).get(row["log_href"]).content.decode()


def test_the_second_s_report_is_asked_of_the_second_while_the_third_is_ahead(november_5):
    visit = booked_visit()
    november_5.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    third = actions.name_visit(
        visit.case,
        doctor="Dr. Sato",
        office_name="Bayview",
        office_details={"region": "US-PA"},
        round=3,
        by=actor("rosa"),
    )
    actions.set_visit_date(third, on=date(2026, 12, 18), by=actor("rosa"))
    november_5.move_to("2026-12-16T15:00:00Z")
    handing_over.put_reports_on_board(now=clock.now())
    assert visit.office.name in " ".join(the_row("Ask for the report")["lines"])


@pytest.fixture
def call_due(november_5):
    """(visit, to-do): one record is on the board, everything else is settled."""
    visit = booked_visit(on=date(2026, 11, 20))
    actions.tell(item(visit), "asked", by=actor("theo"))
    november_5.move_to("2026-11-19T15:00:00Z")
    handing_over.put_on_board(now=clock.now())
    for kind in ("imaging_reports", "treatment_plan", "referral_letter"):
        actions.tell(item(visit, kind), "arrived", by=actor("theo"))
    todo = ToDo.objects.open().get(kind="call_holder", about_id=str(item(visit).pk))
    for other in ToDo.objects.open().exclude(pk=todo.pk):
        settle_to_do(other, by=actor("theo"))
    return visit, todo


@pytest.mark.parametrize(("came_of", "follows"), [("reached", "done"), ("no_answer", "again")])
@pytest.mark.parametrize("has_row", [True, False])
def test_a_call_made_or_put_off_is_not_asked_for_again_today(november_5, call_due, came_of, follows, has_row):
    visit, todo = call_due
    if not has_row:
        todo.delete()
        todo = None
    page_actions.log_call(
        visit.case, press=uuid4(), item=item(visit), whom="office", came_of=came_of, follows=follows, todo=todo,
        by=actor("theo"),
    )  # fmt: skip
    assert board() == []
    november_5.move_to("2026-11-20T15:00:00Z")
    handing_over.put_on_board(now=clock.now())
    assert len(board()) == (1 if follows == "again" else 0)


def test_another_record_whose_day_has_come_stays_on_the_board(call_due):
    visit, todo = call_due
    other = item(visit, "imaging_reports")
    actions.tell(other, "incomplete", reason="Page 2 is missing.", by=actor("theo"))
    page_actions.log_call(
        visit.case, press=uuid4(), item=item(visit), whom="office", came_of="no_answer", follows="again", todo=todo,
        by=actor("theo"),
    )  # fmt: skip
    (row,) = board()
    assert other.kind.called in " ".join(row["lines"])
    assert reverse("pages:log_call", args=[visit.case.pk]) in row["log_href"]
