"""Visit and records in a real browser: by keyboard, without script, on a phone, clean by axe when full."""

import re

import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Page, expect

from cases.records import actions
from cases.records.models import RecordItem, Visit
from tests import people
from tests.records.builders import NOVEMBER_5, actor, booked_visit, case_of_rosa, item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OFFERED = "?day=2026-11-10T09:40&day=2026-11-13T11:00&day=2026-11-24T14:30&look=2026-11-10T09:40"


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=True):
        yield


def be(page: Page, site: str, key: str) -> None:
    cookie = people.browser(people.person(key)).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])


def full_visit() -> Visit:
    """Records in every kind of state."""
    visit = booked_visit()
    actions.move_referral(visit.case, "asked", by=actor("rosa"))
    for kind, verb, more in (
        ("pathology_report", "acknowledged", {}),
        ("imaging_reports", "sent", {"carrier": "fax"}),
        ("imaging_exchange", "arrived", {}),
    ):
        actions.tell(item(visit, kind), verb, by=actor("theo"), **more)
    actions.tell(item(visit, "imaging_exchange"), "will_not_open", reason="The disc is empty", by=actor("theo"))
    return visit


def name_the_doctor(page: Page) -> None:
    page.get_by_label("The second doctor").fill("Dr. Priya Raman")
    page.get_by_label("Their clinic or office").fill("Northfield Medical Center")
    page.get_by_label("Which state or province is it in?").select_option("US-PA")
    page.get_by_role("button", name="Save the doctor").click()


def add_date(page: Page, day: str) -> None:
    page.get_by_label("A date they offered").fill(day)
    page.get_by_role("button", name="Add this date").click()


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.full)])
def test_from_the_doctor_to_a_saved_date(site, page, width):
    case = case_of_rosa()
    be(page, site, "rosa")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/cases/{case.pk}/visit/")
    name_the_doctor(page)
    for day in ("2026-11-10", "2026-11-24"):
        add_date(page, day)
    expect(page.get_by_role("heading", name="Comfortable")).to_be_visible()
    page.get_by_role("button", name="Save November 24 as my visit").click()
    expect(page.get_by_text("You visit Dr. Priya Raman on Tuesday, November 24.")).to_be_visible()
    assert Visit.objects.get().state == "booked"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.full
def test_the_same_without_script_and_a_past_date_gets_a_sentence(site, browser):
    case = case_of_rosa()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/visit/")
    name_the_doctor(page)
    add_date(page, "2026-11-02")
    expect(page.get_by_text("That day has passed.").first).to_be_visible()
    add_date(page, "2026-11-10")
    page.get_by_role("button", name="Keep it, I’ll carry copies").click()
    expect(page.get_by_role("heading", name="What to take", exact=True)).to_be_visible()
    page.get_by_role("link", name="Records").last.click()
    expect(page.get_by_role("heading", name="Your records")).to_be_visible()
    page.locator("#item-" + str(RecordItem.objects.get(kind="clinic_notes").pk)).get_by_role(
        "button", name="I’ve asked for it"
    ).first.click()
    expect(page.get_by_text("You told us.").first).to_be_visible()
    context.close()


@pytest.mark.full
def test_a_record_by_keyboard_alone(site, page):
    visit = booked_visit()
    record = item(visit, "clinic_notes")
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{visit.case_id}/records/")
    page.locator(f"#item-{record.pk}").get_by_role("button", name="I’ve asked for it").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#item-{record.pk}").get_by_text("Asked for on November 5.")).to_be_visible()
    page.wait_for_load_state()  # until then a script of the page may still move the focus
    page.locator(f"#item-{record.pk} summary", has_text="Something else").focus()
    page.keyboard.press("Enter")
    reason = page.locator(f"#reason-{record.pk}")
    expect(reason).to_be_visible()
    reason.focus()
    page.keyboard.type("Two of three are missing")
    page.locator(f"#item-{record.pk}").get_by_role("button", name="They can’t find it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Two of three are missing.")).to_be_visible()
    record.refresh_from_db()
    assert record.state == "not_located"


@pytest.mark.full
@pytest.mark.parametrize("with_script", [True, False])
def test_the_letter_is_changed_and_asked_to_be_faxed_by_keyboard(site, browser, with_script):
    case = booked_visit().case
    context = browser.new_context(java_script_enabled=with_script)
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/referral/")
    page.get_by_role("link", name="Change the words").press("Enter")
    letter = page.get_by_label("Your letter")
    expect(letter).to_have_value(re.compile("Dear Dr. Abara"))
    page.wait_for_load_state()  # at its end the browser goes to the letter and lets go of the focus
    letter.fill("Dear doctor,\n\nplease refer me.")
    page.get_by_role("button", name="Save my words").press("Enter")
    expect(page.get_by_text("These are your words, saved on Thursday, November 5.")).to_be_visible()
    page.get_by_role("button", name="Ask us to fax it").press("Enter")
    expect(page.get_by_text("It was asked for on Thursday, November 5.")).to_be_visible()
    context.close()


@pytest.mark.full
def test_the_letter_is_printed_alone(site, page):
    case = booked_visit().case
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/referral/")
    page.get_by_role("button", name="Ask us to fax it").click()
    expect(page.get_by_text("It was asked for on")).to_be_visible()
    page.emulate_media(media="print")
    for ours in ("We have it. It is on our list.", "It was asked for on"):
        expect(page.get_by_text(ours)).to_be_hidden()
    expect(page.get_by_text("Dear Dr. Abara,")).to_be_visible()
    for other in ("If the answer is no", "Worried about offending?", "Your referral"):
        expect(page.get_by_role("heading", name=other)).to_be_hidden()


@pytest.mark.full
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_in_their_fullest_states_are_accessible(site, page, axe, theme, width):
    visit = full_visit()
    actions.move_referral(visit.case, "refused", by=actor("rosa"))
    be(page, site, "rosa")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for address in (f"visit/{OFFERED}", "visit/?change=1", "records/", "referral/", "referral/?change=1", "people/"):
        page.goto(f"{site}/cases/{visit.case_id}/{address}")
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        found[address] = axe(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found[address].append("scrolls sideways")
    assert not any(found.values()), found
