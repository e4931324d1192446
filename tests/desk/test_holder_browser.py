"""A holder answers on its page in a real browser: on a phone, clean by axe; and without script."""

import pytest
import time_machine
from playwright.sync_api import expect

from cases.case.authority_actions import sign_authority
from cases.case.signatures import Signature, SignedHow
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from tests.desk.conftest import BORN
from tests.records.builders import NOVEMBER_5, actor, booked_visit, item
from tests.records.release_builders import sign

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit():
    with time_machine.travel(NOVEMBER_5, tick=True):
        visit = booked_visit()
        patient = visit.case.patient
        patient.birth_date = BORN
        patient.save(update_fields=["birth_date"])
        sign(visit)
        sign_authority(visit.case, Signature(SignedHow.TYPED, "Rosa Delgado"), version=1, by=actor("rosa"))
        yield visit


def open_page(page, live_server, visit):
    site = live_server.url.replace("127.0.0.1", "localhost")
    page.goto(f"{site}/o/{codes.mailed_token(link_for(visit, item(visit).holder, by=actor('theo')))}/")
    page.get_by_label("birth date").fill("5 2 1961")
    page.get_by_role("button", name="Open the page").click()
    expect(page.get_by_role("heading", level=1, name="Rosa Delgado asks for")).to_be_visible()
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Pathology report"))


def test_what_belongs_to_an_answer_shows_once_it_is_chosen(page, live_server, visit, axe):
    page.set_viewport_size({"width": 320, "height": 800})
    card = open_page(page, live_server, visit)
    expect(card.get_by_label("Tracking number")).to_be_hidden()
    card.get_by_label("We need something first").check()
    expect(card.get_by_label("A fee", exact=True)).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    card.get_by_role("button", name="Send this answer").click()
    expect(page.get_by_role("link", name="Choose what you need first.")).to_be_visible()
    card.get_by_label("A fee", exact=True).check()
    card.get_by_role("button", name="Send this answer").click()
    expect(page.get_by_text("You told us what you need first: A fee.")).to_be_visible()
    assert item(visit).need == "fee"


def test_an_answer_without_script(browser, live_server, visit):
    page = browser.new_context(java_script_enabled=False).new_page()
    card = open_page(page, live_server, visit)
    card.get_by_label("We sent it").check()
    card.get_by_label("How: fax").fill("fax")
    card.get_by_role("button", name="Send this answer").click()
    expect(page.get_by_text("Sent on November 5.")).to_be_visible()
    assert item(visit).carrier == "fax"
