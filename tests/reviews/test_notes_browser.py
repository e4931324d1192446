"""Notes on pages in a real browser: pointed at with a mouse, a finger, by keys; on turned pages; without scripts."""

import re

import pytest
from playwright.sync_api import expect

from cases.reviews.models import Note
from tests.reviews import world
from tests.reviews.test_browser import come

__all__ = ["come"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.full]


@pytest.fixture
def opened(come, live_server):
    """`opened(…)` is the plan's page as its reader has it open."""

    def opened(**options):
        page = come("joanne", **options)
        page.goto(live_server.url + world.taken(pages=3).get_absolute_url())
        return page

    return opened


def at(page, number, x, y):
    """The point of the window where this place (in parts of one) of a page is seen."""
    box = page.locator(f"#page-{number} .rs-scan").bounding_box()
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def say(page, words):
    expect(page.locator("[data-note] [name=words]")).to_be_focused()
    page.keyboard.type(words)
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("#note-1")).to_contain_text(words)
    return Note.objects.get()


def test_a_click_puts_the_note_where_it_was_and_the_mark_leads_to_it(opened):
    page = opened(viewport={"width": 1280, "height": 900})
    page.get_by_role("link", name="Note on this page").click()
    page.mouse.click(*at(page, 1, 0.4, 0.3))
    page.locator("[data-note]").get_by_label("Belongs to").select_option(label="Tests still needed")
    page.locator("[data-note] [name=words]").focus()
    note = say(page, "Not tested yet")
    assert (note.page, note.part, note.key) == (1, "checklist", "tests")
    assert abs(note.x - 400) <= 3
    assert abs(note.y - 300) <= 3
    mark = page.locator("#page-1 .rs-scan__pin")
    expect(mark).to_have_attribute("aria-label", "Note 1")
    box = mark.locator("circle").last.bounding_box()
    seen = at(page, 1, 0.4, 0.3)
    assert abs(box["x"] + box["width"] / 2 - seen[0]) < 3
    assert abs(box["y"] + box["height"] / 2 - seen[1]) < 3
    mark.click()
    expect(page).to_have_url(re.compile("#note-1$"))
    expect(page.locator("#linked-checklist-tests")).to_contain_text("Linked to note 1")
    assert page.errors == []


@pytest.mark.parametrize(("turns", "seen"), [(1, (0.7, 0.4)), (2, (0.6, 0.7)), (3, (0.3, 0.6))])
def test_on_a_turned_page_the_note_is_where_it_was_seen(opened, turns, seen):
    page = opened(viewport={"width": 1280, "height": 900})
    for _turn in range(turns):
        page.get_by_role("link", name="Turn the page to the right").click()
    page.get_by_role("link", name="Note on this page").click()
    page.mouse.click(*at(page, 1, *seen))
    note = say(page, "On its side")
    assert abs(note.x - 400) <= 3
    assert abs(note.y - 300) <= 3
    box = page.locator("#page-1 .rs-scan__pin circle").last.bounding_box()
    where = at(page, 1, *seen)
    assert abs(box["x"] + box["width"] / 2 - where[0]) < 3
    assert abs(box["y"] + box["height"] / 2 - where[1]) < 3


def test_a_tap_on_a_phone(opened):
    page = opened(viewport={"width": 390, "height": 844}, has_touch=True)
    page.get_by_role("link", name="Note on this page").tap()
    page.touchscreen.tap(*at(page, 1, 0.5, 0.2))
    note = say(page, "Tapped")
    assert abs(note.x - 500) <= 4
    assert abs(note.y - 200) <= 4
    assert page.errors == []


def test_by_keys_the_mark_moves_and_is_set(opened):
    page = opened(viewport={"width": 1280, "height": 900})
    page.locator("[data-pages]").focus()
    page.keyboard.press("n")
    said = page.locator("[data-pointed]")
    expect(said).to_contain_text("Page 1, 50% from the left")
    for key in ("ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect(said).to_contain_text("44% from the left")
    page.keyboard.press("Escape")
    expect(page.locator(".rs-scan__pins--new")).to_have_count(0)
    page.keyboard.press("n")
    page.keyboard.press("PageDown")
    for _press in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Pinned on page 2.")
    note = say(page, "By keys")
    assert (note.page, note.x) == (2, 530)
    assert page.errors == []


def test_a_place_in_words_holds_instead_of_the_point(opened):
    page = opened(viewport={"width": 1280, "height": 900})
    page.get_by_role("button", name="Point to the place on the page").click()
    page.mouse.click(*at(page, 1, 0.4, 0.3))
    form = page.locator("[data-note]")
    form.get_by_label("Where on it").select_option("bottom")
    form.get_by_label("Page", exact=True).fill("2")
    form.get_by_label("Note", exact=True).focus()
    note = say(page, "In words")
    assert (note.page, note.x, note.y) == (2, 950, 900)


def test_without_scripts_a_note_is_placed_and_found_again(opened):
    page = opened(java_script_enabled=False)
    form = page.locator("#new-note")
    form.get_by_label("Page", exact=True).fill("2")
    form.get_by_label("Where on it").select_option("middle")
    form.get_by_label("Note", exact=True).fill("No script")
    form.get_by_label("Belongs to").select_option("plain")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("#linked-plain")).to_contain_text("Linked to note 1")
    expect(page.locator("#page-2 .rs-scan__pin")).to_have_attribute("href", "#note-1")
    page.locator("#note-1").get_by_text("Change").click()
    page.locator("#note-1").get_by_role("button", name="Remove note 1").click()
    expect(page.locator("#note-1")).to_have_count(0)
