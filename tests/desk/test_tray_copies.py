"""What the primary doctor's office says of the report that we passed on, on the strip of our letter."""

import datetime as dt

import pytest

from cases.case.models import ToDo
from cases.desk.letters import actions, sending
from cases.desk.tray import filing
from cases.desk.tray.filing import Filing
from cases.desk.tray.states import About, Said
from cases.documents.describing.actions import say_kind
from cases.records.models import ReportLoop
from cases.records.report.passing import SECOND_REPORT
from cases.records.report.planning import ASK_REPORT, PASS_ON
from tests import plan_files
from tests.desk import papers
from tests.documents.files import read
from tests.records.builders import actor
from tests.records.report_builders import open_report, put_in_report, sign_that_we_may

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(november_5):
    loop = open_report(november_5)
    sign_that_we_may(loop)
    put_in_report(loop)
    made = actions.make("pass_on", loop.visit, by=papers.theo())
    sending.sent(made, "faxed", by=papers.theo())
    november_5.shift(dt.timedelta(hours=1))
    return made


def strip(letter, said, words="pages 3 and 4"):
    order = Filing(letter.case, About.LETTER, letter=letter, said=said, words=words)
    return papers.fresh(filing.file(papers.checked(), order, by=papers.theo()))


def todos():
    return {todo.kind: todo.note for todo in ToDo.objects.open().filter(kind__in=[ASK_REPORT, PASS_ON])}


@pytest.mark.parametrize("said", [Said.MISSING, Said.NO_OPEN])
def test_the_second_office_is_asked_and_the_same_file_is_not_passed_on_again(letter, said):
    strip(letter, said)
    assert list(todos()) == [ASK_REPORT]
    assert "pages 3 and 4" in todos()[ASK_REPORT]


def test_once_it_is_put_in_anew_that_is_passed_on(letter, november_5):
    strip(letter, Said.MISSING)
    november_5.shift(dt.timedelta(hours=1))
    whole = read(letter.case, "whole.pdf", plan_files.pdf(pages=3))
    say_kind(whole.document, SECOND_REPORT, by=actor("rosa"))
    assert list(todos()) == [PASS_ON]


def test_a_strip_that_is_put_back_takes_its_words_along(letter):
    paper = strip(letter, Said.MISSING)
    filing.put_back(paper, by=papers.theo())
    loop = ReportLoop.objects.get()
    assert (loop.state, loop.no_use_at) == ("received", None)
    assert not any("pages 3 and 4" in note for note in todos().values())
