"""Visit or treatment within 10 business days: offices are rung the same day, and the board shows it first."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cases.case.actions import ask_to_do, settle_to_do
from cases.case.models import ToDo
from cases.desk.holder import asking
from cases.desk.links.actions import link_for
from cases.desk.links.gate import Opened
from cases.desk.receiving import showing as receiving
from cases.records import actions
from cases.records.board import urgent
from cases.records.standing import standing
from portal import clock
from portal.actors import Actor
from tests import factories, people
from tests.desk.letter_builders import letter, may_ask
from tests.desk.test_paid_fees import rows
from tests.records.builders import VISIT_ON, actor, booked_visit, case_of_rosa, item, on_november_5
from tests.records.release_builders import sign, visit_to_sign_for

pytestmark = pytest.mark.django_db
NEAR = date(2026, 11, 17)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def near_visit():
    """Dr. Raman's, in eight business days; we may ask about the records."""
    visit = visit_to_sign_for()
    may_ask(visit)
    return actions.move_visit(visit, on=NEAR, at=visit.at_time, by=actor("rosa"))


def rings():
    return ToDo.objects.open().filter(kind=urgent.RING_OFFICE)


def test_each_office_is_rung_once_the_same_day():
    visit = near_visit()
    found = {str(line.item.pk): line.item.holder_id for line in standing(visit, clock.now()).core}
    held = [found[todo.about_id] for todo in rings()]
    assert held
    assert len(held) == len(set(held))
    assert {todo.due_on for todo in rings()} == {date(2026, 11, 5)}
    urgent.put_on_board(now=clock.now())
    assert rings().count() == len(held)


def test_rung_once_it_is_not_rung_again_for_that_day(november_5):
    visit = near_visit()
    for todo in rings():
        settle_to_do(todo, by=actor("theo"))
    actions.tell(item(visit), "asked", by=actor("theo"))
    urgent.put_on_board(now=clock.now())
    assert not rings().exists()
    november_5.shift(timedelta(minutes=1))
    actions.move_visit(visit, on=date(2026, 11, 16), at=visit.at_time, by=actor("rosa"))
    assert rings().exists()


def test_nobody_rings_before_we_may_ask():
    actions.move_visit(booked_visit(), on=NEAR, by=actor("rosa"))
    assert not rings().exists()


def test_a_visit_that_is_far_asks_for_no_call_until_it_comes_near(november_5):
    visit = visit_to_sign_for()
    may_ask(visit)
    urgent.put_on_board(now=clock.now())
    assert not rings().exists()
    november_5.move_to("2026-11-12T15:00:00Z")
    urgent.put_on_board(now=clock.now())
    assert rings().exists()


def test_what_is_there_or_needs_the_patient_is_no_call():
    visit = near_visit()
    for line in standing(visit, clock.now()).core:
        if line.item.kind.need != "plan":
            actions.tell(line.item, "arrived", by=actor("theo"))
    assert not rings().exists()
    assert urgent.to_ring(standing(visit, clock.now())) == []


def test_treatment_that_is_near_makes_a_later_visit_urgent():
    visit = visit_to_sign_for()
    may_ask(visit)
    case = visit.case
    type(case).objects.filter(pk=case.pk).update(treatment_on=date(2026, 11, 16))
    assert urgent.is_urgent(standing(type(visit).objects.get(pk=visit.pk), clock.now()))
    urgent.put_on_board(now=clock.now())
    assert rings().exists()


def test_treatment_comes_near_by_passing_time_and_is_called_about_once(november_5):
    case_of_rosa()
    november_5.move_to("2026-12-02T15:00:00Z")
    for _ in range(2):
        urgent.put_on_board(now=clock.now())
    assert ToDo.objects.filter(kind="treatment_soon").count() == 1
    settle_to_do(ToDo.objects.get(kind="treatment_soon"), by=actor("theo"))
    urgent.put_on_board(now=clock.now())
    assert not ToDo.objects.open().filter(kind="treatment_soon").exists()


def test_a_visit_that_is_called_off_takes_the_calls_along():
    visit = near_visit()
    actions.cancel_visit(visit, by=actor("rosa"))
    assert not rings().exists()


def test_the_board_shows_it_first():
    near_visit()
    old = factories.open_case(people.person("grace"))
    ask_to_do("no_plan", old, case=old, due_on=date(2026, 11, 2), by=actor("grace"))
    board = people.browser(people.person("theo")).get(reverse("pages:caseload"))
    assert board.context["needs"][0]["is_urgent"]
    assert "Urgent: ring the office" in board.content.decode()
    labels = [str(row["label"]) for row in board.context["needs"]]
    assert labels.index("Urgent: ring the office") < labels.index("No plan yet")


def test_the_letter_says_so_and_its_page_to_ring_first():
    visit = near_visit()
    sign(visit)
    made = letter(visit)
    assert "Urgent: call us" in rows(made)["Needed by"]
    page = reverse("desk:new_letter", args=["slides", item(visit, "slides").pk])
    assert "call them first" in people.browser(people.person("theo")).get(page).content.decode()


def test_a_letter_for_a_visit_that_is_far_says_nothing_of_it():
    visit = visit_to_sign_for()
    may_ask(visit)
    sign(visit)
    assert visit.on_date == VISIT_ON
    assert "Urgent" not in rows(letter(visit))["Needed by"]


def page_of(visit, office):
    link = link_for(visit, office, by=actor("theo"))
    return Opened(link, True, True, Actor("office", id=office.pk))


def test_the_holders_page_says_so():
    visit = near_visit()
    sign(visit)
    holder = item(visit, "slides").holder
    assert asking.part(page_of(visit, holder), clock.now())["is_urgent"]


def test_the_second_doctors_page_has_it_in_parts():
    visit = near_visit()
    actions.set_route(item(visit), "through_us", by=actor("rosa"))
    part = receiving.context(page_of(visit, visit.office), clock.now())
    assert item(visit).called in part["in_parts"]
    far = actions.move_visit(visit, on=date(2027, 1, 12), at=visit.at_time, by=actor("rosa"))
    type(far.case).objects.filter(pk=far.case_id).update(treatment_on=None)
    far = type(far).objects.get(pk=far.pk)
    assert receiving.context(page_of(far, far.office), clock.now())["in_parts"] == []


def test_an_office_with_a_call_on_the_board_is_not_rung_besides():
    visit = visit_to_sign_for()
    may_ask(visit)
    core = [line.item for line in standing(visit, clock.now()).core if line.item.holder_id]
    for thing in core:
        ask_to_do(urgent.CALL_HOLDER, thing, case=visit.case, due_on=date(2026, 11, 5), by=actor("theo"))
    visit.on_date = NEAR
    visit.save(update_fields=["on_date"])
    urgent.put_on_board(now=clock.now())
    assert not rings().exists()
