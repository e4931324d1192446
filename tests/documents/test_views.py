"""The pages of files: what people see and change, and who may."""

import datetime as dt
import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from cases.documents.models import Document, Version
from cases.documents.worker import checking
from portal import clock
from portal.history.models import Event
from tests import factories, people, plan_files
from tests.documents.files import added, read, stored, upload

pytestmark = pytest.mark.django_db


def browser(key):
    return people.browser(people.person(key))


def plan_page(case):
    return reverse("documents:add_plan", args=[case.pk])


def seen(verb):
    return Event.objects.filter(verb=verb).count()


def test_limits_and_readers_are_said_before_choosing(rosa, case):
    page = rosa.get(plan_page(case)).content.decode()
    assert "Up to 100 MB each, 20 files and 100 MB at a time" in page
    assert "Joanne Pike (your consultant)" in page
    assert 'accept=".pdf,' in page


def test_several_files_are_saved_at_once_and_listed(rosa, case):
    sent = [upload("plan.pdf"), upload("IMG_2291.jpg", plan_files.photo())]
    answer = rosa.post(plan_page(case), {"files": sent}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(plan_page(case), 302)]
    assert "plan.pdf" in page
    assert "IMG_2291.jpg" in page
    assert Version.objects.count() == 2


def test_save_and_continue_goes_home_when_files_are_there(rosa, case):
    added(case)
    answer = rosa.post(plan_page(case), {"then": "home"})
    assert answer.headers["Location"] == case.get_absolute_url()


def test_nothing_chosen_is_said_beside_the_field(rosa, case):
    answer = rosa.post(plan_page(case), {"then": "home"})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()
    assert "Error: " in answer.content.decode()


def test_refused_file_is_named_and_the_others_stay(rosa, case):
    answer = rosa.post(plan_page(case), {"files": [upload("plan.pdf"), upload("page.html", b"<html>")]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "page.html: This file didn’t pass our safety check" in page
    assert "plan.pdf" in page
    assert Version.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pdf", b"", "This file is empty"),
        ("moving.gif", b"GIF89a\0\0", "Choose a PDF, Word file or photo"),
        ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older Word file"),
        ("plan.pdf", b"\x89PNG\r\n\x1a\n", "does not fit"),
    ],
)
def test_each_wrong_file_has_its_sentence(rosa, case, name, content, words):
    answer = rosa.post(plan_page(case), {"files": upload(name, content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_too_large_file_has_its_sentence(rosa, case, settings):
    settings.FILE_LIMIT_MB = 0
    answer = rosa.post(plan_page(case), {"files": upload()})
    assert "Choose a file under" in answer.content.decode()


def test_name_travels_through_the_form_as_written(rosa, case):
    name = "plan 🩺👨‍👩‍👧 می‌خواهم & “x”.pdf"
    rosa.post(plan_page(case), {"files": upload(name)})
    assert Version.objects.get().name == name


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (plan_files.pdf, "plan.pdf", "Ready, not checked for viruses"),
        (lambda: plan_files.photo(is_dark=True), "dark.jpg", "It looks dark."),
        (plan_files.locked_pdf, "locked.pdf", "This file is locked, so we can’t open it."),
        (plan_files.docx_with_macros, "macro.docx", "so we removed it."),
        (plan_files.docx, "letter.docx", "We show the words, headings and tables"),
    ],
)
def test_state_of_each_file_is_told_in_words(rosa, case, make, name, words):
    read(case, name, make())
    page = rosa.get(plan_page(case)).content.decode()
    assert name in page
    assert words in page


HTMX = {"HX-Request": "true"}


def look_of(page):
    """Where a page looks again by itself, and how often."""
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every ([^"]+)"', page)
    return found and (found[1].replace("&amp;", "&"), found[2])


def test_list_looks_again_by_itself_ever_later_until_nothing_moves(rosa, case, django_assert_max_num_queries):
    version = added(case)
    address, every = look_of(rosa.get(plan_page(case)).text)
    assert every == "250ms"
    with django_assert_max_num_queries(5):
        assert rosa.get(address, headers=HTMX).status_code == 204
    for minutes, later in ((10, "500ms"), (40, "5s"), (90, "30s")):
        Version.objects.update(put_in_at=clock.now() - dt.timedelta(minutes=minutes))
        part = rosa.get(address, headers=HTMX)
        address, every = look_of(part.text)
        assert (part.status_code, every, "<html" in part.text) == (200, later, False)
    checking.check(version.pk)
    done = rosa.get(address, headers=HTMX)
    assert done.status_code == 200
    assert look_of(done.text) is None


def test_page_of_a_file_opens_by_itself_once_it_is_ready(rosa, case, django_assert_max_num_queries):
    version = added(case)
    page = version.document.get_absolute_url()
    address, every = look_of(rosa.get(page).text)
    assert every == "250ms"
    with django_assert_max_num_queries(5):
        assert rosa.get(address, headers=HTMX).status_code == 204
    checking.check(version.pk)
    assert rosa.get(address, headers=HTMX).headers["HX-Refresh"] == "true"
    assert "/page-images/" in rosa.get(page).text
    assert look_of(rosa.get(page).text) is None


@pytest.mark.parametrize("address", ["", "?mark=0123456789abcdef"])
def test_nobody_else_looks_whether_a_file_is_ready(case, address):
    page = added(case).document.get_absolute_url()
    assert people.browser(people.person("mara")).get(page + address, headers=HTMX).status_code == 404


def test_one_file_sent_by_script_answers_with_the_list(rosa, case):
    answer = rosa.post(plan_page(case), {"files": upload()}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    refused = rosa.post(plan_page(case), {"files": upload("x.html", b"<html>")}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "data-refused" in refused.content.decode()


def test_starter_sees_what_she_put_in_and_no_more(case):
    ama = people.person("ama")
    hers = factories.open_case(people.person("grace"), starter=ama)
    read(hers, "own.pdf", by=ama)
    read(hers, "patient.pdf", plan_files.pdf(2))
    page = people.browser(ama).get(plan_page(hers)).content.decode()
    assert "own.pdf" in page
    assert "patient.pdf" not in page


def test_newer_version_is_added_on_its_page(case, rosa):
    first = read(case)
    address = reverse("documents:add_version", args=[first.document_id])
    assert rosa.get(address).status_code == 200
    assert rosa.post(address, {}).status_code == 422
    assert rosa.post(address, {"files": upload("new.pdf", plan_files.pdf(2))}).status_code == 302
    assert first.document.versions.count() == 2


def test_remove_put_back_hide_share_by_button(case, rosa):
    document = added(case).document
    for verb, field, value in [
        ("hide", "only_me", True),
        ("share", "only_me", False),
    ]:
        rosa.post(reverse("documents:move", args=[document.pk, verb]), {"back": "plan"})
        document.refresh_from_db()
        assert getattr(document, field) == value
    rosa.post(reverse("documents:move", args=[document.pk, "withdraw"]))
    document.refresh_from_db()
    assert document.withdrawn_at
    answer = rosa.get(reverse("documents:list", args=[case.pk]))
    assert "Put back" in answer.content.decode()
    rosa.post(reverse("documents:move", args=[document.pk, "restore"]))
    document.refresh_from_db()
    assert document.withdrawn_at is None


def test_stranger_changes_nothing(case):
    document = added(case).document
    for key in ("grace", "amir", "mara"):
        for verb in ("withdraw", "hide", "share", "restore"):
            address = reverse("documents:move", args=[document.pk, verb])
            assert browser(key).post(address).status_code == 404
    document.refresh_from_db()
    assert (document.withdrawn_at, document.only_me) == (None, False)


def test_consultant_may_read_and_not_remove(case):
    document = added(case).document
    answer = browser("joanne").post(reverse("documents:move", args=[document.pk, "withdraw"]))
    assert "take it back" in str(next(iter(get_messages(answer.wsgi_request))))
    document.refresh_from_db()
    assert document.withdrawn_at is None


def test_unknown_verb_is_404(case, rosa):
    document = added(case).document
    assert rosa.post(reverse("documents:move", args=[document.pk, "publish"])).status_code == 404


@pytest.mark.full
def test_locked_file_opens_with_its_password(case, rosa):
    version = read(case, "locked.pdf", plan_files.locked_pdf("rose"))
    address = reverse("documents:unlock", args=[version.pk])
    assert "Open a locked file" in rosa.get(address).content.decode()
    wrong = rosa.post(address, {"password": "tulip"})
    assert (wrong.status_code, "didn’t open" in wrong.content.decode()) == (422, True)
    assert rosa.post(address, {"password": "rose"}).status_code == 302
    checking.check(version.pk)
    assert Version.objects.get().state == Version.State.READY


@pytest.mark.parametrize("files", [1, 12])
def test_lists_take_the_same_number_of_queries(case, rosa, files, django_assert_max_num_queries):
    for number in range(files):
        added(case, f"plan {number}.pdf", plan_files.pdf(patient=str(number)))
    for address in (plan_page(case), reverse("documents:list", args=[case.pk])):
        with django_assert_max_num_queries(21):
            rosa.get(address)


def test_body_over_the_limit_is_answered_413_and_leaves_nothing(case, rosa, settings, folder):
    settings.SEND_LIMIT_MB = 0
    body = b"x" * (2 * 1024 * 1024)
    answer = rosa.post(plan_page(case), {"files": upload("large.pdf", body)})
    assert answer.status_code == 413
    assert "fewer or smaller files" in answer.content.decode()
    assert (Document.objects.count(), stored(folder)) == (0, [])


def test_send_that_breaks_off_leaves_no_row_and_no_file(case, rosa, folder):
    half = b'--b\r\nContent-Disposition: form-data; name="files"; filename="plan.pdf"\r\n\r\n%PDF-1.7 half'
    answer = rosa.generic("POST", plan_page(case), half, content_type="multipart/form-data; boundary=b")
    assert answer.status_code in (400, 403, 422)
    assert (Document.objects.count(), stored(folder)) == (0, [])
    assert [path for path in (folder / "tmp").rglob("*") if path.is_file()] == []
