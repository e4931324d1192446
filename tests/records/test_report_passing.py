"""Passing the report on: only what is here, only with the patient's word, and asked of the team on its board."""

import pytest
from django.urls import reverse

from cases.case.authority_actions import take_back_authority
from cases.case.models import ToDo
from cases.documents import actions as documents
from cases.documents.describing.actions import say_kind
from cases.records import actions
from cases.records.models import ReportLoop, Visit
from portal import clock
from portal.errors import Refused
from portal.pages import todos
from portal.pages.facts import of_case
from tests.people import browser, person
from tests.records.builders import actor, on_november_5
from tests.records.report_builders import open_report, put_in_report, sign_that_we_may

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def loop(november_5):
    return open_report(november_5)


def waits():
    return ToDo.objects.open().filter(kind="pass_on_report").count()


@pytest.mark.full
def test_once_its_file_is_with_us_nobody_is_asked_to_send_it(loop):
    sign_that_we_may(loop)
    document = put_in_report(loop)
    told = ReportLoop.objects.get()
    assert (told.state, told.known_by, told.moved_by) == ("announced", "document", None)
    say_kind(document, document.kind, by=actor("theo"))
    assert ReportLoop.objects.get().version == told.version
    shown = browser(person("rosa")).get(loop.get_absolute_url()).content.decode()
    assert "We have it, and pass it on" in shown
    documents.withdraw(document, by=actor("rosa"))
    assert ReportLoop.objects.get().state == "not_asked"
    documents.restore(document, by=actor("rosa"))
    assert ReportLoop.objects.get().state == "announced"


def test_a_file_does_not_outweigh_who_looked_and_did_not_find_it(loop):
    sign_that_we_may(loop)
    document = put_in_report(loop)
    actions.tell_report(loop, "not_there", by=actor("theo"))
    say_kind(document, document.kind, by=actor("theo"))
    assert ReportLoop.objects.get().missed_on is not None
    assert waits() == 1


def test_what_is_not_here_is_not_passed_on(loop):
    sign_that_we_may(loop)
    with pytest.raises(Refused, match="not here"):
        actions.tell_report(loop, "passed_on", by=actor("theo"))
    assert ReportLoop.objects.get().state == "not_asked"


def test_nothing_is_passed_on_that_nobody_permitted(loop):
    put_in_report(loop)
    assert waits() == 0
    with pytest.raises(Refused, match="Nothing is signed"):
        actions.tell_report(loop, "passed_on", by=actor("theo"))


def test_a_report_that_is_here_waits_on_the_board_until_it_is_passed_on(loop):
    sign_that_we_may(loop)
    document = put_in_report(loop)
    say_kind(document, document.kind, by=actor("theo"))  # said again
    assert waits() == 1
    theo = browser(person("theo"))
    shown = theo.get(loop.get_absolute_url()).content.decode()
    assert "We passed it on" in shown
    assert document.get_absolute_url() in shown
    row = todos.row(
        ToDo.objects.get(kind="pass_on_report"),
        {loop.visit.case_id: of_case(loop.visit.case, clock.now())},
        clock.now().date(),
    )
    assert row["action"]["href"] == f"/cases/{loop.visit.case_id}/report/"
    passed_on = actions.tell_report(loop, "passed_on", told="office_fax", by=actor("theo"))
    assert (passed_on.state, passed_on.came, waits()) == ("received", "through_us", 0)
    actions.undo(passed_on, by=actor("theo"))
    assert waits() == 1


@pytest.mark.parametrize("what", ["withdrawn", "hidden", "something_else", "came_by_itself", "did_not_happen"])
def test_what_is_over_leaves_the_board(loop, what):
    sign_that_we_may(loop)
    document = put_in_report(loop)
    assert waits() == 1
    if what == "withdrawn":
        documents.withdraw(document, by=actor("rosa"))
    elif what == "hidden":
        documents.mark_only_me(document, by=actor("rosa"))
    elif what == "something_else":
        say_kind(document, "clinic_notes", by=actor("rosa"))
    elif what == "came_by_itself":
        actions.tell_report(loop, "confirmed", by=actor("rosa"))
    else:
        actions.undo(Visit.objects.get(), by=actor("rosa"))
    assert waits() == 0


def test_a_permission_taken_back_ends_passing_on(loop):
    sign_that_we_may(loop)
    put_in_report(loop)
    take_back_authority(loop.visit.case, by=actor("rosa"))
    with pytest.raises(Refused, match="Nothing is signed"):
        actions.tell_report(loop, "passed_on", by=actor("theo"))
    shown = browser(person("theo")).get(loop.get_absolute_url()).content.decode()
    assert reverse("records:tell_report", args=[loop.visit.case_id, "passed_on"]) not in shown
    assert "Nothing is signed that lets us pass it on." in shown


def test_signed_after_the_report_came_it_can_be_passed_on(loop):
    put_in_report(loop)
    assert (ReportLoop.objects.get().state, waits()) == ("not_asked", 0)
    sign_that_we_may(loop)
    assert (ReportLoop.objects.get().state, waits()) == ("announced", 1)
    take_back_authority(loop.visit.case, by=actor("rosa"))
    assert waits() == 0
