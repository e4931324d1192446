"""A copy of an ID and a fee in a real browser: on a phone, with script and without, clean by axe."""

import pytest
import time_machine
from playwright.sync_api import Page, expect

from cases.desk import answers
from cases.desk.answers import Wants
from cases.records import actions
from cases.records.models import IdentityCopy, RecordItem
from tests import plan_files
from tests.documents.conftest import folder
from tests.records.builders import NOVEMBER_5, actor, booked_visit, item
from tests.records.test_browser import be

__all__ = ["folder"]
pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def november_5(folder):
    with time_machine.travel(NOVEMBER_5, tick=True):
        yield


def slides_that_need(what: Wants, fee: str = "") -> RecordItem:
    """The lab said so by fax."""
    thing = actions.tell(item(booked_visit(), "slides"), "asked", by=actor("theo"))
    return answers.answer(thing, answers.NEEDS, needs=(what,), fee=fee, told="office_fax", by=actor("theo")).item


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(browser, request) -> Page:
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def is_clean(axe, request):
    """By axe, which needs script."""
    has_script = request.node.callspec.params["page"]
    return lambda page: not has_script or axe(page) == []


def is_within_its_width(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_from_what_the_office_wants_to_asked_again(site, page, is_clean):
    slides = slides_that_need(Wants.ID)
    be(page, site, "rosa")
    page.goto(f"{site}{slides.get_absolute_url()}")
    page.get_by_role("link", name="Add a copy of your ID").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A copy of your ID for Lakeside")
    assert is_within_its_width(page)
    assert is_clean(page)
    photo = {"name": "id.jpg", "mimeType": "image/jpeg", "buffer": plan_files.photo()}
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Add the copy").click()
    expect(page.get_by_text("We check the file first").first).to_be_visible()
    assert is_clean(page)
    page.get_by_role("button", name="Erase it now").click()
    expect(page.get_by_text("The copy is erased.")).to_be_visible()
    assert IdentityCopy.objects.live().count() == 0


def test_a_fee_is_paid_and_not_paid_after_all(site, page, is_clean):
    slides = slides_that_need(Wants.FEE, "$15 by check")
    be(page, site, "rosa")
    page.goto(f"{site}{slides.get_absolute_url()}")
    page.locator(f'a[href$="{slides.pk}/fee/"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("asks for a fee")
    expect(page.get_by_text("$15 by check")).to_be_visible()
    assert is_within_its_width(page)
    assert is_clean(page)
    page.get_by_role("button", name="It’s paid").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is paid")
    assert is_clean(page)
    page.get_by_role("button", name="It’s not paid after all").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("asks for a fee")
