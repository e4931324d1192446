"""Someone who comes first: she begins, the patient says yes on the phone, narrows it herself, and ends it.

Ama goes with the keyboard on a phone, Theo points on a desk, Rosa has no JavaScript.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from cases.case.helping.models import Helper
from cases.threads.models import Message
from tests import factories, people
from tests.journeys.hands import Keyboard, Mouse

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case():
    people.person("theo")
    return factories.open_case(starter=people.person("ama"))


def test_from_asking_on_the_phone_to_the_end_of_help(case, come, site, axe):
    ama, rosa = come("ama", width=390), come("rosa", java_script_enabled=False)
    home = f"{site}/cases/{case.pk}/"

    ama.goto(home)
    asks(ama, axe)
    helper = Helper.objects.get(case=case)
    records_the_yes(come("theo"), site, helper, axe)

    ama.goto(home)
    expect(ama.get_by_text("everything except private words").first).to_be_visible()
    assert axe(ama) == []
    writes(ama, site, case, "May I bring the slides?")
    message = Message.objects.get(case=case)
    assert (message.author, message.text) == (people.person("ama"), "May I bring the slides?")

    open_page = ama.url
    rosa.goto(f"{site}/cases/{case.pk}/messages/")
    expect(rosa.get_by_text("Ama Osei").first).to_be_visible()
    narrows(rosa, site, case)
    sends_on_the_open_page(ama, "One more thing.")
    assert Message.objects.filter(case=case).count() == 1

    ends(rosa)
    helper.refresh_from_db()
    assert helper.ended_at
    ama.goto(home)
    expect(ama.get_by_role("heading", name="Good")).to_have_count(0)
    ama.goto(open_page)
    expect(ama.get_by_text("May I bring the slides?")).to_have_count(0)


def asks(page: Page, axe) -> None:
    """With the keyboard alone: whose sister she is, and where Rosa is reached."""
    hands = Keyboard(page)
    assert axe(page) == []
    page.get_by_label("Who are you to them?").select_option("Sister")
    hands.type("[name=note]", "416 555 0117, mornings")
    hands.press("button", "Please call Rosa")
    expect(page.get_by_text(re.compile("call Rosa")).first).to_be_visible()


def records_the_yes(page: Page, site: str, helper: Helper, axe) -> None:
    hands = Mouse(page)
    page.goto(f"{site}/staff/cases/{helper.case_id}/helpers/")
    assert axe(page) == []
    hands.press_first("main a.rs-btn")
    for label in ("Yes", "On the phone", "Everything except private words"):
        hands.choose(label)
    hands.press_space("[name=is_read_out]")
    hands.press("button", "Save the answer")
    helper.refresh_from_db()
    assert (helper.chosen, helper.agreed_how, helper.recorded_by) == ("most", "phone", people.person("theo"))


def writes(page: Page, site: str, case, words: str) -> None:
    page.goto(f"{site}/cases/{case.pk}/messages/")
    expect(page.get_by_text("You are Ama Osei, helping Rosa Delgado.")).to_be_visible()
    hands = Keyboard(page)
    hands.type("textarea[name=text]", words)
    hands.press("button", "Send")
    expect(page.get_by_text(words).first).to_be_visible()


def narrows(page: Page, site: str, case) -> None:
    page.goto(f"{site}/cases/{case.pk}/helpers/")
    page.get_by_role("link", name=re.compile("Change")).first.click()
    page.get_by_label(re.compile("^Dates only")).check()
    page.get_by_role("button", name=re.compile("Save|Yes")).first.click()
    expect(page.get_by_text("It counts from now on")).to_be_visible()
    assert Helper.objects.get(case=case).chosen == "dates"


def sends_on_the_open_page(page: Page, words: str) -> None:
    """The page was opened when she still might."""
    page.locator("textarea[name=text]").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_load_state("networkidle")


def ends(page: Page) -> None:
    page.get_by_role("button", name=re.compile("End it")).click()
    expect(page.get_by_text("It has ended.")).to_be_visible()
