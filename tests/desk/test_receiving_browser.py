"""The second doctor's office in a browser: with what it asks for, without scripts, on a phone."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.records import actions
from portal import clock
from tests.desk import packets
from tests.desk.conftest import BORN
from tests.documents.conftest import folder  # noqa: F401
from tests.records.builders import actor, case_of_rosa, item, named_visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture(autouse=True)
def own_store(folder):  # noqa: F811
    """No test leaves files behind."""


@pytest.fixture
def link(transactional_db):
    case = case_of_rosa()
    case.patient.birth_date = BORN
    case.patient.save(update_fields=["birth_date"])
    visit = named_visit(case)
    visit = actions.set_visit_date(visit, on=clock.today(visit.zone), at=dt.time(14, 30), by=actor("rosa"))
    visit = packets.sign(visit)
    packets.file_of(visit)
    actions.tell(item(visit), "sent", by=actor("theo"))
    return link_for(visit, visit.office, by=actor("theo"))


@pytest.mark.full
def test_the_page_works_on_a_phone_without_scripts(link, site, browser, axe):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{site}/o/")
    page.get_by_label("12-letter code").fill(codes.paper_code(link))
    page.get_by_label("Patient’s birth date").fill("5 2 1961")
    page.get_by_role("button", name="Open the page").click()
    expect(page.get_by_role("heading", name="Download the records")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="One PDF with bookmarks").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    page.get_by_label("Something is missing or won’t open").check()
    page.locator("summary", has_text="Which one is missing or won’t open?").click()
    page.get_by_label("Pathology report", exact=False).first.select_option("incomplete")
    page.get_by_label("Your name and role").fill("Dana Ruiz, front desk")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Pathology report: Something is missing. We are at it.")).to_be_visible()
    expect(page.get_by_text("Downloaded")).to_be_visible()
    context.close()
    assert item(link.visit).state == "incomplete"


@pytest.mark.full
def test_the_page_is_clear_to_everyone(link, site, page, axe):
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site}/o/")
    page.get_by_label("12-letter code").fill(codes.paper_code(link))
    page.get_by_label("Patient’s birth date").fill("5 2 1961")
    page.get_by_role("button", name="Open the page").click()
    expect(page.get_by_role("heading", name="Download the records")).to_be_visible()
    page.locator("summary", has_text="Which one is missing or won’t open?").click()
    assert axe(page) == []
