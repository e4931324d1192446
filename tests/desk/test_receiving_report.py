"""The visit and the report on the page of the second doctor’s office: it took place, the file, or sent straight."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.case.models import ToDo
from cases.documents.models import Version
from cases.documents.worker import checking
from cases.records import actions
from cases.records.models import ReportFile, ReportLoop, Visit
from portal.history.models import Event
from tests import plan_files
from tests.desk.packets import file_of
from tests.desk.test_receiving import NAME, after, body, desk, own_store, report_file, shown, url, visit
from tests.documents.conftest import folder  # noqa: F401
from tests.people import browser, person
from tests.records.builders import actor

__all__ = ["after", "desk", "own_store", "visit"]
pytestmark = pytest.mark.django_db


# --- the visit and the report ------------------------------------------------------------------------------------


def test_before_the_visit_there_is_nothing_to_send(desk, second_link, visit):
    assert "Once the visit took place" in shown(desk, second_link)
    answer = desk.post(url("send_report", second_link), report_file())
    assert answer.status_code == 422
    assert "The visit is still to come." in answer.content.decode()
    assert desk.post(url("say_report_sent", second_link)).status_code == 409
    assert not Version.objects.exists()


def test_the_office_says_that_the_visit_took_place(after, desk, second_link, visit):
    assert "The visit took place" in shown(desk, second_link)
    for _time in range(2):
        assert desk.post(url("say_visit_happened", second_link)).status_code == 302
    assert Visit.objects.get(pk=visit.pk).state == "happened"
    event = Event.objects.get(verb="visit.took_place")
    assert (event.actor_kind, event.actor_id) == ("office", second_link.office_id)


@pytest.mark.full
def test_a_report_is_checked_before_anybody_opens_it_and_then_passed_on(after, desk, second_link, visit):
    assert desk.post(url("send_report", second_link), report_file("Gutachten.pdf")).status_code == 302
    version = Version.objects.get()
    assert (version.state, version.document.kind) == ("received", "second_report")
    assert version.put_in_by_office == second_link.office_id
    page = shown(desk, second_link)
    assert "Gutachten.pdf" in page
    assert "Saved, check comes next" in page
    assert Visit.objects.get(pk=visit.pk).state == "happened"
    checking.check(version.pk)
    assert "Ready, not checked for viruses" in shown(desk, second_link)
    assert ToDo.objects.open().filter(kind="pass_on_report").exists()
    files = browser(person("rosa")).get(reverse("documents:list", args=[visit.case.pk])).content.decode()
    assert "Second doctor’s report" in files
    detail = browser(person("rosa")).get(version.get_absolute_url()).content.decode()
    assert "Added by Northfield Medical Center on its page on November 25, 2026" in files + detail


def test_what_the_office_sends_is_of_its_own_visit(after, desk, second_link, visit):
    desk.post(url("send_report", second_link), report_file())
    assert ReportFile.objects.values_list("document", "visit").get() == (Version.objects.get().document_id, visit.pk)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("report.exe", b"MZ" + bytes(100), "didn’t pass our safety check"),
        ("report.pdf", b"<html><script>1</script></html>", "didn’t pass our safety check"),
        ("report.pdf", b"", "This file is empty"),
    ],
)
def test_a_file_that_is_refused_says_why(after, desk, second_link, name, content, words):
    upload = {"files": SimpleUploadedFile(name, content)}
    answer = desk.post(url("send_report", second_link), upload)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Version.objects.exists()


def test_a_file_that_does_not_pass_its_checks_says_so_on_the_page(after, desk, second_link, visit):
    desk.post(url("send_report", second_link), report_file(content=b"%PDF-1.7 broken"))
    checking.check(Version.objects.get().pk)
    page = shown(desk, second_link)
    assert "Not added" in page
    assert "It may be damaged" in page
    assert not ToDo.objects.filter(kind="pass_on_report").exists()


def test_limits_are_those_of_the_settings(after, desk, second_link, settings):
    settings.FILE_LIMIT_MB, settings.FILES_PER_SEND = 1, 1
    assert "Up to 1 MB each, 1 files" in shown(desk, second_link)
    large = {"files": SimpleUploadedFile("large.pdf", b"%PDF-" + bytes(2**20))}
    assert "Choose a file under 1 MB" in desk.post(url("send_report", second_link), large).content.decode()
    two = {"files": [SimpleUploadedFile(f"{n}.pdf", plan_files.pdf(pages=n)) for n in (1, 2)]}
    assert "up to 1 files" in desk.post(url("send_report", second_link), two).content.decode()
    assert Version.objects.count() == 1


def test_an_empty_form_asks_for_a_file(after, desk, second_link):
    answer = desk.post(url("send_report", second_link), {})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()


def test_the_report_went_straight_to_the_primary_doctor(after, desk, second_link, visit):
    assert "We sent it to Dr. Abara" in shown(desk, second_link)
    assert desk.post(url("say_report_sent", second_link)).status_code == 302
    loop = ReportLoop.objects.get(visit=visit)
    assert (loop.state, loop.known_by) == ("announced", "office_page")
    page = shown(desk, second_link)
    assert "You told us that it went straight" in page
    assert "We sent it to Dr. Abara" not in page


def test_what_is_there_needs_nothing_more(after, desk, second_link, visit):
    desk.post(url("say_report_sent", second_link))
    actions.tell_report(ReportLoop.objects.get(visit=visit), "received", by=actor("theo"))
    assert "The primary doctor has your report." in shown(desk, second_link)
    assert desk.post(url("say_report_sent", second_link)).status_code == 409


def test_the_patient_is_not_asked_about_a_file_of_the_office(after, desk, second_link, visit):
    from portal.reminders.models import Reminder

    desk.post(url("send_report", second_link), report_file(content=b"%PDF-1.7 broken"))
    checking.check(Version.objects.get().pk)
    assert not Reminder.objects.filter(kind="documents.needs_you").exists()


@pytest.mark.full
def test_the_page_is_for_nobody_to_keep(desk, second_link, visit):
    file_of(visit)
    for address in (url("page", second_link), url("receive_pdf", second_link)):
        answer = desk.get(address)
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        if answer.streaming:
            body(answer)


@pytest.mark.parametrize("name", ["send_report", "say_received", "say_visit_happened", "say_report_sent"])
def test_what_is_sent_after_half_an_hour_is_not_dropped_without_a_word(after, desk, second_link, november_5, name):
    november_5.shift(timedelta(minutes=31))
    answer = desk.post(url(name, second_link), {"came": "all", **NAME, **report_file()})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Nothing was saved." in page
    assert url("add_proof", second_link) in page
    assert not ReportFile.objects.exists()
    desk.post(url("add_proof", second_link), {"born": "5 2 1961"})
    assert "Nothing was saved." not in shown(desk, second_link)
    assert desk.post(url("send_report", second_link), report_file()).status_code == 302
    assert ReportFile.objects.exists()
