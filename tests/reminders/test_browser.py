"""Answering and pausing from a message in a real browser: no sign-in, no JavaScript, by keyboard."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from portal import clock
from portal.reminders import sender
from portal.reminders.models import Pause
from tests.reminders.kinds import THINGS, plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "java_script_enabled": False, "reduced_motion": "reduce"}


@pytest.fixture
def message(live_server, rosa, settings, smtp_sink):
    """A message with a question, sent from this very server."""
    settings.PORTAL_ORIGIN = live_server.url
    now = clock.now()
    # What is news about something near goes at any hour, so the test does too.
    row = plan("tests.near_form", rosa, due_at=now, useful_until=now + dt.timedelta(days=1))
    sender.run()
    return row, smtp_sink.messages[0]


def link(message, label):
    """The address under a label, as a person finds it in the plain part."""
    plain = message.get_body(("plain",)).get_content()
    return re.search(rf"^{label}\r?\n(http\S+)", plain, re.MULTILINE).group(1)


def press(page, words):
    """Walk to a button with the Tab key and press Enter."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if words in page.locator(":focus").inner_text():
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to “{words}” by keyboard")


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.full)])
def test_done_by_keyboard_without_javascript(message, page, width):
    row, sent = message
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(link(sent, "Done"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Have you signed the form?")
    assert THINGS.answers == []
    press(page, "Yes, it’s done")
    expect(page.locator("main")).to_contain_text("You said: Yes, it’s done")
    assert [(thing, choice) for thing, choice, _by in THINGS.answers] == [(row.about_id, "done")]
    press(page, "Please call me")
    expect(page.locator("main")).to_contain_text("You said: Please call me")


@pytest.mark.full
def test_pause_and_start_again_without_javascript(message, page, rosa):
    page.goto(link(message[1], "Pause reminders"))
    assert not Pause.objects.exists()
    press(page, "Pause reminders")
    expect(page.locator("main")).to_contain_text("Reminders are paused until")
    press(page, "Start reminders again")
    expect(page.locator("main")).to_contain_text("Need a rest?")
    assert not Pause.objects.at(clock.now()).filter(person=rosa).exists()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.full)])
def test_the_mail_itself_is_clean_and_fits_a_phone(message, browser, axe, scheme, tmp_path):
    file = tmp_path / "mail.html"
    file.write_text(message[1].get_body(("html",)).get_content())
    with browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
