"""The primary doctor's office in a browser of its own: the code, one press, another day, taken back."""

from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.records import actions
from cases.records.models import ReportLoop
from portal import clock
from tests.desk.conftest import BORN
from tests.records.builders import actor, booked_visit, offices_named
from tests.records.report_builders import sign_that_we_may

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.full]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_desk_says_not_yet_then_yes(browser, site, axe, script):
    visit = booked_visit(on=clock.today(ZoneInfo("America/New_York")))
    visit.case.patient.birth_date = BORN
    visit.case.patient.save(update_fields=["birth_date"])
    loop = ReportLoop.objects.get(visit=actions.say_took_place(visit, by=actor("rosa")))
    sign_that_we_may(loop)
    [elm] = offices_named("Elm Street")
    link = link_for(visit, elm, by=actor("theo"))
    context = browser.new_context(
        viewport={"width": 390, "height": 900}, java_script_enabled=script, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(site + "/o/")
    page.get_by_label("12-letter code").fill(codes.paper_code(link))
    page.get_by_label("Patient’s birth date").fill("5 2 1961")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rosa Delgado asks: do you have the report?")
    page.get_by_role("button", name="Not yet").click()
    expect(page.get_by_text("We ask Northfield Medical Center again, not you.")).to_be_visible()
    if script:
        assert axe(page) == []
    page.get_by_role("button", name="Yes, straight from").click()
    expect(page.get_by_text("Thank you. This is done.")).to_be_visible()
    if script:
        assert axe(page) == []
    page.get_by_role("button", name="Take my answer back").click()
    expect(page.get_by_role("button", name="Yes, straight from")).to_be_visible()
    context.close()
    loop.refresh_from_db()
    assert (loop.state, loop.known_by) != ("confirmed", "office_page")
