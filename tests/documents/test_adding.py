"""The pages on which files are added: any file, one for a record, limits said and kept, who will see it."""

import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.models import Consent
from cases.documents import actions, rules, words
from cases.documents.models import Document, Version
from cases.records.models import RecordKind
from portal import clock
from portal.actors import Actor
from tests import factories, people, plan_files
from tests.documents.files import added, read, upload

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def any_page(case):
    return reverse("documents:add", args=[case.pk])


def record_page(case, code):
    return reverse("documents:add_record", args=[case.pk, RecordKind.objects.get(pk=code).place])


def test_any_file_is_added_without_saying_what_it_is(rosa, case):
    answer = rosa.post(any_page(case), {"files": upload("letter.pdf")}, follow=True)
    assert answer.redirect_chain == [(any_page(case), 302)]
    assert "letter.pdf" in answer.content.decode()
    assert Document.objects.get().kind == "other"


def test_file_of_a_record_is_of_its_kind_and_the_address_names_only_a_number(rosa, case):
    page = record_page(case, "lab_results")
    assert "lab" not in page
    assert "Add a file: Lab results" in rosa.get(page).content.decode()
    rosa.post(page, {"files": upload("results.pdf")})
    assert Document.objects.get().kind == "lab_results"
    assert "results.pdf" in rosa.get(page).content.decode()
    assert "results.pdf" not in rosa.get(record_page(case, "clinic_notes")).content.decode()


@pytest.mark.parametrize("code", ["slides", "genomic_running", "treatment_plan"])
def test_what_is_no_file_has_no_page(rosa, case, code):
    assert rosa.get(record_page(case, code)).status_code == 404


@pytest.mark.parametrize("key", ["grace", "amir", "joanne", "mara"])
def test_only_those_who_may_add_have_the_pages(case, key):
    browser = people.browser(people.person(key))
    for page in (any_page(case), record_page(case, "lab_results")):
        assert browser.get(page).status_code == 404
        assert browser.post(page, {"files": upload()}).status_code == 404
    assert Document.objects.count() == 0


def test_page_lists_what_one_has_just_put_in_oneself(rosa, case):
    added(case, "mine.pdf")
    added(case, "theirs.pdf", plan_files.pdf(2), by=people.person("theo"))
    page = rosa.get(any_page(case)).content.decode()
    assert ("mine.pdf" in page, "theirs.pdf" in page) == (True, False)
    with clock.lived_at(clock.now() + rules.LATELY):
        assert "mine.pdf" not in rosa.get(any_page(case)).content.decode()


def test_save_and_continue_leads_back_to_where_one_came_from(rosa, case):
    rosa.post(any_page(case), {"files": upload()})
    answer = rosa.post(any_page(case), {"then": "on"})
    assert answer.headers["Location"] == reverse("documents:list", args=[case.pk])


def test_a_phone_opens_its_camera_and_still_chooses_files(rosa, case):
    page = rosa.get(any_page(case)).content.decode()
    assert 'accept="image/*" capture="environment"' in page
    assert page.count('name="files"') == 2


def test_photo_alone_comes_in_beside_a_field_left_empty(rosa, case):
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n%s\r\n'
    body = part % (b"", b"") + part % (b"camera.jpg", plan_files.photo()) + b"--b--\r\n"
    answer = rosa.generic("POST", any_page(case), body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 302
    assert Version.objects.get().name == "camera.jpg"


def test_limits_are_said_before_and_handed_to_the_browser(rosa, case, settings):
    page = rosa.get(any_page(case)).content.decode()
    assert "All files of a case together: up to 2 GB." in page
    assert f'data-limit="{100 * words.MB}" data-number="20" data-room="{2 * words.GB}"' in page
    settings.CASE_LIMIT_MB = 12
    assert "There is room for 12.0 MB more." in rosa.get(any_page(case)).content.decode()


def test_room_counts_what_is_here_and_not_what_was_refused_or_taken_back(case):
    version = read(case)
    read(case, "macro.docx", plan_files.docx_with_macros())
    assert words.used_by(case) == version.size
    actions.withdraw(version.document, by=Actor.person(case.patient))
    assert words.used_by(case) == 0


def test_only_news_is_read_out(rosa, case):
    read(case, "first.pdf")
    added(case, "second.pdf", plan_files.pdf(2))
    page = reverse("documents:add_plan", args=[case.pk])
    assert "told=rr" in rosa.get(page, {"told": "rr"}).content.decode()
    for told, news in [("", {"first.pdf: ", "second.pdf: "}), ("r", {"second.pdf: "}), ("rr", set())]:
        part = rosa.get(page, {"told": told}, headers=HTMX).content.decode()
        assert {name for name in ("first.pdf: ", "second.pdf: ") if name in part} == news


class TestSameBytes:
    def test_the_file_that_is_here_is_named(self, rosa, case):
        added(case, "plan.pdf")
        answer = rosa.post(any_page(case), {"files": upload("again.pdf")})
        assert "again.pdf: This file is here already, as “plan.pdf”. We keep one." in answer.content.decode()

    def test_twice_in_one_send(self, rosa, case):
        answer = rosa.post(any_page(case), {"files": [upload("a.pdf"), upload("b.pdf")]})
        assert "b.pdf: This file is here already, as “a.pdf”" in answer.content.decode()
        assert Version.objects.count() == 1

    def test_after_it_was_taken_back_it_comes_in_anew_and_is_not_put_back_twice(self, rosa, case):
        document = added(case).document
        actions.withdraw(document, by=Actor.person(case.patient))
        assert rosa.post(any_page(case), {"files": upload("again.pdf")}).status_code == 302
        answer = rosa.post(reverse("documents:move", args=[document.pk, "restore"]), follow=True)
        assert "This file is here already" in answer.content.decode()


class TestWhoCanOpen:
    def seen_by(self, key, case):
        return people.browser(people.person(key)).get(any_page(case)).content.decode()

    def test_a_consultant_is_named_only_while_the_consent_stands(self, case):
        assert "Joanne Pike (your consultant)" in self.seen_by("rosa", case)
        consent = Consent.objects.get(case=case, kind=Consent.Kind.READ)
        case_actions.withdraw_consent(consent, by=Actor.person(case.patient))
        assert "Joanne Pike" not in self.seen_by("rosa", case)

    def test_a_helper_opens_what_she_added_and_it_says_so(self):
        case = factories.open_case(people.person("rosa"), starter=people.person("ama"))
        name = people.person("ama").name
        assert f"{name} (your helper) can open only the files that they add." in self.seen_by("rosa", case)
        assert "You can open the files that you add." in self.seen_by("ama", case)

    def test_nobody_but_the_patient_is_called_you_or_yours(self, case):
        page = self.seen_by("theo", case)
        assert "Rosa Delgado (the patient)" in page
        assert "Joanne Pike (the consultant)" in page
        assert "(you)" not in page
