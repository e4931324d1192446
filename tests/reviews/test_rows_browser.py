"""Points of options in a real browser: as many rows as are needed, saved while typing, and a way to each page."""

import pytest
from playwright.sync_api import expect

from cases.reviews.models import Review
from cases.reviews.option_rows import options_of
from tests.reviews import world
from tests.reviews.test_browser import come

__all__ = ["come"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.full]


def test_points_and_options_are_added_and_saved_while_typing(come, live_server):
    page = come("joanne", viewport={"width": 1280, "height": 900})
    page.goto(live_server.url + world.taken(pages=3).get_absolute_url())
    page.get_by_text("4. What each option asks and gives").click()
    first = page.locator("[data-option]").first
    first.get_by_label("Option", exact=True).fill("Watching")
    lines = first.locator("[data-line]")
    lines.nth(0).get_by_label("Point", exact=True).last.fill("It spares the operation.")
    lines.nth(0).get_by_label("Page", exact=True).fill("2")
    first.get_by_role("button", name="Add a point").click()
    page.keyboard.type("Tests every six months.")
    lines.nth(3).get_by_label("What it says").select_option("against")
    page.get_by_role("button", name="Add an option").click()
    page.keyboard.type("Operation")
    page.locator("[data-option]").nth(1).locator("textarea").first.fill("One step.")
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    page.wait_for_timeout(2500)
    watching, operation = options_of(Review.objects.get())
    assert [(point.kind, point.text, point.page) for point in watching.points] == [
        ("for", "It spares the operation.", 2),
        ("against", "Tests every six months.", None),
    ]
    assert (operation.name, operation.points[0].text) == ("Operation", "One step.")
    assert page.errors == []
    lines.nth(0).get_by_role("link", name="Show the page of: Point").click()
    expect(page.locator("[data-where]")).to_have_text("Page 2 of 3")


def test_a_point_found_on_a_page_leads_to_it_as_soon_as_it_is_named(come, live_server):
    page = come("joanne", viewport={"width": 1280, "height": 900})
    page.goto(live_server.url + world.taken(pages=3).get_absolute_url())
    goal = page.locator("#part-checklist-goal")
    expect(goal.locator("[data-jump]")).to_be_hidden()
    goal.get_by_label("Page", exact=True).fill("3")
    goal.get_by_role("link", name="Show").click()
    expect(page.locator("[data-where]")).to_have_text("Page 3 of 3")
