"""The tray in a real browser: three presses, with what she will read before the last one."""

import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Page, expect

from cases.desk.letters import sending
from cases.records import actions as records
from cases.records.items.telling import tell
from cases.records.models import RecordItem
from tests import people
from tests.desk import papers
from tests.desk.letter_builders import letter, signed_visit
from tests.records.builders import NOVEMBER_5, actor, booked_visit, item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def november_5(db):
    with time_machine.travel(NOVEMBER_5, tick=True):
        yield


@pytest.fixture
def asked() -> RecordItem:
    report = records.set_holder(item(booked_visit()), office_name="Lakeside", by=actor("rosa"))
    return tell(report, "asked", by=actor("theo"))


def be_theo(page: Page, site: str) -> None:
    cookie = people.browser(people.person("theo")).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])


@pytest.mark.full
def test_three_presses_file_a_strip(site, page, asked, axe):
    papers.call()
    paper = papers.read(papers.strip(asked.visit.case))
    be_theo(page, site)
    page.goto(site + paper.get_absolute_url())
    expect(page.get_by_role("radio", name="Rosa Delgado")).to_be_checked()
    page.get_by_role("radio", name="Pathology report, Lakeside").check()
    page.get_by_role("radio", name="Sent", exact=True).check()
    expect(page.get_by_text("Rosa will read: “Sent on November 5. The office told us by fax.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="File it and open the next").click()
    expect(page.get_by_text("Filed with Rosa Delgado")).to_be_visible()
    expect(page.get_by_role("heading", name="File this")).to_be_visible()
    asked.refresh_from_db()
    assert asked.state == "sent"


@pytest.mark.full
def test_a_strip_of_several_records_says_each_its_own(site, page, axe):
    made = letter(signed_visit(), kind="records", about="pathology_report")
    sending.sent(made, "faxed", by=actor("theo"))
    paper = papers.read(papers.strip(made.case, mark=made.mark))
    be_theo(page, site)
    page.goto(site + paper.get_absolute_url())
    expect(page.get_by_role("radio", name="Letter A, Lakeside")).to_be_checked()
    page.get_by_role("radio", name="Sent", exact=True).check()
    expect(page.get_by_text("Pathology report: Rosa will read “Sent on November 5.")).to_be_visible()
    page.get_by_text("Say it for each record").click()
    page.get_by_label("Pathology report", exact=True).select_option("Can’t find it")
    expect(page.get_by_text("Pathology report: Rosa will read “They looked and could not find it.")).to_be_visible()
    expect(page.get_by_label("In their words")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="File it and open the next").click()
    expect(page.get_by_text("Filed with Rosa Delgado")).to_be_visible()
    states = {ask.item.kind_id: ask.item.state for ask in made.asks.select_related("item")}
    assert states.pop("pathology_report") == "not_located"
    assert set(states.values()) == {"sent"}
