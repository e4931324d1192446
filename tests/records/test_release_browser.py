"""The form to sign in a real browser: drawn with a pointer, by keyboard, without script; clean by axe when open."""

import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Page, expect

from cases.records.models import Release
from tests import people
from tests.records.builders import NOVEMBER_5, item
from tests.records.release_builders import visit_to_sign_for

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=True):
        yield


@pytest.fixture
def address(live_server) -> str:
    site = live_server.url.replace("127.0.0.1", "localhost")
    return f"{site}/items/{item(visit_to_sign_for(), 'slides').pk}/release/"


def be_rosa(page: Page, address: str) -> None:
    cookie = people.browser(people.person("rosa")).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])


def test_drawn_with_a_pointer_on_a_phone(page, address, axe):
    be_rosa(page, address)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(address)
    page.get_by_text("Add or change something").click()
    page.get_by_role("button", name="Draw my signature").click()
    canvas = page.get_by_role("img", name="A place to draw your signature")
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 20 + 25 * step, box["y"] + 20 + 30 * (step % 2))
    page.mouse.up()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.get_by_role("button", name="Sign", exact=True).click()

    expect(page.get_by_role("img", name="The signature, drawn by hand")).to_be_visible()
    assert axe(page) == []
    assert Release.objects.get().how == "drawn"


def test_signed_without_script_and_by_keyboard(browser, address):
    page = browser.new_context(java_script_enabled=False).new_page()
    be_rosa(page, address)
    page.goto(address)
    page.get_by_label("Type your full name to sign").focus()
    page.keyboard.type("Rosa Delgado")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="As it was signed")).to_be_visible()
    assert Release.objects.get().signature == "Rosa Delgado"
