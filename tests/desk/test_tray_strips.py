"""The strip of a letter, filed as a whole: each record it speaks of, what came with a cover, where a report went."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from cases.case.models import ToDo
from cases.desk.letters import actions, sending
from cases.desk.receiving.actions import MISSED
from cases.desk.tray import erasing, filing, preview
from cases.desk.tray.filing import Filing
from cases.desk.tray.models import Incoming, IncomingAnswer
from cases.desk.tray.states import About, Said, TrayState
from cases.records.models import ReportLoop
from cases.records.report.planning import ASK_REPORT
from cases.records.states import ItemState, KnownBy, ReportState
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.desk import papers
from tests.desk.letter_builders import letter, may_ask, signed_visit
from tests.desk.packets import through_us
from tests.records.builders import actor, item, on_november_5
from tests.records.report_builders import open_report, past_visit, put_in_report, sign_that_we_may

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def asks():
    """A letter to Lakeside that asks for all it has."""
    made = letter(signed_visit(), kind="records", about="pathology_report")
    sending.sent(made, "faxed", by=actor("theo"))
    assert made.asks.count() > 1
    return made


@pytest.fixture
def cover():
    """Two records, passed on to the second office with a cover."""
    visit = signed_visit()
    through_us(visit, "imaging_reports")
    through_us(visit, "clinic_notes")
    made = actions.make("cover", visit, by=actor("theo"))
    sending.sent(made, "faxed", by=actor("theo"))
    return made


@pytest.fixture
def report(november):
    """Asked for, by a letter."""
    visit = past_visit(november)
    may_ask(visit)
    made = actions.make("report", visit, by=actor("theo"))
    sending.sent(made, "faxed", by=actor("theo"))
    return made


def named(made):
    return [ask.item for ask in made.asks.select_related("item__visit__case")]


def order(made, said, *lines, **more):
    lines = lines or tuple((each, said) for each in named(made))
    return Filing(case=made.case, about=About.LETTER, letter=made, said=said, lines=lines, **more)


def filed(made, said, *lines, **more) -> Incoming:
    paper = papers.fresh(filing.file(papers.checked(), order(made, said, *lines, **more), by=papers.theo()))
    return paper


def states(made):
    return [each.state for each in named(made)]


def test_all_records_of_a_strip_are_filed_by_one_press(asks):
    paper = filed(asks, Said.SENT, carrier="courier", on=dt.date(2026, 11, 5))
    assert set(states(asks)) == {ItemState.SENT}
    assert {each.known_by for each in named(asks)} == {KnownBy.OFFICE_FAX}
    assert (paper.state, paper.letter, paper.document) == (TrayState.FILED, asks, None)
    assert IncomingAnswer.objects.filter(incoming=paper).count() == asks.asks.count()
    assert Event.objects.filter(verb="incoming.filed", why="filed_letter").count() == 1


def test_each_line_may_say_something_else(asks):
    first, second, *_rest = named(asks)
    filed(asks, Said.SENT, (first, Said.NOT_FOUND), (second, Said.NEEDS), needs=("fee",), fee="$25")
    assert states(asks)[:2] == [ItemState.NOT_LOCATED, ItemState.NEEDS_YOU]


def test_all_of_it_goes_back_with_the_paper(asks):
    before = states(asks)
    paper = filed(asks, Said.SENT)
    filing.put_back(paper, by=papers.theo())
    assert states(asks) == before
    assert papers.fresh(paper).letter is None
    assert not IncomingAnswer.objects.exists()


def test_one_line_that_cannot_be_said_keeps_the_others_from_being_said(asks):
    before = states(asks)
    first, second, *_rest = named(asks)
    with pytest.raises(Refused, match="what you need"):
        filed(asks, Said.SENT, (first, Said.SENT), (second, Said.NEEDS))
    assert states(asks) == before


def test_records_of_another_letter_or_case_are_refused(asks):
    other = factories.open_case(people.person("grace"))
    with pytest.raises(Refused):
        filing.file(papers.checked(), Filing(other, About.LETTER, letter=asks, said=Said.SENT), by=papers.theo())
    with pytest.raises(Refused):
        filed(asks, Said.SENT, (item(asks.visit, "referral_letter"), Said.SENT))
    with pytest.raises(Refused, match="of which records"):
        filing.file(papers.checked(), Filing(asks.case, About.LETTER, letter=asks, said=Said.SENT), by=papers.theo())
    with pytest.raises(Refused, match="what it says"):
        filed(asks, Said.CAME)


def test_one_sentence_names_the_records_that_change_alike(asks):
    first, second, *_rest = named(asks)
    lines = (first, Said.SENT), (second, Said.NOT_FOUND)
    said = preview.sentence(papers.checked(), order(asks, Said.SENT, *lines), by=papers.theo())
    assert f"{first.called}: Rosa will read “Sent on November 5" in said
    assert f"{second.called}: Rosa will read “" in said
    assert states(asks) == [each.state for each in named(asks)]
    assert not IncomingAnswer.objects.exists()


def test_its_pages_stay_with_the_case(asks):
    filed(asks, Said.NOT_FOUND)
    assert not erasing.due(clock.now() + dt.timedelta(days=60)).exists()


# --- a cover ---


def test_all_that_came_with_a_cover_has_arrived(cover):
    filed(cover, Said.CAME, on=dt.date(2026, 11, 5))
    assert set(states(cover)) == {ItemState.ARRIVED}
    assert not ToDo.objects.open().filter(kind=MISSED).exists()


def test_what_is_missing_or_no_use_is_said_and_one_of_us_calls(cover):
    first, second = named(cover)
    paper = filed(cover, Said.MISSING, (first, Said.MISSING), (second, Said.NO_OPEN), words="page 2")
    assert states(cover) == [ItemState.INCOMPLETE, ItemState.WILL_NOT_OPEN]
    notes = [todo.note for todo in ToDo.objects.open().filter(kind=MISSED)]
    assert len(notes) == 2
    assert all("page 2" in note for note in notes)
    filing.put_back(paper, by=papers.theo())
    assert states(cover) == [ItemState.SENT, ItemState.SENT]
    assert not ToDo.objects.open().filter(kind=MISSED).exists()


def test_what_has_not_come_is_as_before_and_one_of_us_calls(cover):
    first, _second = named(cover)
    asked = order(cover, Said.MISSING, (first, Said.NOT_COME))
    assert "One of us calls" in preview.sentence(papers.checked(), asked, by=papers.theo())
    filing.file(papers.call(), asked, by=papers.theo())
    assert states(cover) == [ItemState.SENT, ItemState.SENT]
    assert ToDo.objects.open().get(kind=MISSED).about_id == str(first.pk)


def test_a_word_about_what_is_there_already_changes_nothing(cover):
    filed(cover, Said.CAME)
    said = preview.sentence(papers.checked(papers.tiff(), "b.tif"), order(cover, Said.CAME), by=papers.theo())
    assert "nothing changes for Rosa. It has arrived already." in said


# --- the report ---


def test_a_report_that_went_to_the_primary_doctor_is_announced(report):
    said = Filing(report.case, About.LETTER, letter=report, said=Said.SENT, to="primary")
    assert "Their office is sending it" in preview.sentence(papers.checked(), said, by=papers.theo())
    paper = papers.fresh(filing.file(papers.checked(), said, by=papers.theo()))
    loop = ReportLoop.objects.get()
    assert (loop.state, loop.known_by) == (ReportState.ANNOUNCED, KnownBy.OFFICE_FAX)
    filing.put_back(paper, by=papers.theo())
    loop.refresh_from_db()
    assert loop.state == ReportState.ASKED


def test_a_report_that_went_elsewhere_is_asked_for_as_before(report):
    said = Filing(report.case, About.LETTER, letter=report, said=Said.SENT, to="other")
    assert "asked for as before" in preview.sentence(papers.checked(), said, by=papers.theo())
    filing.file(papers.checked(), said, by=papers.theo())
    assert ReportLoop.objects.get().state == ReportState.ASKED


@pytest.fixture
def copy(november):
    """The report, which was with us, went to the primary doctor behind a page of ours."""
    loop = open_report(november)
    sign_that_we_may(loop)
    put_in_report(loop)
    made = actions.make("pass_on", loop.visit, by=actor("theo"))
    sending.sent(made, "faxed", by=actor("theo"))
    return made


@pytest.mark.parametrize(
    ("said", "state"),
    [(Said.CAME, ReportState.CONFIRMED), (Said.MISSING, ReportState.ASKED), (Said.NO_OPEN, ReportState.ASKED)],
)
def test_a_report_that_we_passed_on_is_there_or_asked_for_anew(copy, said, state):
    paper = papers.fresh(
        filing.file(papers.checked(), Filing(copy.case, About.LETTER, letter=copy, said=said), by=papers.theo())
    )
    assert ReportLoop.objects.get().state == state
    assert ToDo.objects.open().filter(kind=ASK_REPORT).exists() is (state == ReportState.ASKED)
    filing.put_back(paper, by=papers.theo())
    assert ReportLoop.objects.get().state == ReportState.RECEIVED


def test_whether_a_report_came_is_not_asked_with_to_whom_it_went(theo, copy):
    paper = papers.read(papers.strip(copy.case, mark=copy.mark))
    chosen = {"whose": str(copy.case.pk), "about": f"letter:{copy.pk}", "do": "see"}
    page = theo.post(paper.get_absolute_url(), chosen)
    assert "All of it came" in page.text
    assert "To whom?" not in page.text


def test_an_office_that_does_not_refer_is_offered_in_those_words(theo):
    visit = signed_visit()
    referral = item(visit, "referral_letter")
    paper = papers.checked()
    said = {"whose": str(visit.case.pk), "about": f"item:{referral.pk}", "do": "see"}
    page = theo.post(paper.get_absolute_url(), said)
    assert "They do not refer" in page.text
    assert "Can’t find it" not in page.text


# --- the page, and the database ---


@pytest.fixture
def theo():
    return people.browser(people.person("theo"))


def test_three_presses_file_the_whole_strip(theo, asks):
    paper = papers.read(papers.strip(asks.case, mark=asks.mark))
    page = theo.get(paper.get_absolute_url())
    assert page.context["desk"].chosen.letter == asks
    said = {"whose": str(asks.case.pk), "about": f"letter:{asks.pk}", "said": "sent", "to": "primary"}
    first = named(asks)[0]
    said[f"line-{first.pk}"] = "not_found"
    shown = theo.post(paper.get_absolute_url(), said | {"do": "see"}).context["desk"].mark
    assert theo.post(paper.get_absolute_url(), said | {"do": "file", "shown": shown}).status_code == 302
    assert states(asks)[:2] == [ItemState.NOT_LOCATED, ItemState.SENT]
    page = theo.get(paper.get_absolute_url())
    assert f"{first.called}: Can’t find it" in page.text


def test_which_is_missing_has_to_be_said(theo, cover):
    paper = papers.read(papers.strip(cover.case, mark=cover.mark))
    said = {"whose": str(cover.case.pk), "about": f"letter:{cover.pk}", "said": "missing", "words": "page 2"}
    page = theo.post(paper.get_absolute_url(), said | {"do": "see"})
    assert page.context["desk"].sentence == ""
    assert "Say which record is missing" in page.text
    said[f"line-{named(cover)[0].pk}"] = "missing"
    page = theo.post(paper.get_absolute_url(), said | {"do": "see"})
    assert "page 2" in page.context["desk"].sentence


def test_a_report_asks_to_whom_it_went(theo, report):
    paper = papers.read(papers.strip(report.case, mark=report.mark))
    page = theo.post(
        paper.get_absolute_url(), {"whose": str(report.case.pk), "about": f"letter:{report.pk}", "do": "see"}
    )
    assert "To whom?" in page.text
    assert "Tracking number" not in page.text


@pytest.mark.parametrize(
    ("fields", "refused"),
    [({"said": "odd"}, "incominganswer_said_is_known"), ({"item": None}, "incominganswer_of_one_thing")],
)
def test_database_refuses_a_bad_answer(asks, fields, refused):
    answer = filed(asks, Said.SENT).answers.first()
    with pytest.raises(IntegrityError, match=refused), transaction.atomic():
        IncomingAnswer.objects.filter(pk=answer.pk).update(**fields)


def test_database_lets_no_paper_wait_with_a_letter(asks):
    paper = papers.checked()
    with pytest.raises(IntegrityError, match="incoming_filed_has_its_case"), transaction.atomic():
        Incoming.objects.filter(pk=paper.pk).update(letter=asks)
