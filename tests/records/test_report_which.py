"""Of which visit a report is that came as a file: never guessed between two, asked, said, and followed."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.case import offices
from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.documents import actions as documents
from cases.documents.describing.actions import say_kind
from cases.records import actions
from cases.records.board import handing_over
from cases.records.models import ReportFile, ReportLoop, Visit
from cases.records.report import filing, passing, which
from cases.records.report.which import SECOND_REPORT
from portal import clock
from portal.errors import Refused
from portal.pages import todos
from portal.pages.facts import of_case
from tests import plan_files
from tests.documents.files import folder, read
from tests.people import browser, person
from tests.records.builders import actor, booked_visit, on_november_5
from tests.records.report_builders import past_visit, put_in_report, sign_that_we_may

pytestmark = pytest.mark.django_db
__all__ = ["folder"]


@pytest.fixture(autouse=True)
def november():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def own_store(folder):
    """No test leaves files behind."""


@pytest.fixture
def second(november):
    return past_visit(november)


def third_of(second: Visit, november) -> Visit:
    """A third opinion, of December 3; it is the day after."""
    by = actor("rosa")
    named = {"doctor": "Dr. Okafor", "office_name": "Riverbend", "office_details": {"region": "US-PA"}}
    third = actions.name_visit(second.case, round=3, by=by, **named)
    third = actions.set_visit_date(third, on=dt.date(2026, 12, 3), by=by)
    november.move_to("2026-12-04T15:00:00Z")
    return actions.say_took_place(third, by=by)


def loop_of(visit):
    return ReportLoop.objects.get(visit=visit)


def report_file(case, name="third.pdf"):
    version = read(case, name, plan_files.pdf(pages=case.documents.count() + 1))
    return say_kind(version.document, SECOND_REPORT, by=actor("rosa"))


def here(visit):
    return [version.document for version in passing.versions_here(loop_of(visit))]


def waits(kind):
    return [todo.about_id for todo in ToDo.objects.open().filter(kind=kind)]


def test_one_visits_report_says_nothing_of_anothers(second, november):
    sign_that_we_may(loop_of(second))
    actions.tell_report(loop_of(second), "asked", by=actor("rosa"))
    third = third_of(second, november)
    document = report_file(second.case)
    assert (loop_of(second).state, loop_of(third).state) == ("asked", "not_asked")
    assert (here(second), here(third), waits("pass_on_report")) == ([], [], [])
    assert waits("which_report") == [str(document.pk)]
    filing.say_which(document, third, by=actor("theo"))
    assert (loop_of(second).state, loop_of(third).state) == ("asked", "announced")
    assert (here(second), here(third), waits("which_report")) == ([], [document], [])
    assert waits("pass_on_report") == [str(loop_of(third).pk)]


def test_said_of_the_wrong_visit_it_is_said_of_the_right_one(second, november):
    sign_that_we_may(loop_of(second))
    third, document = third_of(second, november), report_file(second.case)
    filing.say_which(document, second, by=actor("rosa"))
    assert (loop_of(second).state, loop_of(third).state) == ("announced", "not_asked")
    filing.say_which(document, third, by=actor("rosa"))
    assert (loop_of(second).state, loop_of(third).state) == ("not_asked", "announced")
    assert waits("pass_on_report") == [str(loop_of(third).pk)]
    assert ReportFile.objects.count() == 1


def test_a_report_put_in_before_the_third_visit_stays_the_seconds(second, november):
    sign_that_we_may(loop_of(second))
    document = put_in_report(loop_of(second))
    third = third_of(second, november)
    assert (here(second), here(third)) == ([document], [])
    assert waits("which_report") == []


def test_what_was_confirmed_before_it_came_is_asked_about_no_more(second, november):
    sign_that_we_may(loop_of(second))
    actions.tell_report(loop_of(second), "confirmed", by=actor("rosa"))
    third = third_of(second, november)
    document = report_file(second.case)
    assert (here(second), here(third)) == ([], [document])
    assert loop_of(third).state == "announced"


def test_the_third_visit_taken_back_leaves_one_that_it_can_be_of(second, november):
    sign_that_we_may(loop_of(second))
    third, document = third_of(second, november), report_file(second.case)
    assert waits("which_report") == [str(document.pk)]
    actions.undo(third, by=actor("rosa"))
    actions.cancel_visit(third, by=actor("rosa"))
    assert (here(second), waits("which_report")) == ([document], [])
    assert loop_of(second).state == "announced"


@pytest.mark.parametrize("what", ["withdrawn", "hidden", "something_else", "confirmed"])
def test_nobody_is_asked_about_a_file_that_is_over(second, november, what):
    third, document = third_of(second, november), report_file(second.case)
    if what == "withdrawn":
        documents.withdraw(document, by=actor("rosa"))
    elif what == "hidden":
        documents.mark_only_me(document, by=actor("rosa"))
    elif what == "something_else":
        say_kind(document, "clinic_notes", by=actor("rosa"))
    else:
        for visit in (second, third):
            actions.tell_report(loop_of(visit), "confirmed", by=actor("rosa"))
    assert waits("which_report") == []
    assert which.to_ask(second.case) == []


def test_a_report_that_came_first_counts_once_the_visit_is_said_to_have_taken_place(november):
    visit = booked_visit()
    november.move_to("2026-11-25T01:00:00Z")  # the evening of the visit, by fax
    document = report_file(visit.case, "report.pdf")
    by = actor("rosa")
    november.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=by)
    assert loop_of(visit).state == "not_asked"  # nobody signed that we may
    sign_that_we_may(loop_of(visit))
    assert (loop_of(visit).state, loop_of(visit).known_by) == ("announced", "document")
    assert here(visit) == [document]
    actions.undo(visit, by=by)
    assert waits("pass_on_report") == []
    actions.say_took_place(visit, by=by)
    assert waits("pass_on_report") == [str(loop_of(visit).pk)]


def test_signed_before_and_come_before_it_is_passed_on_from_the_first_day(november):
    visit = booked_visit()
    from cases.case.authority_actions import sign_authority
    from tests.records.release_builders import TYPED

    sign_authority(visit.case, TYPED, version=1, by=actor("rosa"))
    november.move_to("2026-11-25T01:00:00Z")
    report_file(visit.case, "report.pdf")
    november.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    assert (loop_of(visit).state, len(waits("pass_on_report"))) == ("announced", 1)


def test_what_is_here_is_asked_of_no_office(second, november):
    sign_that_we_may(loop_of(second))
    actions.tell_report(loop_of(second), "not_there", by=actor("theo"))
    assert len(waits("ask_report")) == 1
    document = put_in_report(loop_of(second))
    assert (waits("ask_report"), len(waits("pass_on_report"))) == ([], 1)
    shown = browser(person("rosa")).get(loop_of(second).get_absolute_url()).content.decode()
    assert "We have a copy, and pass it on." in shown
    assert "We ask their office" not in shown
    documents.withdraw(document, by=actor("rosa"))
    assert (len(waits("ask_report")), waits("pass_on_report")) == (1, [])
    documents.restore(document, by=actor("rosa"))
    november.move_to("2026-12-20T15:00:00Z")
    assert handing_over.put_reports_on_board(now=clock.now()) == 1
    assert (waits("ask_report"), len(waits("pass_on_report"))) == ([], 1)


def test_a_report_with_two_kinds_of_calls_is_asked_for_again_some_days_after_the_last(second, november):
    """One office was called; then the file came, to be passed on, and was taken back."""
    sign_that_we_may(loop_of(second))
    actions.tell_report(loop_of(second), "announced", told="office", by=actor("theo"))
    november.move_to("2027-01-11T15:00:00Z")
    assert handing_over.put_reports_on_board(now=clock.now()) == 1
    settle_to_do(ToDo.objects.open().get(kind="ask_report"), by=actor("theo"))
    november.move_to("2027-01-12T15:00:00Z")
    documents.withdraw(put_in_report(loop_of(second)), by=actor("rosa"))
    assert ToDo.objects.filter(kind="pass_on_report", done_at__isnull=False).exists()
    november.move_to("2027-01-13T15:00:00Z")
    assert handing_over.put_reports_on_board(now=clock.now()) == 0
    november.move_to("2027-01-20T15:00:00Z")  # five business days after the last of the two
    assert handing_over.put_reports_on_board(now=clock.now()) == 1
    assert waits("ask_report") == [str(loop_of(second).pk)]


def test_only_a_visit_that_had_its_day_and_only_a_report(second, november):
    third = third_of(second, november)
    document, notes = report_file(second.case), read(second.case, "notes.pdf", plan_files.pdf(pages=5)).document
    for told, visit, by in ((notes, third, "rosa"), (document, third, "grace")):
        with pytest.raises(Refused):
            filing.say_which(told, visit, by=actor(by))
    actions.undo(third, by=actor("rosa"))
    actions.save_date(third, on=dt.date(2026, 12, 20), by=actor("rosa"))
    with pytest.raises(Refused):
        filing.say_which(document, third, by=actor("rosa"))
    assert not ReportFile.objects.exists()


@pytest.mark.full
def test_the_question_stands_on_the_page_and_one_press_answers_it(second, november):
    third, document = third_of(second, november), report_file(second.case)
    rosa, page = browser(person("rosa")), loop_of(third).get_absolute_url()
    assert "Which visit is this report of?" in rosa.get(page).content.decode()
    of = f"{page}of/{document.pk}/"
    for wrong in ("", "9", "x", "1" * 9, "²"):
        assert rosa.post(of, {"round": wrong}).status_code == 422
    assert rosa.post(of, {"round": "3"}).status_code == 302
    assert here(third) == [document]
    assert "Which visit is this report of?" not in rosa.get(page).content.decode()
    assert rosa.post(f"{page}of/{uuid4()}/", {"round": "3"}).status_code == 404
    assert browser(person("grace")).post(of, {"round": "2"}).status_code == 404
    theo = browser(person("theo"))
    assert "It is of the visit with Dr. Priya Raman, November 24" in theo.get(page).content.decode()
    assert theo.post(of, {"round": "2"}).status_code == 302
    assert (here(second), here(third)) == ([document], [])


def test_the_board_leads_to_the_question(second, november):
    third_of(second, november)
    report_file(second.case)
    todo = ToDo.objects.get(kind="which_report")
    row = todos.row(todo, {second.case_id: of_case(second.case, clock.now())}, clock.now().date())
    assert row["action"]["href"] == loop_of(second).get_absolute_url()
    assert "more than one visit" in " ".join(row["lines"])
    assert not row["log_href"]


def test_the_database_keeps_one_visit_for_a_file(second, november):
    document = put_in_report(loop_of(second))
    filing.say_which(document, second, by=actor("rosa"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportFile.objects.create(document=document, visit=second, said_at=clock.now())


def test_the_primary_office_is_offered_only_the_report_it_is_asked_about(second, november):
    sign_that_we_may(loop_of(second))
    third, document = third_of(second, november), report_file(second.case)
    assert offices.doctor(second.case, "primary").clinician.office.name == "Elm Street"
    filing.say_which(document, third, by=actor("theo"))
    assert here(second) == []
