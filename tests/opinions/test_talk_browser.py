"""The talk's page in a real browser: from nothing to the page to hand over, without script, by keyboard, by axe."""

import pytest
import time_machine
from playwright.sync_api import expect

from cases.opinions.models import Talk
from tests.opinions.builders import booked, write
from tests.records.builders import NOVEMBER_5, case_of_rosa
from tests.records.test_browser import be
from tests.records.test_report_browser import is_within_its_width

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=True) as traveller:
        yield traveller


@pytest.fixture
def case():
    return case_of_rosa()


@pytest.mark.full
def test_planned_and_written_on_a_phone_without_script(site, browser, case):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/talk/")
    page.get_by_label("Dr. Abara, the primary doctor").check()
    page.get_by_label("On which day?").fill("2026-12-03")
    page.get_by_label("At what time?").fill("09:20")
    page.get_by_role("button", name="Save the talk").click()
    expect(page.get_by_role("heading", name="Thursday, December 3")).to_be_visible()
    page.get_by_label("First question").fill("Why this one?")
    page.get_by_role("button", name="How long can I take to decide?").click()
    expect(page.get_by_text("Your page is saved.")).to_be_visible()
    sheet = page.get_by_role("article")
    expect(sheet.get_by_text("Why this one?")).to_be_visible()
    expect(sheet.get_by_text("How long can I take to decide?")).to_be_visible()
    assert is_within_its_width(page)
    context.close()


@pytest.mark.full
def test_half_typed_words_wait_for_the_next_visit(site, page, case):
    booked(case)
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/talk/")
    page.get_by_label("Second question").fill("Half a quest")
    expect(page.locator("[data-saved]")).to_be_visible(timeout=15_000)
    page.goto(f"{site}/cases/{case.pk}/talk/")
    expect(page.get_by_label("Second question")).to_have_value("Half a quest")
    assert Talk.objects.get().questions == ""


@pytest.mark.full
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible_in_its_fullest_state(site, page, axe, case, theme, width):
    write(booked(case))
    be(page, site, "theo")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/cases/{case.pk}/talk/?change=1")
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert axe(page) == []
    assert is_within_its_width(page)
