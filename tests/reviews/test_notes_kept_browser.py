"""Words in the forms of notes, in a real browser: another note that is saved, and a page that is loaded again."""

import pytest
from playwright.sync_api import expect

from cases.reviews.models import Note
from cases.reviews.notes.actions import add_note
from tests.reviews import world
from tests.reviews.test_browser import come

__all__ = ["come"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.full]


def test_saving_a_note_leaves_the_words_of_another_and_a_reload_brings_them_back(come, live_server):
    review = world.taken(pages=3)
    for words in ("First", "Second"):
        add_note(review, page=1, words=words, by=world.by("joanne"))
    page = come("joanne", viewport={"width": 390, "height": 800})
    page.goto(live_server.url + review.get_absolute_url())
    first, second, new = page.locator("#note-1"), page.locator("#note-2"), page.locator("#new-note")
    for row, words in ((first, "First, half-way"), (second, "Second anew")):
        row.locator("summary").click()
        row.get_by_label("Note").fill(words)
    new.get_by_label("Note").fill("A third, half-way")
    second.get_by_role("button", name="Save the note").click()
    expect(second.locator(".rs-lines-kept")).to_have_text("Second anew")
    expect(first.get_by_label("Note")).to_have_value("First, half-way")
    expect(new.get_by_label("Note")).to_have_value("A third, half-way")
    expect(first.locator("[data-saved]")).to_contain_text("Draft saved")
    expect(new.locator("[data-saved]")).to_contain_text("Draft saved")
    page.reload()
    expect(first.get_by_label("Note")).to_have_value("First, half-way")
    expect(new.get_by_label("Note")).to_have_value("A third, half-way")
    new.get_by_role("button", name="Add the note").click()
    expect(page.locator("#note-3 .rs-lines-kept")).to_have_text("A third, half-way")
    expect(new.get_by_label("Note")).to_have_value("")
    expect(first.get_by_label("Note")).to_have_value("First, half-way")
    assert [note.text for note in Note.objects.order_by("number")] == ["First", "Second anew", "A third, half-way"]
