"""The page of the opinions with the keyboard on a phone, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from cases.opinions.models import Decision, Point
from tests.journeys.conftest import come as come
from tests.journeys.hands import Keyboard, Mouse

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("way", ["keyboard", "without JavaScript"])
def test_a_line_and_where_she_is(way, case, come, site, axe):
    page = come("rosa", width=390, java_script_enabled=way == "keyboard")
    hands = (Keyboard if way == "keyboard" else Mouse)(page)
    page.goto(f"{site}/cases/{case.pk}/opinions/")
    page.get_by_label("What is it about?").select_option("What they suggest")
    hands.type("[name=text]", "Remove the whole breast.")
    hands.type("[name=page_first]", "2-3")
    hands.press("button", "Add the line")
    expect(page.get_by_text("Dr. Keller, pages 2-3")).to_be_visible()
    if way == "keyboard":
        assert axe(page) == []
    hands.choose("I’d like to go my own way")
    hands.type("[name=words]", "Not before the wedding.")
    hands.press("button", "Save")
    expect(page.get_by_text("Saved. You can change it at any time.")).to_be_visible()
    expect(page.get_by_role("heading", name="What you said last")).to_be_visible()
    assert Point.objects.get().put_in_as == "patient"
    assert Decision.objects.get().choice == "own"
    hands.press_first("form[action$='/remove/'] button")
    expect(page.get_by_text("Lines that were taken away")).to_be_visible()
    assert page.said == []
