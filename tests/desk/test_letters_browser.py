"""The pages of a letter in a real browser: without script, on a phone, clean by axe."""

import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Page, expect

from tests import people
from tests.desk.letter_builders import signed_visit
from tests.records.builders import NOVEMBER_5, item

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=True):
        yield


@pytest.fixture
def address(live_server) -> str:
    site = live_server.url.replace("127.0.0.1", "localhost")
    return f"{site}/letters/new/slides/{item(signed_visit(), 'slides').pk}/"


def be(page: Page, who: str, address: str) -> None:
    cookie = people.browser(people.person(who)).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])


def test_made_printed_and_handed_over_on_a_phone(page, address, axe):
    be(page, "rosa", address)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(address)
    assert axe(page) == []
    page.get_by_role("button", name="Make the letter").click()
    expect(page.get_by_role("heading", name="A letter with an answer strip")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    with page.expect_download() as download:
        page.get_by_role("button", name="Print it").click()
    assert download.value.suggested_filename == "Letter A 2026-11-05.pdf"

    page.get_by_role("button", name="I handed it over").click()
    expect(page.get_by_text("Saved. The records are asked for.")).to_be_visible()
    expect(page.get_by_role("button", name="I handed it over")).to_have_count(0)


def test_posted_without_script(browser, address):
    page = browser.new_context(java_script_enabled=False).new_page()
    be(page, "theo", address)
    page.goto(address)
    page.get_by_role("button", name="Make the letter").click()
    page.get_by_role("button", name="Posted").click()
    expect(page.get_by_text("Saved. The records are asked for.")).to_be_visible()
