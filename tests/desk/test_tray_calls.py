"""A wrong paper is put back: its own words about a record leave the board, and nobody else's."""

import pytest

from cases.case.models import ToDo
from cases.desk.letters import actions, sending
from cases.desk.links.actions import link_for
from cases.desk.receiving import actions as receiving
from cases.desk.receiving.actions import MISSED
from cases.desk.tray import filing
from cases.desk.tray.filing import Filing
from cases.desk.tray.models import Incoming
from cases.desk.tray.states import About, Said
from portal.actors import Actor
from tests.desk import papers
from tests.desk.letter_builders import signed_visit
from tests.desk.packets import through_us
from tests.records.builders import on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november():
    with on_november_5():
        yield


@pytest.fixture
def cover():
    visit = signed_visit()
    through_us(visit, "imaging_reports")
    made = actions.make("cover", visit, by=papers.theo())
    sending.sent(made, "faxed", by=papers.theo())
    return made


def strip(cover, words, said=Said.NOT_COME):
    item = cover.asks.get().item
    order = Filing(cover.case, About.LETTER, letter=cover, said=Said.MISSING, words=words, lines=((item, said),))
    return papers.fresh(filing.file(papers.call(), order, by=papers.theo()))


def office_says(cover, words):
    link = link_for(cover.visit, cover.visit.office, by=papers.theo())
    item, by = cover.asks.get().item, Actor("office", id=link.office_id)
    receiving.say_of_each(link, {item.pk: ("not_come", words)}, set(), said_by="Dana", by=by)


def put_back(paper):
    filing.put_back(papers.fresh(paper), by=papers.theo())


def notes():
    return [todo.note for todo in ToDo.objects.open().filter(kind=MISSED)]


def test_what_the_office_said_later_stays(cover):
    paper = strip(cover, "not here")
    office_says(cover, "the desk looked twice")
    put_back(paper)
    assert ["the desk looked twice" in note for note in notes()] == [True]
    assert Incoming.objects.get().calls == ""


@pytest.mark.parametrize("said", [Said.NOT_COME, Said.MISSING])
def test_what_the_office_said_first_is_back(cover, said):
    office_says(cover, "the desk looked twice")
    before = notes()
    paper = strip(cover, "page 2", said)
    assert "page 2" in notes()[0]
    put_back(paper)
    assert notes() == before


def test_of_two_papers_the_wrong_one_leaves_nothing(cover):
    wrong, right = strip(cover, "page 2"), strip(cover, "page 3")
    put_back(wrong)
    assert ["page 3" in note for note in notes()] == [True]
    put_back(right)
    assert notes() == []


def test_what_two_papers_say_stays_until_both_are_back(cover):
    wrong, right = strip(cover, "page 2"), strip(cover, "page 2")
    put_back(wrong)
    assert len(notes()) == 1
    put_back(right)
    assert notes() == []
