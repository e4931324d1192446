"""A thread in a real browser: without script, live between two people, by axe."""

import pytest
import time_machine
from playwright.sync_api import expect

from cases.threads.models import Message
from tests.records.builders import NOVEMBER_5
from tests.records.test_browser import be
from tests.records.test_report_browser import is_within_its_width
from tests.threads.builders import ANSWER, QUESTION, case_with_joanne, note, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def november_5():
    with time_machine.travel(NOVEMBER_5, tick=True) as traveller:
        yield traveller


@pytest.fixture
def case():
    return case_with_joanne()


@pytest.mark.full
def test_written_on_a_phone_without_script(site, browser, case):
    write(case, "theo", ANSWER)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/messages/")
    page.get_by_label("Write a message").fill(QUESTION)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Your message is taken back.")).to_be_visible()
    expect(page.get_by_label("Write a message")).to_have_value(QUESTION)
    assert is_within_its_width(page)
    assert not Message.objects.shared().filter(author=case.patient).exists()
    context.close()


@pytest.mark.full
def test_what_is_written_elsewhere_comes_by_itself(site, page, case):
    write(case)
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/messages/")
    expect(page.get_by_text(QUESTION)).to_be_visible()
    write(case, "theo", ANSWER)
    expect(page.get_by_text(ANSWER)).to_be_visible()
    expect(page.get_by_text(QUESTION)).to_have_count(1)


@pytest.mark.full
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible_in_its_fullest_state(site, page, axe, case, theme, width):
    write(case)
    note(case)
    write(case, "joanne", ANSWER, is_answer=False)
    be(page, site, "theo")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/cases/{case.pk}/messages/")
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert axe(page) == []
    assert is_within_its_width(page)
