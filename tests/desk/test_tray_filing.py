"""Three presses: to the right case and record, once, and back again."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case import authority_actions
from cases.desk.tray import filing, preview
from cases.desk.tray.filing import Filing
from cases.desk.tray.models import Incoming
from cases.desk.tray.states import About, Said, TrayState
from cases.documents.actions import mark_only_me
from cases.documents.models import Document
from cases.documents.worker import checking
from cases.records import actions as records
from cases.records.items.telling import tell
from cases.records.states import ItemState, KnownBy
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.vault.models import StoredFile
from tests import factories, people
from tests.desk import papers
from tests.records.builders import VISIT_ON, actor, booked_visit, item, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november():
    with on_november_5():
        yield


@pytest.fixture
def asked():
    """The pathology report, asked of Lakeside."""
    report = item(booked_visit())
    report = records.set_holder(report, office_name="Lakeside", by=actor("rosa"))
    return tell(report, "asked", by=actor("theo"))


def order(record, said=Said.SENT, **more):
    return Filing(case=record.visit.case, about=About.ITEM, item=record, said=said, **more)


def again(row):
    return type(row).objects.get(pk=row.pk)


def filed(record, paper=None, said=Said.SENT, **more) -> Incoming:
    paper = paper or papers.checked()
    return filing.file(paper, order(record, said, **more), by=papers.theo())


@pytest.mark.full
def test_a_strip_says_of_the_record_what_the_office_ticked(asked):
    paper = filed(asked, carrier="courier", tracking="7749 0215", on=dt.date(2026, 11, 5))
    record = again(asked)
    assert (record.state, record.known_by, record.tracking) == (ItemState.SENT, KnownBy.OFFICE_FAX, "7749 0215")
    assert (paper.state, paper.case, paper.item) == (TrayState.FILED, asked.visit.case, asked)
    event = Event.objects.get(verb="incoming.filed")
    assert (event.patient, event.case_id) == (asked.visit.case.patient_id, asked.visit.case.pk)


@pytest.mark.parametrize(
    ("how", "known"),
    [("post", KnownBy.OFFICE_POST), ("phone", KnownBy.STAFF_CALL), ("hand", KnownBy.OFFICE)],
)
def test_how_it_came_is_how_it_is_known(asked, how, known):
    paper = papers.call() if how == "phone" else papers.checked(how=how)
    filed(asked, paper)
    assert again(asked).known_by == known


@pytest.mark.full
def test_what_they_cannot_find_or_need_is_said(asked):
    filed(asked, said=Said.NEEDS, needs=("fee",), fee="$25")
    record = again(asked)
    assert (record.state, record.need) == (ItemState.NEEDS_YOU, "fee")
    other = item(asked.visit, "clinic_notes")
    tell(other, "asked", by=actor("theo"))
    filed(other, papers.checked(papers.tiff(), "b.tif"), said=Said.NOT_FOUND)
    assert again(other).state == ItemState.NOT_LOCATED


def test_filed_it_is_under_the_key_of_its_case_alone(asked):
    paper = papers.checked(sender="Lakeside")
    own = paper.key
    paper = papers.fresh(filed(asked, paper))
    assert paper.key is None
    pages = [paper.file_id, *paper.page_images.values_list("file", flat=True)]
    keys = set(StoredFile.objects.filter(pk__in=pages).values_list("key", flat=True))
    assert keys == {asked.visit.case.key_id}
    assert paper.sender == "Lakeside"
    own.refresh_from_db()
    assert own.destroyed_at
    assert not StoredFile.objects.filter(key=own).exists()


@pytest.mark.full
def test_the_record_itself_becomes_a_file_of_the_case(asked):
    paper = filed(asked, said=Said.IS_IT)
    document = Document.objects.get(case=asked.visit.case)
    assert (document.kind, document.put_in_by, paper.document) == ("pathology_report", people.person("theo"), document)
    checking.check(document.versions.get().pk)
    records.follow_document(document)
    assert asked.documents.get().document == document


def test_a_lent_thing_is_in_no_fax(asked):
    slides = item(asked.visit, "slides")
    with pytest.raises(Refused, match="thing, not a paper"):
        filed(slides, said=Said.IS_IT)


def test_a_permission_signed_on_paper_counts(asked):
    case = asked.visit.case
    paper = papers.checked()
    filing.file(paper, Filing(case=case, about=About.AUTHORITY), by=papers.theo())
    assert authority_actions.standing(case).how == "paper"


def test_a_call_about_nothing_else_is_kept_with_the_case(asked):
    paper = filing.file(papers.call(), Filing(case=asked.visit.case, about=About.OTHER), by=papers.theo())
    assert papers.fresh(paper).words == "Slides left this morning."
    assert paper.document is None


def test_two_at_once_file_once_and_the_loser_is_told(asked):
    paper = papers.checked()
    filed(asked, paper)
    with pytest.raises(Refused, match="Theo Lindqvist filed this"):
        filing.file(paper, order(asked, Said.NOT_FOUND), by=papers.theo())
    assert again(asked).state == ItemState.SENT
    assert Event.objects.filter(verb="incoming.filed").count() == 1


def test_a_record_of_another_case_is_refused(asked):
    other = factories.open_case(people.person("grace"))
    with pytest.raises(Refused):
        filing.file(papers.checked(), Filing(other, About.ITEM, asked, Said.SENT), by=papers.theo())


def test_only_a_coordinator_files(asked):
    for key in ("rosa", "joanne", "mara"):
        with pytest.raises(Refused):
            filing.file(papers.call(), order(asked), by=actor(key))


def test_what_is_still_checked_is_not_filed(asked):
    with pytest.raises(Refused, match="still checking"):
        filed(asked, papers.added())


def test_when_a_record_has_moved_on_the_strip_changes_nothing(asked):
    tell(asked, "arrived", by=actor("theo"))
    filed(asked)
    assert again(asked).state == ItemState.ARRIVED


# --- what the patient will read ---


def test_the_sentence_is_what_she_will_read_and_nothing_stays_of_the_trial(asked):
    said = preview.sentence(papers.checked(), order(asked, carrier="courier"), by=papers.theo())
    assert "Rosa will read: “Sent on November 5 by courier. The office told us by fax." in said
    assert again(asked).state == ItemState.ASKED
    assert not Event.objects.filter(verb="item.sent").exists()


def test_a_day_to_come_is_told_before_filing(asked):
    with pytest.raises(Refused, match="still to come"):
        preview.sentence(papers.checked(), order(asked, on=VISIT_ON), by=papers.theo())


# --- back ---


def test_taken_back_the_record_stands_as_before_and_the_paper_is_nobodys(asked):
    paper = papers.fresh(filed(asked))
    filing.put_back(paper, by=papers.theo())
    paper = papers.fresh(paper)
    assert again(asked).state == ItemState.ASKED
    assert (paper.state, paper.case, paper.item) == (TrayState.WAITING, None, None)
    files = [paper.file_id, *paper.page_images.values_list("file", flat=True)]
    assert set(StoredFile.objects.filter(pk__in=files).values_list("key", flat=True)) == {paper.key_id}


def test_later_it_asks_why(asked):
    paper = papers.fresh(filed(asked))
    with clock.lived_at(clock.now() + dt.timedelta(minutes=11)):
        with pytest.raises(Refused, match="Say why"):
            filing.put_back(paper, by=papers.theo())
        filing.put_back(paper, why="wrong_person", by=papers.theo())
    assert again(asked).state == ItemState.ASKED
    assert Event.objects.get(verb="incoming.put_back").why == "wrong_person"


def test_what_the_record_did_since_stays(asked):
    paper = papers.fresh(filed(asked))
    tell(again(asked), "arrived", by=actor("theo"))
    filing.put_back(paper, by=papers.theo())
    assert again(asked).state == ItemState.ARRIVED


@pytest.mark.full
def test_this_is_not_mine_takes_it_out_of_view_at_once(asked):
    paper = papers.fresh(filed(asked, said=Said.IS_IT))
    document = paper.document
    filing.not_mine(document, by=actor("rosa"))
    paper = papers.fresh(paper)
    assert (paper.state, paper.came_back, paper.case) == (TrayState.WAITING, "not_mine", None)
    assert not Document.objects.exists()
    for page in paper.page_images.select_related("file"):
        assert page.file.key_id == paper.key_id


def test_nobody_but_the_patient_says_so(asked):
    document = filed(asked, said=Said.IS_IT).document
    with pytest.raises(Refused):
        filing.not_mine(document, by=papers.theo())


# --- on the page ---


@pytest.fixture
def theo():
    return people.browser(people.person("theo"))


@pytest.mark.full
def test_three_presses_file_it_and_open_the_next(theo, asked):
    later = papers.call()
    case = asked.visit.case
    paper = papers.read(papers.strip(case))
    said = {"whose": str(case.pk), "about": f"item:{asked.pk}", "said": "sent", "carrier": "courier"}
    page = theo.post(paper.get_absolute_url(), said | {"do": "see"})
    assert "Rosa will read: “Sent on November 5 by courier." in page.text
    shown = page.context["desk"].mark
    done = theo.post(paper.get_absolute_url(), said | {"do": "file", "shown": shown})
    assert done.url == later.get_absolute_url()
    assert again(asked).state == ItemState.SENT


def test_what_was_not_shown_is_not_filed(theo, asked):
    paper = papers.checked()
    said = {"whose": str(asked.visit.case.pk), "about": f"item:{asked.pk}", "said": "sent", "do": "file"}
    assert theo.post(paper.get_absolute_url(), said).status_code == 422
    assert again(asked).state == ItemState.ASKED


@pytest.mark.full
def test_records_that_wait_at_an_office_come_first(theo, asked):
    paper = papers.read(papers.strip(asked.visit.case))
    page = theo.get(paper.get_absolute_url())
    offered = page.context["desk"].offered
    assert offered[0].item == asked
    assert offered[0].hint == "Waiting since November 5"


@pytest.mark.full
def test_the_loser_of_two_reads_who_filed_it(theo, asked):
    paper = papers.checked()
    said = {"whose": str(asked.visit.case.pk), "about": f"item:{asked.pk}", "said": "sent"}
    shown = theo.post(paper.get_absolute_url(), said | {"do": "see"}).context["desk"].mark
    theo.post(paper.get_absolute_url(), said | {"do": "file", "shown": shown})
    page = theo.post(paper.get_absolute_url(), said | {"do": "file", "shown": shown}, follow=True)
    assert "Filed" in page.text
    assert Event.objects.filter(verb="incoming.filed").count() == 1


@pytest.mark.full
def test_pages_of_what_she_hides_are_hidden_here_too(theo, asked):
    paper = papers.fresh(filed(asked, said=Said.IS_IT))
    assert theo.get(paper.get_absolute_url()).status_code == 200
    mark_only_me(paper.document, by=Actor.person(asked.visit.case.patient))
    assert theo.get(paper.get_absolute_url()).status_code == 404
    assert theo.get(paper.page_images.first().get_absolute_url()).status_code == 404
    assert theo.get(reverse("desk:tray") + "?show=filed").status_code == 200
