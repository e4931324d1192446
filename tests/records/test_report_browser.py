"""The report's page in a real browser: on a phone, without script, and by keyboard."""

import pytest
import time_machine
from playwright.sync_api import Page, expect

from cases.records import actions
from cases.records.models import ReportLoop
from tests.records.builders import NOVEMBER_5, actor, booked_visit
from tests.records.report_builders import DAY_AFTER
from tests.records.test_browser import be

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def loop():
    with time_machine.travel(NOVEMBER_5, tick=True) as traveller:
        visit = booked_visit()
        traveller.move_to(DAY_AFTER)
        yield ReportLoop.objects.get(visit=actions.say_took_place(visit, by=actor("rosa")))


def is_within_its_width(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.full
def test_from_the_visit_to_done_on_a_phone_without_script(site, browser, loop):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}{loop.get_absolute_url()}")
    expect(page.get_by_role("heading", name="Words to ask with")).to_be_visible()
    assert is_within_its_width(page)
    page.get_by_role("button", name="I’ve asked for it").click()
    expect(page.get_by_role("heading", name="Asked for, not there yet")).to_be_visible()
    page.get_by_text("It was, or is to be, on another day").click()
    page.get_by_label("On which day?").fill("2026-11-24")
    page.get_by_role("button", name="It has arrived").click()
    expect(page.get_by_text("Check the date.").first).to_be_visible()
    page.get_by_role("button", name="My doctor has it").click()
    expect(page.get_by_text("This is done.")).to_be_visible()
    context.close()


@pytest.mark.full
def test_each_word_by_keyboard_alone(site, page, loop):
    be(page, site, "rosa")
    page.goto(f"{site}{loop.get_absolute_url()}")
    for press, heading in (("It has arrived", "It has arrived"), ("My doctor has it", "Your primary doctor has it")):
        page.get_by_role("button", name=press).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        page.wait_for_load_state()


@pytest.mark.full
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible_in_its_fullest_state(site, page, axe, loop, theme, width):
    actions.tell_report(loop, "asked", by=actor("rosa"))
    be(page, site, "theo")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}{loop.get_absolute_url()}")
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert axe(page) == []
    assert is_within_its_width(page)
