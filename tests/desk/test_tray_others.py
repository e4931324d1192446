"""Another person's paper that went on from us before anybody saw that it was filed with the wrong case."""

import datetime as dt

import pytest

from cases.case.models import ToDo
from cases.desk.letters import actions, sending
from cases.desk.tray import filing
from cases.desk.tray.asking_back import OTHERS_PAPER
from cases.desk.tray.filing import Filing
from cases.desk.tray.states import About
from cases.documents.worker import checking
from cases.records.models import ReportLoop
from cases.records.report.actions import tell_report
from tests.desk import papers
from tests.records.builders import actor
from tests.records.report_builders import open_report, put_in_report, sign_that_we_may

pytestmark = pytest.mark.django_db


@pytest.fixture
def loop(november_5):
    loop = open_report(november_5)
    sign_that_we_may(loop)
    return loop


@pytest.fixture
def misfiled(loop):
    """Grace's report, filed as Rosa's and checked."""
    paper = filing.file(papers.checked(), Filing(case=loop.visit.case, about=About.REPORT), by=papers.theo())
    checking.check(paper.document.versions.get().pk)
    return papers.fresh(paper)


def pass_on(loop):
    letter = actions.make("pass_on", loop.visit, by=papers.theo())
    sending.sent(letter, "faxed", by=papers.theo())
    return letter


def put_back(paper, traveller, why="wrong_person"):
    traveller.shift(dt.timedelta(minutes=30))
    filing.put_back(papers.fresh(paper), why=why, by=papers.theo())


def now(loop):
    return ReportLoop.objects.get(pk=loop.pk)


def calls():
    return ToDo.objects.open().filter(kind=OTHERS_PAPER)


@pytest.mark.parametrize(("verb", "state"), [("", "received"), ("confirmed", "confirmed")])
def test_the_office_that_was_faxed_it_is_called_and_the_report_is_asked_for(loop, misfiled, november_5, verb, state):
    letter = pass_on(loop)
    if verb:
        tell_report(now(loop), verb, told="office", by=papers.theo())
    assert now(loop).state == state
    put_back(misfiled, november_5)
    assert letter.office.name in calls().get().note
    assert (now(loop).state, now(loop).came, now(loop).received_on) == ("not_asked", "", None)


def test_a_report_that_was_asked_for_is_asked_for_as_before(loop, november_5):
    tell_report(loop, "asked", by=actor("rosa"))
    paper = filing.file(papers.checked(), Filing(case=loop.visit.case, about=About.REPORT), by=papers.theo())
    checking.check(paper.document.versions.get().pk)
    pass_on(loop)
    put_back(paper, november_5)
    assert (now(loop).state, now(loop).asked_on) == ("asked", dt.date(2026, 11, 25))


def test_said_to_be_passed_on_without_a_letter_it_has_not_arrived_either(loop, misfiled, november_5):
    tell_report(now(loop), "passed_on", by=papers.theo())
    put_back(misfiled, november_5)
    assert now(loop).state == "not_asked"
    assert not calls().exists()


def test_once_her_own_went_too_it_stays_arrived(loop, misfiled, november_5):
    put_in_report(loop)
    letter = pass_on(loop)
    put_back(misfiled, november_5)
    assert letter.office.name in calls().get().note
    assert now(loop).state == "received"


def test_her_own_paper_under_another_name_is_asked_back_of_nobody(loop, misfiled, november_5):
    pass_on(loop)
    put_back(misfiled, november_5, why="other_thing")
    assert not calls().exists()
    assert now(loop).state == "not_asked"


def test_the_patient_says_that_it_is_not_hers(loop, misfiled):
    letter = pass_on(loop)
    filing.not_mine(papers.fresh(misfiled).document, by=actor("rosa"))
    assert letter.office.name in calls().get().note
    assert now(loop).state == "not_asked"


def test_what_came_straight_stays(loop, misfiled, november_5):
    tell_report(now(loop), "received", by=actor("rosa"))
    put_back(misfiled, november_5)
    assert now(loop).state == "received"
