"""The packet: which documents of a visit go to its office, as one PDF with bookmarks and as a ZIP."""

import io
import re
from datetime import date

import pikepdf
import pytest
from django.urls import reverse

from cases.case.authority_actions import take_back_authority
from cases.desk.packet import contents, giving, made
from cases.documents import actions as documents
from cases.documents.models import Document, Version
from cases.records import actions
from cases.records.models import RecordItem
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import plan_files, scan_files
from tests.desk import packets
from tests.desk.packets import file_of, headings, opened, packet, signed_visit, through_us, unzipped
from tests.documents.conftest import folder  # noqa: F401 -- own_store takes it
from tests.people import browser, person
from tests.records.builders import actor, item, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def own_store(folder):  # noqa: F811
    """No test leaves files behind."""


@pytest.fixture
def visit():
    return signed_visit()


# --- which documents ---------------------------------------------------------------------------------------------


def test_the_plan_what_is_core_and_what_goes_through_us(visit):
    file_of(visit)
    file_of(visit, "pathology_report")
    through_us(visit, "clinic_notes")
    assert headings(visit) == ["Pathology report", "Treatment plan", "Clinic and hospital notes"]


def test_what_goes_straight_and_can_follow_is_not_in_it(visit):
    actions.set_route(item(visit, "clinic_notes"), "through_us", by=actor("rosa"))
    file_of(visit, "clinic_notes")
    RecordItem.objects.filter(visit=visit, kind="clinic_notes").update(route="direct", state="asked", held_on=None)
    assert headings(visit) == []


def test_what_is_no_record_of_the_visit_is_not_in_it(visit):
    file_of(visit, "other", name="diary.pdf")
    assert headings(visit) == []


def test_hidden_taken_back_and_unchecked_files_are_never_in_it(visit):
    hidden, gone = file_of(visit), file_of(visit, "pathology_report")
    documents.mark_only_me(hidden.document, by=actor("rosa"))
    documents.withdraw(gone.document, by=actor("rosa"))
    documents.add_file(visit.case, packets.upload("late.pdf", plan_files.pdf(pages=9)), by=actor("rosa"))
    assert headings(visit) == []


@pytest.mark.parametrize("state", ["received", "checking", "unscanned", "locked"])
def test_only_what_passed_its_checks_is_in_it(visit, state):
    version = file_of(visit)
    claimed = clock.now() if state == "checking" else None
    Version.objects.filter(pk=version.pk).update(state=state, claimed_at=claimed)
    assert headings(visit) == []


def test_a_newer_version_takes_the_place_of_the_older_one_once_it_is_checked(visit):
    first = file_of(visit)
    second = packets.newer(first, plan_files.pdf(pages=5))
    assert [part.version for part in packet(visit).parts] == [first]
    Version.objects.filter(pk=second.pk).update(
        state="ready", file=first.file, file_kind="pdf", pages=1, judged_at=clock.now()
    )
    assert [part.version for part in packet(visit).parts] == [second]


def test_a_record_taken_off_the_list_does_not_go(visit):
    file_of(visit)
    actions.tell(item(visit, "treatment_plan"), "not_wanted", by=actor("rosa"))
    assert headings(visit) == []


def test_another_visits_documents_are_never_in_it(visit):
    file_of(visit)
    other = packets.sign(packets.visit_of_grace())
    theirs = file_of(other, name="hers.pdf")
    assert theirs.pk not in {part.version.pk for part in packet(visit).parts}
    assert [part.version for part in packet(other).parts] == [theirs]


def test_a_third_opinion_has_the_same_documents(visit, november_5):
    file_of(visit, "pathology_report")
    file_of(visit)
    november_5.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    third = actions.name_visit(visit.case, doctor="Dr. Third", office_name="Third Clinic", round=3, by=actor("rosa"))
    assert headings(third) == headings(visit) == ["Pathology report", "Treatment plan"]


# --- one PDF -----------------------------------------------------------------------------------------------------


@pytest.mark.full
def test_bookmarks_lead_to_each_kind_and_document(visit):
    file_of(visit, "pathology_report", name="biopsy.pdf")
    file_of(visit, "pathology_report", name="receptors.pdf")
    file_of(visit)
    found = opened(packet(visit))
    assert packets.bookmarks(found) == [
        ("Index", 1, []),
        ("Pathology report", 2, [("biopsy", 2), ("receptors", 3)]),
        ("Treatment plan", 5, [("plan", 5)]),
    ]
    assert len(found.pages) == 1 + 1 + 2 + 3


@pytest.mark.full
def test_the_index_names_kind_day_pages_and_where_each_begins(visit):
    version = file_of(visit, "pathology_report", name="biopsy.pdf")
    Document.objects.filter(pk=version.document_id).update(dated_on=date(2026, 10, 12), dated_said_by=person("rosa"))
    file_of(visit)
    words = " ".join(packets.text_of(opened(packet(visit))).split())
    assert "Rosa Delgado" in words
    assert "Northfield Medical Center" in words
    assert re.search(r"1 Pathology report biopsy .*October 12, 2026 1 2", words)
    assert re.search(r"2 Treatment plan plan .*Came to us November 5, 2026 2 3", words)


def test_an_older_document_stands_before_a_newer_one_of_its_kind(visit):
    for name, day in (("second.pdf", date(2026, 10, 20)), ("first.pdf", date(2026, 9, 1))):
        version = file_of(visit, "pathology_report", name=name)
        Document.objects.filter(pk=version.document_id).update(dated_on=day, dated_said_by=person("rosa"))
    assert [part.title for part in packet(visit).parts] == ["first", "second"]


@pytest.mark.full
def test_photos_and_word_files_are_pages_of_it(visit):
    file_of(visit, "pathology_report", name="photo.jpg", content=plan_files.photo())
    file_of(visit, name="plan.docx", content=plan_files.docx())
    file_of(visit, name="scan.png", content=plan_files.plain_picture("PNG"))
    found = packet(visit)
    assert len(opened(found).pages) == 1 + found.pages


@pytest.mark.full
def test_hostile_titles_are_words_and_nothing_else(visit):
    titles = ['#import "x" $1$ *b* <a>', "\u202egnp.exe", "(unbalanced \\ /Names", "a\r\nb\0c", "תוצאות (ביופסיה)"]
    for title in titles:
        document = file_of(visit, "pathology_report").document
        document.title = title
        document.save(update_fields=["title"])
    found = packet(visit)
    marks = packets.bookmarks(opened(found))[1][2]
    assert [title for title, _page in marks] == [part.title for part in found.parts]
    assert sorted(title for title, _page in marks)[0] == '#import "x" $1$ *b* <a>'
    assert not any(char in title for title, _page in marks for char in "\u202e\r\n\0")


def test_letters_that_no_font_has_do_not_stop_it(visit):
    document = file_of(visit).document
    document.title = "ᚠᚢᚦ 🙂"
    document.save(update_fields=["title"])
    words = packets.text_of(opened(packet(visit)))
    assert "Treatment plan" in words
    assert visit.case.reference in words


def test_names_from_the_right_stand_on_the_index(visit):
    visit.case.patient.name = "سارة الأحمد"
    visit.case.patient.save(update_fields=["name"])
    file_of(visit)
    with pikepdf.open(io.BytesIO(made.index(packet(visit), clock.now(), starts_after=1))) as pdf:
        assert len(pdf.pages) == 1


def test_many_documents_take_an_index_of_several_pages(visit):
    file_of(visit)
    parts = [part for part in packet(visit).parts for _each in range(80)]
    found = contents.Packet(packets.fresh(visit), contents._numbered(parts))
    content, pages = made.whole_index(found, clock.now())
    assert pages > 1
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == pages
        assert f"1 Treatment plan plan Lakeside Came to us November 5, 2026 1 {pages + 1} 2" in packets.text_of(pdf)


def test_a_copy_that_will_not_open_is_said_and_makes_no_half_packet(visit):
    version = file_of(visit)
    Version.objects.filter(pk=version.pk).update(pages=7)
    with pytest.raises(Refused, match="Take the ZIP"):
        made.one_pdf(packet(visit), clock.now())


def test_nothing_stays_on_the_disk(visit, folder):  # noqa: F811
    file_of(visit)
    made.one_pdf(packet(visit), clock.now()).close()
    assert list((folder / "tmp").iterdir()) == []


# --- the ZIP -----------------------------------------------------------------------------------------------------


def test_the_zip_holds_every_file_under_a_name_of_its_own(visit):
    for name in ("a.pdf", "A.pdf", "../../a.pdf"):
        file_of(visit, "pathology_report", name=name)
    found = packet(visit)
    archive = unzipped(found)
    assert archive.testzip() is None
    names = archive.namelist()
    assert names[0] == "00 Index.pdf"
    assert len({name.lower() for name in names}) == 4
    assert not any("/" in name or "\\" in name or ".." in name for name in names)
    for part in found.parts:
        assert archive.read(part.file_name).startswith(b"%PDF")


@pytest.mark.full
def test_pictures_of_a_scan_are_in_the_zip_as_they_were_sent_and_on_the_index(visit):
    sent = scan_files.disc()
    actions.set_route(item(visit, "imaging_exchange"), "through_us", by=actor("rosa"))
    file_of(visit, "imaging_exchange", name="disc.zip", content=sent)
    file_of(visit)
    found = packet(visit)
    assert [part.is_imaging for part in found.parts] == [False, True]
    assert unzipped(found).read(found.parts[1].file_name) == sent
    assert "in the ZIP" in packets.text_of(opened(found))
    assert len(opened(found).pages) == 1 + found.parts[0].version.pages


# --- for the people of the case ----------------------------------------------------------------------------------


def page(visit, who, name="desk:packet"):
    return browser(person(who)).get(reverse(name, args=[visit.pk]))


@pytest.mark.parametrize("name", ["desk:packet_pdf", "desk:packet_zip"])
@pytest.mark.parametrize("who", ["rosa", "theo"])
def test_patient_and_coordinator_take_it_and_it_is_on_record(visit, who, name):
    version = file_of(visit)
    response = page(visit, who, name)
    body = b"".join(response.streaming_content)
    assert body.startswith(b"%PDF" if name == "desk:packet_pdf" else b"PK")
    assert response.headers["Cache-Control"] == "no-store, private"
    line = Event.objects.get(verb="packet.downloaded")
    assert (line.actor_id, line.why) == (person(who).pk, "as_pdf" if name == "desk:packet_pdf" else "as_zip")
    assert Event.objects.filter(verb="document.downloaded", about_id=str(version.pk)).count() == 1


def test_a_look_at_what_would_come_makes_nothing(visit):
    file_of(visit)
    response = browser(person("rosa")).head(reverse("desk:packet_pdf", args=[visit.pk]))
    assert response.status_code == 200
    assert not Event.objects.filter(verb="packet.downloaded").exists()


def test_a_packet_of_nothing_says_so(visit):
    assert "There is no document for this visit yet" in page(visit, "rosa").content.decode()
    response = browser(person("rosa")).get(reverse("desk:packet_pdf", args=[visit.pk]), follow=True)
    assert "There is no document for this visit yet" in response.content.decode()
    assert not Event.objects.filter(verb="packet.downloaded").exists()


def test_the_patient_has_her_own_papers_whatever_she_signed(visit):
    file_of(visit)
    take_back_authority(visit.case, by=actor("rosa"))
    mine, theirs = page(visit, "rosa"), page(visit, "theo")
    assert "It stays with you." in mine.content.decode()
    assert b"".join(page(visit, "rosa", "desk:packet_pdf").streaming_content).startswith(b"%PDF")
    assert "Nothing goes." in theirs.content.decode()
    assert reverse("desk:packet_pdf", args=[visit.pk]) not in theirs.content.decode()
    assert page(visit, "theo", "desk:packet_pdf").status_code == 302


def test_the_records_page_leads_there(visit):
    for who in ("rosa", "theo"):
        shown = browser(person(who)).get(reverse("records:list", args=[visit.case.pk]))
        assert reverse("desk:packet", args=[visit.pk]) in shown.content.decode()


def test_what_was_erased_while_the_page_was_open_is_said(visit, folder):  # noqa: F811
    version = file_of(visit)
    found = packet(visit)
    Version.objects.filter(pk=version.pk).update(state="refused", original=None, file=None, reason="erased")
    (folder / "documents" / version.file.path).unlink()
    with pytest.raises(Refused, match="taken back just now"):
        giving.give(found, "as_pdf", clock.now())
