"""What comes in: put in, checked, read, parted and turned, sealed under a key of its own, and off the tray again."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.desk.tray import adding, arranging, checking, erasing, filing, marks, reading, rules
from cases.desk.tray.models import Incoming
from cases.desk.tray.states import Check, TrayState
from cases.documents.sandbox import run as sandbox
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.vault import files, keys
from portal.vault.keys import KeyGone
from portal.vault.models import StoredFile
from tests import factories, people, plan_files
from tests.desk import papers
from tests.documents.files import stored

pytestmark = pytest.mark.django_db


def verbs(paper):
    return list(Event.objects.filter(about_id=str(paper.pk)).order_by("at", "id").values_list("verb", flat=True))


@pytest.mark.full
def test_a_fax_of_several_pages_becomes_pages_to_look_at():
    paper = papers.checked(papers.tiff(pages=3), "in.tif")
    assert (paper.check_state, paper.pages, paper.file_kind) == (Check.READY, 3, "pdf")
    assert [page.number for page in paper.page_images.all()] == [1, 2, 3]
    assert files.read_bytes(paper.page_images.first().file)[8:12] == b"WEBP"
    assert paper.original is None
    assert verbs(paper) == ["incoming.added", "incoming.ready"]


def test_a_photo_of_a_page_is_taken_too():
    assert papers.checked(plan_files.photo(), "page.jpg").file_kind == "jpeg"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("fax.pdf", b"MZ\x90\x00", "unsafe"),
        ("fax.pdf", b"", "empty"),
        ("fax.html", b"<html>", "unsafe"),
        ("plan.docx", plan_files.docx(), "type"),
        ("fax.tif", plan_files.pdf(), "mismatch"),
    ],
)
def test_what_is_no_scan_never_gets_in(name, content, code, folder):
    with pytest.raises(Refused) as refused:
        papers.added(content, name)
    assert refused.value.code == code
    assert not Incoming.objects.exists()
    assert not stored(folder)


@pytest.mark.parametrize("content", [plan_files.pdf()[:300], plan_files.pdf_with_loop_of_pages()])
def test_a_hostile_or_broken_file_is_refused_and_keeps_nothing(content):
    paper = papers.checked(content)
    assert paper.check_state == Check.REFUSED
    assert paper.reason
    assert not StoredFile.objects.exists()
    assert not paper.can_be_filed


def test_a_locked_file_waits_and_says_so():
    paper = papers.checked(plan_files.locked_pdf())
    assert paper.check_state == Check.LOCKED
    assert "password" in rules.why_not_paper(paper.check_state)


def test_scripts_do_not_stay_in_the_copy():
    paper = papers.checked(plan_files.scripted_pdf())
    assert b"/JavaScript" not in files.read_bytes(paper.file)


def test_the_same_scan_put_in_twice_stands_there_once():
    assert papers.added().pk == papers.added().pk


def test_nobody_but_a_coordinator_puts_anything_in():
    rosa = Actor.person(people.person("rosa"))
    with pytest.raises(Refused):
        adding.add_call(papers.came("phone", words="Hello"), by=rosa)


@pytest.mark.full
def test_each_paper_has_a_key_of_its_own():
    first, second = papers.checked(), papers.checked(papers.tiff(), "in.tif")
    assert first.key != second.key
    own = StoredFile.objects.filter(pk__in=[first.file_id, first.page_images.first().file_id])
    assert set(own.values_list("key", flat=True)) == {first.key_id}


def test_words_of_a_call_are_sealed():
    paper = papers.call("Slides of Rosa left")
    raw = Incoming.objects.filter(pk=paper.pk).values_list("words", flat=True).get()
    assert b"Rosa" not in bytes(raw)
    assert papers.fresh(paper).words == "Slides of Rosa left"


# --- our own faults ---


@pytest.fixture
def stuck(monkeypatch):
    """A good paper that the machine found no time for, try after try."""
    paper = papers.added()
    with monkeypatch.context() as busy:
        busy.setattr(sandbox, "WALL_SECONDS", 0.01)
        for _try in range(5):
            Incoming.objects.update(due_at=clock.now())
            checking.check(paper.pk)
    return papers.fresh(paper)


def test_a_good_paper_is_kept_when_we_could_not_check_it(stuck):
    assert (stuck.check_state, stuck.reason, stuck.tries) == (Check.STUCK, "", 0)
    assert b"".join(files.read(stuck.original)).startswith(b"%PDF")
    assert not stuck.can_be_filed
    assert verbs(stuck) == ["incoming.added", "incoming.stuck"]


def test_it_is_tried_again_the_day_after_and_not_before(stuck):
    checking.check_waiting()
    assert papers.fresh(stuck).check_state == Check.STUCK
    with clock.lived_at(clock.now() + dt.timedelta(days=1, minutes=1)):
        checking.check_waiting()
    assert papers.fresh(stuck).check_state == Check.READY


def test_a_coordinator_has_it_checked_again(stuck):
    theo = people.browser(people.person("theo"))
    page = theo.get(stuck.get_absolute_url())
    assert "It is kept, and we try again each day." in page.text
    assert "Check it again" in page.text
    address = reverse("desk:check_again", args=[stuck.pk])
    theo.post(address)
    theo.post(address)  # twice is no fault
    checking.check_waiting()
    assert papers.fresh(stuck).check_state == Check.READY
    assert verbs(stuck).count("incoming.check_again") == 1
    assert "Check it again" not in theo.get(stuck.get_absolute_url()).text


def test_nobody_else_has_it_checked_again(stuck):
    with pytest.raises(Refused):
        adding.check_again(stuck, by=Actor.person(people.person("rosa")))


# --- read by machine ---


def test_the_reference_of_a_letter_is_read_with_its_mark():
    case = factories.open_case()
    paper = papers.read(papers.strip(case))
    assert (paper.reference, paper.mark) == (case.reference, "B")
    assert paper.state == TrayState.WAITING


def test_one_wrong_letter_names_no_case():
    case = factories.open_case()
    last = "X" if case.reference[-1] != "X" else "Y"
    paper = papers.read(papers.words(f"Reference {case.reference[:-1]}{last}"))
    assert paper.reference == ""
    assert paper.read_at


def test_two_references_on_one_paper_name_no_case():
    first, second = factories.open_case(), factories.open_case(people.person("grace"))
    paper = papers.read(papers.words(first.reference, second.reference))
    assert paper.reference == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Reference RS 4T7 29K · B", {"RS 4T7 29K": {"B"}}),
        ("RS4T729K-B", {"RS 4T7 29K": {"B"}}),
        ("RS 4T7 29K. Sent on", {"RS 4T7 29K": set()}),
        ("RS 4T7 2OK", {}),  # an O that is no letter of ours
        ("HRS 4T7 29K", {}),
        ("RS 4T7 29KX", {}),
        ("rs 4t7 29k", {}),
        ("RS 4T7 29K · B and RS 4T7 29K · C", {"RS 4T7 29K": {"B", "C"}}),
    ],
)
def test_only_a_whole_reference_is_one(text, found):
    assert marks.found_in([text]).marks == {key: frozenset(value) for key, value in found.items()}


@pytest.mark.full
def test_a_picture_is_read_where_a_machine_is(settings, text_engine):
    case = factories.open_case()
    paper = papers.checked(papers.as_photo(papers.strip(case)), "fax.jpg")
    reading.read(paper.pk)
    paper = papers.fresh(paper)
    assert paper.reference == case.reference
    assert paper.page_images.get().is_read_by_machine


def test_a_paper_is_read_once(monkeypatch):
    paper = papers.read()
    assert not Incoming.objects.to_read(clock.now()).filter(pk=paper.pk).exists()


# --- pages ---


@pytest.mark.full
def test_two_strips_in_one_fax_are_parted():
    case = factories.open_case()
    rosas, other = papers.strip(case), papers.words("Somebody else's strip")
    paper = papers.read(papers.joined(rosas, other))
    second = arranging.split(paper, 1, by=papers.theo())
    first, second = papers.fresh(paper), papers.fresh(second)
    assert (first.pages, second.pages) == (1, 1)
    assert first.key != second.key
    assert (first.reference, second.reference) == (case.reference, "")
    assert "Somebody else" in second.page_images.get().words
    assert b"Somebody" not in papers.text_of(first)
    assert StoredFile.objects.count() == 6  # each has its copy, its page and the small one


@pytest.mark.full
def test_a_parted_paper_opens_under_its_own_key_alone():
    paper = papers.checked(plan_files.pdf(pages=3))
    second = papers.fresh(arranging.split(paper, 2, by=papers.theo()))
    owned = StoredFile.objects.filter(pk__in=[page.file_id for page in second.page_images.all()])
    assert set(owned.values_list("key", flat=True)) == {second.key_id}


@pytest.mark.parametrize("after", [0, 3, 7])
def test_a_paper_cannot_be_parted_behind_its_last_page(after):
    paper = papers.checked(plan_files.pdf(pages=3))
    with pytest.raises(Refused):
        arranging.split(paper, after, by=papers.theo())


@pytest.mark.full
def test_parting_what_somebody_parted_meanwhile_changes_nothing():
    paper = papers.checked(plan_files.pdf(pages=3))
    arranging.split(papers.fresh(paper), 2, by=papers.theo())
    with pytest.raises(Refused):
        arranging.split(paper, 1, by=papers.theo())
    assert Incoming.objects.count() == 2


@pytest.mark.full
@pytest.mark.parametrize(("content", "name"), [(plan_files.pdf(pages=2), "a.pdf"), (plan_files.photo(), "a.jpg")])
def test_a_page_turns_a_quarter_and_is_read_anew(content, name):
    paper = papers.read(content, name)
    before = paper.page_images.get(number=1)
    arranging.turn(paper, 1, by=papers.theo())
    paper = papers.fresh(paper)
    page = paper.page_images.get(number=1)
    assert (page.width, page.height) == (before.height, before.width)
    assert paper.read_at is None
    assert paper.page_images.count() == paper.pages


# --- off the tray ---


def test_what_is_not_ours_is_kept_for_30_days_and_can_come_back():
    paper = filing.not_ours(papers.checked(), by=papers.theo())
    later = clock.now() + rules.KEPT_WHEN_NOT_OURS - dt.timedelta(hours=1)
    assert not erasing.due(later).exists()
    assert filing.put_back(paper, by=papers.theo()).state == TrayState.WAITING


def test_what_is_not_ours_is_erased_with_its_key():
    paper = filing.not_ours(papers.checked(), by=papers.theo())
    key = paper.key
    Incoming.objects.update(not_ours_at=clock.now() - dt.timedelta(days=31))
    assert erasing.erase_due(clock.now()) == 1
    assert not Incoming.objects.exists()
    assert not StoredFile.objects.exists()
    key.refresh_from_db()
    with pytest.raises(KeyGone):
        keys.raw(key)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"how": "owl"}, "incoming_how_is_known"),
        ({"check_state": "odd"}, "incoming_check_is_known"),
        ({"state": "filed"}, "incoming_filed_has_its_case"),
        ({"about": "item"}, "incoming_filed_has_its_case"),
        ({"key": None}, "incoming_key_of_its_own_until_filed"),
        ({"state": "not_ours"}, "incoming_not_ours_at_and_by_together"),
        ({"opened_at": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)}, "incoming_opened_at_and_by_together"),
        ({"check_state": "checking"}, "incoming_claimed_while_checking"),
        ({"file": None}, "incoming_ready_can_be_read"),
        ({"reason": "damaged"}, "incoming_refused_says_why_and_keeps_nothing"),
        ({"size": 0}, "incoming_without_a_file_is_a_call"),
    ],
)
def test_database_refuses_a_bad_row(change, refused):
    paper = papers.checked()
    with pytest.raises(IntegrityError, match=refused), transaction.atomic():
        Incoming.objects.filter(pk=paper.pk).update(**change)
