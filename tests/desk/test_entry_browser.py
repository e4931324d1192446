"""An office at its desk in a real browser: without script, by the short address and by a mailed one."""

import pytest
import time_machine
from playwright.sync_api import expect

from cases.desk.links import codes
from cases.desk.links.actions import link_for
from tests.desk.conftest import BORN
from tests.records.builders import NOVEMBER_5, actor, booked_visit, item

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lakeside():
    with time_machine.travel(NOVEMBER_5, tick=True):
        visit = booked_visit()
        patient = visit.case.patient
        patient.birth_date = BORN
        patient.save(update_fields=["birth_date"])
        yield link_for(visit, item(visit).holder, by=actor("theo"))


@pytest.fixture
def site(live_server) -> str:
    return live_server.url.replace("127.0.0.1", "localhost")


def test_by_the_short_address_without_script(browser, site, lakeside):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/o/")
    page.get_by_label("12-letter code").fill(codes.paper_code(lakeside).lower())
    page.get_by_label("birth date").fill("5/3/1961")
    page.get_by_role("button", name="Open the page").click()
    expect(page.get_by_text("These do not go together.")).to_be_visible()
    page.get_by_label("birth date").fill("May 2, 1961")
    page.get_by_role("button", name="Open the page").click()
    expect(page.get_by_text("For Lakeside")).to_be_visible()
    page.get_by_role("link", name="Not your patient?").click()
    page.get_by_role("button", name="Close this link").click()
    expect(page.get_by_role("heading", name="The link is closed")).to_be_visible()
    page.goto(f"{site}/o/page/{lakeside.pk}/")
    expect(page.get_by_role("heading", name="This link is closed")).to_be_visible()


def test_by_a_mailed_address_on_a_phone(page, site, lakeside, axe):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site}/o/{codes.mailed_token(lakeside)}/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("birth date").fill("5 2 1961")
    page.get_by_role("button", name="Open the page").click()
    expect(page.get_by_text("For Lakeside")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
