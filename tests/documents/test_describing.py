"""What a file is: a guess stands beside what people say, counts for nothing and never overwrites their word."""

import datetime as dt
import io
import re

import pikepdf
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from cases.case import actions as case_actions
from cases.case.models import CaseClinician
from cases.documents import actions, lists
from cases.documents.describing import actions as describing
from cases.documents.describing import first_look
from cases.documents.models import Document, Guess
from cases.documents.worker import checking
from cases.records import actions as records
from cases.records.models import RecordItem
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages.demo.plan_files import make_plan_pdf
from tests import factories, people, plan_files
from tests.documents.files import added, checked, read, upload

pytestmark = pytest.mark.django_db
REPORT = make_plan_pdf(
    "Pathology report",
    ["Reported: November 3, 2026", "Gross description: one specimen.", "Signed by Dr. Maria Keller"],
    clinic="Lakeside Laboratory",
    patient="Rosa Delgado",
    dated="Date of birth: March 4, 1961",
)


def by(key):
    return Actor.person(people.person(key))


@pytest.fixture
def doctors(case):
    case_actions.set_clinician(case, CaseClinician.Role.FIRST, name="Dr. Keller", by=by("rosa"))


@pytest.fixture
def visit(case):
    return records.name_visit(case, doctor="Dr. Raman", office_name="Northfield", by=by("rosa"))


def item(visit, kind):
    return RecordItem.objects.get(visit=visit, kind=kind)


def add_any(case, name="scan.pdf", content=REPORT, **also):
    version = actions.add_file(case, upload(name, content), kind="other", by=by(also.get("key", "rosa")))
    checking.check(version.pk)
    return Document.objects.get(pk=version.document_id)


def about(document):
    return reverse("documents:describe", args=[document.pk])


def test_check_guesses_kind_author_and_day(case, doctors):
    guess = add_any(case).guess
    assert (guess.kind, guess.author) == ("pathology_report", "Dr. Keller")
    assert (guess.dated_on, guess.dated_from) == (dt.date(2026, 11, 3), "text")


def test_guess_is_told_as_one_and_asks(case, rosa, doctors):
    add_any(case)
    page = rosa.get(reverse("documents:list", args=[case.pk])).content.decode()
    assert "We think this is: Pathology report. Is that right?" in page
    assert "From Dr. Keller, we think" in page
    assert "Dated November 3, 2026, we think" in page


def test_guess_counts_for_nothing_until_a_person_says_yes(case, visit, rosa):
    document = add_any(case)
    assert item(visit, "pathology_report").state == "needed"
    answer = rosa.post(reverse("documents:say_kind", args=[document.pk]), {"kind": "pathology_report", "back": "add"})
    assert answer.headers["Location"] == reverse("documents:add", args=[case.pk])
    assert item(visit, "pathology_report").state == "held"
    document.refresh_from_db()
    assert (document.kind, document.kind_said_by) == ("pathology_report", case.patient)
    assert "Is that right" not in rosa.get(reverse("documents:list", args=[case.pk])).content.decode()


def test_a_yes_pressed_twice_is_one_record(case, visit, rosa):
    document = add_any(case)
    for _press in range(2):
        rosa.post(reverse("documents:say_kind", args=[document.pk]), {"kind": "pathology_report"})
    assert item(visit, "pathology_report").documents.count() == 1


def test_a_no_leaves_it_as_it_is_and_asks_no_more(case, rosa):
    version = read(case, "scan.pdf", REPORT)
    address = reverse("documents:say_kind", args=[version.document_id])
    assert (
        "We think this is: Pathology report" in rosa.get(reverse("documents:add_plan", args=[case.pk])).content.decode()
    )
    rosa.post(address, {"kind": "plan", "back": "plan"})
    assert "We think" not in rosa.get(reverse("documents:add_plan", args=[case.pk])).content.decode()
    assert Document.objects.get().kind == "plan"


@pytest.mark.parametrize("late", ["other", "pathology_report"])
def test_late_answer_to_our_question_undoes_nobodys_word(case, rosa, late):
    document = add_any(case)
    address = reverse("documents:say_kind", args=[document.pk])
    describing.say_kind(document, "lab_results", by=by("theo"))
    answer = rosa.post(address, {"kind": late, "asked": "pathology_report"}, follow=True)
    assert "This has changed since you opened the page." in answer.content.decode()
    document.refresh_from_db()
    assert (document.kind, document.kind_said_by) == ("lab_results", people.person("theo"))


def test_answer_is_to_the_question_that_was_asked(case, rosa):
    document = add_any(case)
    assert (
        'name="asked" value="pathology_report"' in rosa.get(reverse("documents:list", args=[case.pk])).content.decode()
    )
    Guess.objects.filter(document=document).update(kind="lab_results")
    rosa.post(reverse("documents:say_kind", args=[document.pk]), {"kind": "other", "asked": "pathology_report"})
    assert Document.objects.get().kind_said_by is None


def test_a_file_that_is_something_else_is_no_longer_that_record(case, visit):
    document = add_any(case)
    describing.say_kind(document, "pathology_report", by=by("rosa"))
    describing.say_kind(document, "lab_results", by=by("theo"))
    assert item(visit, "pathology_report").state == "needed"
    assert not item(visit, "pathology_report").documents.exists()
    found = RecordItem.objects.filter(visit=visit, kind="lab_results").first()
    assert found is None or found.documents.get().document == document


def test_plan_that_is_no_plan_leaves_the_plans(case, visit):
    document = read(case).document
    assert item(visit, "treatment_plan").state == "held"
    describing.say_kind(document, "other", by=by("rosa"))
    assert item(visit, "treatment_plan").state != "held"
    assert lists.here(case, case.patient, kind="plan") == []


@pytest.mark.full
def test_what_was_said_is_never_overwritten_by_a_newer_versions_guess(case, doctors):
    document = add_any(case)
    said = {"title": "My report", "kind": "clinic_notes", "author": "", "dated_on": dt.date(2026, 10, 1)}
    describing.describe(document, **said, by=by("rosa"))
    newer = actions.add_version(document, upload("new.pdf", make_plan_pdf("Laboratory results", [])), by=by("rosa"))
    checking.check(newer.pk)
    row = lists.rows_of(case, case.patient)[0]
    assert (row.name, row.guessed_kind) == ("My report", "")
    assert row.facts == ["Clinic and hospital notes", "Dated October 1, 2026"]
    assert row.document.guess.kind == "lab_results"


@pytest.mark.full
def test_newer_version_is_guessed_anew_where_nothing_was_said(case, doctors):
    document = add_any(case)
    newer = actions.add_version(document, upload("labs.pdf", make_plan_pdf("Lab results", [])), by=by("rosa"))
    checking.check(newer.pk)
    guess = Guess.objects.get(document=document)
    assert (guess.kind, guess.author, guess.dated_from) == ("lab_results", "", "file")


def test_pdf_says_when_the_file_was_made(case):
    file = pikepdf.open(io.BytesIO(plan_files.pdf()))
    file.docinfo["/CreationDate"] = "D:20260912101500"
    document = checked(case, "plan.pdf", plan_files.saved(file)).document
    assert (document.guess.dated_on, document.guess.dated_from) == (dt.date(2026, 9, 12), "file")


def test_photo_says_when_it_was_taken_before_that_is_taken_out(case, rosa):
    picture, out = Image.open(io.BytesIO(plan_files.photo())), io.BytesIO()
    notes = picture.getexif()
    notes.get_ifd(0x8769)[0x9003] = "2026:11:01 09:30:00"
    picture.save(out, "JPEG", exif=notes)
    document = checked(case, "IMG_1.jpg", out.getvalue()).document
    assert (document.guess.dated_on, document.guess.dated_from) == (dt.date(2026, 11, 1), "photo")
    assert "Photo taken on November 1, 2026" in rosa.get(reverse("documents:list", args=[case.pk])).content.decode()


def test_file_made_this_evening_by_a_clock_further_east_is_of_today(case):
    with time_machine.travel(dt.datetime(2026, 11, 6, 1, tzinfo=dt.UTC)):  # the evening of November 5 in Philadelphia
        file = pikepdf.open(io.BytesIO(plan_files.pdf()))
        file.docinfo["/CreationDate"] = "D:20261106010000Z"
        document = checked(case, "plan.pdf", plan_files.saved(file)).document
    assert (document.guess.dated_on, document.guess.dated_from) == (dt.date(2026, 11, 5), "file")


@pytest.mark.parametrize("said", ["D:99999999", "D:2026", "yesterday", "D:20990101"])
def test_a_files_own_day_that_cannot_be_is_left_out(case, said):
    file = pikepdf.open(io.BytesIO(plan_files.pdf()))
    file.docinfo["/CreationDate"] = said
    document = checked(case, "plan.pdf", plan_files.saved(file)).document
    assert document.guess.dated_on is None


def test_words_that_a_machine_read_are_guessed_from_and_keep_the_photos_own_day(case):
    document = checked(case, "IMG_1.jpg", plan_files.photo()).document
    version = document.versions.get()
    Guess.objects.filter(document=document).update(dated_on=dt.date(2026, 11, 1), dated_from="photo")
    page = version.page_images.get()
    page.text = '[[0, 0, 9, 9, "Lab results"], [0, 9, 9, 9, "Hemoglobin 12", [0, 1]]]'
    page.save()
    first_look.guess(version)
    guess = Guess.objects.get(document=document)
    assert (guess.kind, guess.dated_on, guess.dated_from) == ("lab_results", dt.date(2026, 11, 1), "photo")


@pytest.mark.full
def test_an_older_version_read_late_has_nothing_to_say(case):
    document = add_any(case)
    first = document.versions.get()
    newer = actions.add_version(document, upload("new.pdf", make_plan_pdf("Lab results", [])), by=by("rosa"))
    checking.check(newer.pk)
    first_look.guess(first)
    assert Guess.objects.get(document=document).kind == "lab_results"


class TestPage:
    def test_is_filled_with_what_we_think_and_saves_what_is_said(self, case, rosa, doctors):
        document = add_any(case)
        page = rosa.get(about(document)).content.decode()
        assert "We filled in what we think." in page
        assert 'value="2026-11-03"' in page
        assert '<option value="pathology_report" selected>' in page
        said = {"kind": "pathology_report", "title": "Biopsy", "author": "Dr. Abara", "dated_on": "2026-11-02"}
        assert rosa.post(about(document), said).status_code == 302
        document.refresh_from_db()
        assert (document.title, document.author) == ("Biopsy", "Dr. Abara")
        assert document.dated_said_by == case.patient
        assert Event.objects.filter(verb="document.described").count() == 1
        assert "We filled in" not in rosa.get(about(document)).content.decode()

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"dated_on": "2100-01-01"}, "It cannot be after today"),
            ({"dated_on": "soon"}, "Enter the day in full"),
            ({"kind": "slides"}, "slides"),
            ({"title": "x" * 121}, "120"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, case, rosa, wrong, words):
        document = add_any(case)
        answer = rosa.post(about(document), {"kind": "plan", "title": "Kept", "author": "Dr. Kept"} | wrong)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "Dr. Kept" in answer.content.decode()
        document.refresh_from_db()
        assert (document.kind, document.title, document.author) == ("other", "", "")

    def test_of_two_who_save_at_once_the_second_is_told(self, case, rosa):
        document = add_any(case)
        theo = people.browser(people.person("theo"))
        seen = re.search(r'name="seen" value="(\w+)"', rosa.get(about(document)).content.decode())[1]
        theo.post(about(document), {"kind": "lab_results", "author": "Dr. Abara", "seen": seen})
        answer = rosa.post(about(document), {"kind": "other", "title": "Mine", "seen": seen})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Dr. Abara" in page
        assert 'value="Mine"' in page
        document.refresh_from_db()
        assert (document.kind, document.author) == ("lab_results", "Dr. Abara")
        seen = re.search(r'name="seen" value="(\w+)"', page)[1]
        assert rosa.post(about(document), {"kind": "other", "title": "Mine", "seen": seen}).status_code == 302

    def test_hostile_words_are_shown_as_words(self, case, rosa):
        document = add_any(case)
        said = {"kind": "other", "title": "<script>alert(1)</script>\u202efdp.exe", "author": "a\r\nb"}
        rosa.post(about(document), said)
        document.refresh_from_db()
        assert (document.title, document.author) == ("<script>alert(1)</script>fdp.exe", "ab")
        assert "<script>alert" not in rosa.get(reverse("documents:list", args=[case.pk])).content.decode()

    @pytest.mark.parametrize("key", ["joanne", "grace", "amir", "mara"])
    def test_others_find_nothing_and_change_nothing(self, case, key):
        document = add_any(case)
        client = people.browser(people.person(key))
        assert client.get(about(document)).status_code == 404
        assert client.post(about(document), {"kind": "plan"}).status_code == 404
        assert client.post(reverse("documents:say_kind", args=[document.pk]), {"kind": "plan"}).status_code == 404
        document.refresh_from_db()
        assert document.kind == "other"

    def test_page_opened_before_shows_no_hidden_file_again(self, case, rosa):
        document = read(case).document
        page = rosa.get(about(document)).content.decode()
        assert "Who may see this file" in page
        rosa.post(reverse("documents:move", args=[document.pk, "hide"]))
        rosa.post(about(document), {"kind": "plan", "title": "My plan"})
        document.refresh_from_db()
        assert (document.title, document.only_me) == ("My plan", True)

    def test_coordinator_says_it_too_and_hides_nothing(self, case):
        document = add_any(case)
        client = people.browser(people.person("theo"))
        assert "Who may see this file" not in client.get(about(document)).content.decode()
        client.post(about(document), {"kind": "lab_results", "only_me": "on"})
        document.refresh_from_db()
        assert (document.kind, document.only_me) == ("lab_results", False)

    def test_who_saves_has_said_only_what_they_changed_or_let_stand(self, case, rosa, doctors):
        document = add_any(case)
        said = {"kind": "lab_results", "author": "Dr. Abara", "dated_on": "2026-11-03"}
        people.browser(people.person("theo")).post(about(document), said)
        rosa.post(about(document), said | {"title": "My labs", "dated_on": "2026-11-02"})
        document.refresh_from_db()
        theo = people.person("theo")
        assert (document.kind_said_by, document.author_said_by) == (theo, theo)
        assert (document.title, document.dated_said_by) == ("My labs", case.patient)

    def test_title_alone_says_nothing_of_what_nobody_guessed(self, case, rosa):
        document = add_any(case, "x.pdf", plan_files.pdf())
        Guess.objects.filter(document=document).update(kind="", dated_from="", dated_on=None)
        assert rosa.post(about(document), {"kind": "other", "title": "Mine"}).status_code == 302
        document.refresh_from_db()
        assert (document.title, document.kind_said_by, document.author_said_by, document.dated_said_by) == (
            "Mine",
            None,
            None,
            None,
        )

    def test_the_helper_says_it_of_her_own_alone(self):
        case = factories.open_case(people.person("rosa"), starter=people.person("ama"))
        hers, other = add_any(case, key="ama"), read(case).document
        client = people.browser(people.person("ama"))
        assert client.post(about(hers), {"kind": "lab_results"}).status_code == 302
        assert client.post(about(other), {"kind": "lab_results"}).status_code == 404

    def test_a_file_taken_back_is_not_described(self, case, rosa):
        document = add_any(case)
        actions.withdraw(document, by=by("rosa"))
        assert rosa.get(about(document)).status_code == 404
        with pytest.raises(Refused):
            describing.say_kind(document, "plan", by=by("rosa"))


@pytest.mark.parametrize(
    "wrong",
    [{"dated_on": dt.date(2026, 11, 3)}, {"dated_from": "text"}, {"dated_on": dt.date(2026, 11, 3), "dated_from": "x"}],
)
def test_database_refuses_a_guessed_day_without_its_source(case, wrong):
    guess = Guess(document=added(case).document, version_number=1, guessed_at=case.opened_at)
    for name, value in wrong.items():
        setattr(guess, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        guess.save()


def test_database_refuses_words_that_nobody_said(case):
    document = added(case).document
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(dated_on=dt.date(2026, 11, 3))
    document.author = "Dr. Keller"
    with pytest.raises(IntegrityError), transaction.atomic():
        document.save(update_fields=["author"])
