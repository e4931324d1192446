"""The tray's pages: what a coordinator sees and presses, and what nobody else may know."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.desk.tray.models import Incoming
from cases.desk.tray.states import TrayState
from portal.history.models import Event
from tests import factories, people, plan_files
from tests.desk import papers
from tests.documents import files as put_in
from tests.documents.files import upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def theo():
    return people.browser(people.person("theo"))


def post(browser, paper, **said):
    return browser.post(paper.get_absolute_url(), said)


def test_an_empty_tray_says_so(theo):
    page = theo.get(reverse("desk:tray"))
    assert "The tray is empty." in page.text


def test_the_newest_is_open_and_its_look_on_record(theo):
    case = factories.open_case()
    paper = papers.read(papers.strip(case))
    page = theo.get(reverse("desk:tray"))
    assert f"Found by the reference {case.reference}" in page.text
    assert "Rosa Delgado" in page.text
    theo.get(reverse("desk:incoming_page", args=[paper.page_images.get().pk]))
    assert Event.objects.filter(verb="incoming.opened", about_id=str(paper.pk)).count() == 1


def test_navigation_counts_what_waits(theo):
    papers.added()
    assert '<span class="rs-count">1<' in theo.get(reverse("pages:caseload")).text


def test_scans_are_added_each_on_its_own(theo):
    said = {"how": "post", "came_on": "2026-11-17", "sender": "Bay Oncology"}
    files = [upload("a.pdf", plan_files.pdf()), upload("b.html", b"<html>")]
    page = theo.post(reverse("desk:add_scan"), said | {"files": files})
    assert page.status_code == 422
    assert "b.html" in page.text
    assert Incoming.objects.get().how == "post"


def test_a_voicemail_needs_words(theo):
    said = {"how": "phone", "came_on": "2026-11-17"}
    assert theo.post(reverse("desk:add_scan"), said).status_code == 422
    theo.post(reverse("desk:add_scan"), said | {"words": "They sent the slides", "seconds": "40"})
    page = theo.get(reverse("desk:tray"))
    assert "Voicemail, 40 s" in page.text
    assert "They sent the slides" in page.text


def test_a_day_to_come_is_refused(theo):
    said = {"how": "phone", "came_on": "2099-11-17", "words": "Hello"}
    page = theo.post(reverse("desk:add_scan"), said)
    assert page.status_code == 422
    assert "still to come" in page.text


@pytest.mark.parametrize("typed", ["delg", "5/2/1961", "1961-05-02", "reference"])
def test_a_person_is_found_by_name_birth_date_or_reference(theo, typed):
    case = factories.open_case()
    case.patient.birth_date = "1961-05-02"
    case.patient.save()
    paper = papers.call()
    page = post(theo, paper, do="search", find=case.reference if typed == "reference" else typed)
    assert case.reference in page.text


def test_search_finds_nobody_by_one_letter_or_a_hostile_word(theo):
    factories.open_case()
    paper = papers.call()
    for typed in ("R", "\v", "<script>", "%", "9999-99-99"):
        page = post(theo, paper, do="search", find=typed)
        assert page.status_code == 200
        assert "Delgado" not in page.text


@pytest.mark.full
def test_pages_turn_and_part_by_press(theo):
    paper = papers.checked(plan_files.pdf(pages=2))
    theo.post(reverse("desk:turn", args=[paper.pk]), {"page": "2"})
    theo.post(reverse("desk:split", args=[paper.pk]), {"after": "1"})
    assert sorted(Incoming.objects.values_list("pages", flat=True)) == [1, 1]


def test_names_and_notes_from_right_to_left_keep_their_direction(theo):
    paper = papers.call("الشرائح في الطريق", sender="مختبر البحيرة")
    page = theo.get(paper.get_absolute_url())
    assert "<bdi>Voicemail from مختبر البحيرة</bdi>" in page.text
    assert 'dir="auto"><p>الشرائح' in page.text


def test_not_ours_leaves_the_tray_and_comes_back(theo):
    paper = papers.checked()
    theo.post(reverse("desk:take_off", args=[paper.pk]))
    assert papers.fresh(paper).state == TrayState.NOT_OURS
    assert "Fax, 1 page" in theo.get(reverse("desk:tray") + "?show=not_ours").text
    theo.post(reverse("desk:put_back", args=[paper.pk]))
    assert papers.fresh(paper).state == TrayState.WAITING


@pytest.mark.parametrize("key", ["rosa", "joanne", "mara"])
def test_others_know_no_tray(key):
    paper = papers.checked()
    browser = people.browser(people.person(key))
    for address in (reverse("desk:tray"), paper.get_absolute_url(), paper.page_images.get().get_absolute_url()):
        assert browser.get(address).status_code == 404


def test_a_long_tray_costs_as_much_as_a_short_one(theo):
    counts = []
    for more in (3, 40):
        for _number in range(more):
            papers.call()
        theo.get(reverse("desk:tray"))
        with CaptureQueriesContext(connection) as queries:
            theo.get(reverse("desk:tray"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.full
def test_the_patient_says_that_a_paper_is_not_hers():
    paper = papers.filed_letter(factories.open_case())
    rosa = people.browser(people.person("rosa"))
    page = rosa.get(paper.document.get_absolute_url())
    address = reverse("desk:not_mine", args=[paper.document_id])
    assert address in page.text
    rosa.post(address)
    assert rosa.get(paper.document.get_absolute_url()).status_code == 404
    assert papers.fresh(paper).state == TrayState.WAITING
    tray = people.browser(people.person("theo")).get(reverse("desk:tray"))
    assert "The patient says it is another person’s" in tray.text


def test_a_file_of_her_own_has_no_such_way():
    case = factories.open_case()
    document = put_in.read(case).document
    rosa = people.browser(case.patient)
    assert "not-mine" not in rosa.get(document.get_absolute_url()).text
    assert rosa.get(reverse("desk:not_mine", args=[document.pk])).status_code == 404
