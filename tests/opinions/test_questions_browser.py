"""The page of questions in a real browser: put in, ticked off and ordered without script, and by axe."""

import re

import pytest
import time_machine
from playwright.sync_api import expect

from cases.opinions.questions import actions, targets
from tests.records.builders import NOVEMBER_5, actor, booked_visit, case_of_rosa
from tests.records.test_browser import be
from tests.records.test_report_browser import is_within_its_width

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKED = ("Is a smaller operation possible for me? What would it ask and give?", "Are there any trials I could join?")


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=True) as traveller:
        yield traveller


@pytest.fixture
def case():
    return case_of_rosa()


@pytest.mark.full
def test_put_in_ordered_and_ticked_off_on_a_phone_without_script(site, browser, case):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/questions/")
    page.get_by_label("Add a question").fill("Why this one?")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name=re.compile("Put on top.*Why this one")).click()
    expect(page.get_by_role("button", name=re.compile("Not on top.*Why this one"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Tick off as answered.*Why this one")).click()
    expect(page.get_by_text("1 of 1 answered")).to_be_visible()
    assert is_within_its_width(page)
    context.close()


@pytest.mark.full
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible_in_its_fullest_state(site, page, axe, case, theme, width):
    key = targets.key_of(booked_visit(case))
    first, second = (actions.add(case, text=line, target=key, by=actor("rosa")) for line in ASKED)
    third = actions.add(case, text="How long can I take to decide?", by=actor("theo"))
    for question in (first, second):
        actions.order(question, "top", by=actor("rosa"))
    actions.answer(third, note="Two weeks are fine.", by=actor("rosa"))
    actions.drop(actions.add(case, text="Why me?", by=actor("rosa")), by=actor("rosa"))
    be(page, site, "rosa")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/cases/{case.pk}/questions/?edit={first.pk}")
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert axe(page) == []
    assert is_within_its_width(page)
