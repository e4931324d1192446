"""A coordinator finds a message in the log, sends it again, holds one back and lets it go, mends an address."""

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from portal.reminders import sender
from tests import factories
from tests.journeys.hands import Keyboard, Mouse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

BY_HAND = {"width": 390, "java_script_enabled": False}


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel("2026-11-24T15:00:00Z", tick=True):  # 10 am in Toronto: messages may go
        yield


@pytest.mark.full
@pytest.mark.parametrize(
    ("hands", "browsing"),
    [(Mouse, BY_HAND), (Keyboard, {"width": 1280})],
    ids=["phone-without-script", "keyboard"],
)
def test_the_log_from_finding_a_message_to_mending_its_address(hands, browsing, come, site, smtp_sink):
    case = factories.open_case()
    factories.book(case)
    sender.run()
    page = come("theo", **browsing)
    hand = hands(page)
    page.goto(site + reverse("pages:reminder_log"))
    hand.type("#id_find", "delgado")
    hand.press("button", "Show")
    expect(page.get_by_role("row").filter(has_text="Your call is booked")).to_have_count(1)
    hand.press_first('button:has-text("Send again")')
    hand.sees("It goes once more within a minute.")
    hold_back_and_let_go(page, hand)
    smtp_sink.refused = {"rosa@example.org"}
    sender.run()
    mend_the_address(page, hand, site)
    smtp_sink.refused = set()
    assert sender.run() == 1
    assert smtp_sink.messages[-1]["To"] == "rosa@example.net"


def hold_back_and_let_go(page, hand) -> None:
    hand.press_first('a:has-text("Coming up")')
    hand.press_first('.rs-table a:has-text("Mute")')
    hand.choose("For good")
    hand.press("button", "Hold it back")
    hand.sees("Held back.")
    hand.press_first('.rs-chips a:has-text("Muted")')
    hand.sees("For good")
    hand.press_first('button:has-text("Undo")')
    hand.sees("It goes again.")


def mend_the_address(page, hand, site) -> None:
    page.goto(site + reverse("pages:caseload"))
    hand.sees("A message to Rosa came back.")
    hand.press_first('a:has-text("Fix the address")')
    page.locator("#id_email").fill("")
    hand.type("#id_email", "rosa@example.net")
    hand.press_space("#id_is_known")
    hand.press("button", "Save")
    hand.sees("What could not go is tried again now.")
    expect(page.get_by_text("A message to Rosa came back.")).to_have_count(0)
