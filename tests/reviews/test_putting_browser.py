"""Own sentences in a real browser: put in at the cursor and saved like typing; the reading level follows."""

import uuid

import pytest
from playwright.sync_api import expect

from cases.reviews.models import Review, Section
from cases.reviews.option_rows import options_of
from cases.reviews.sentences import actions
from tests.portal.test_reading_grade import HARD
from tests.reviews import world
from tests.reviews.test_browser import come
from tests.reviews.world import by

__all__ = ["come"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.full]


def own(part: str, title: str, text: str) -> None:
    actions.add(part=part, title=title, text=text, pk=uuid.uuid4(), by=by("joanne"))


def put(page, code: str, title: str) -> None:
    mine = page.locator(f"[data-mine={code}]")
    if mine.get_attribute("open") is None:
        mine.locator("summary").click()
    mine.get_by_label("Sentence").select_option(label=title)
    mine.get_by_role("button", name="Put it in").click()


def said(code: str) -> str:
    return Section.objects.get(code=code).body


def test_at_the_cursor_into_the_field_that_was_left_and_saved_like_typing(come, live_server):
    own("plain", "Time", "Take your time.")
    own("summary", "Ask", "Ask us again.")
    own("against", "Away", "It takes you far from home.")
    page = come("joanne", viewport={"width": 1280, "height": 900})
    page.goto(live_server.url + world.taken().get_absolute_url())
    plain = page.get_by_label("What the plan says")
    plain.fill("First line.\nLast line.")
    plain.evaluate("(field) => field.setSelectionRange(11, 11)")
    put(page, "plain", "Time")
    expect(plain).to_have_value("First line.\nTake your time.\nLast line.")
    expect(plain).to_be_focused()
    page.get_by_label("What is the second area on my MRI?").click()
    put(page, "answers", "Ask")
    page.get_by_text("4. What each option asks and gives").click()
    put(page, "options", "Against an option: Away")
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    page.wait_for_timeout(2500)
    assert said("plain") == "First line.\nTake your time.\nLast line."
    assert '"What is the second area on my MRI?": "Ask us again."' in said("answers")
    (option,) = options_of(Review.objects.get())
    assert [(point.kind, point.text) for point in option.points] == [("against", "It takes you far from home.")]
    assert page.errors == []


def test_what_is_marked_stays_and_a_line_in_two_is_still_two(come, live_server):
    own("questions", "Pause", "Can it be paused?")
    own("missing", "Cost", "Nothing on cost.\nNothing on who pays.")
    page = come("joanne", viewport={"width": 390, "height": 844})
    page.goto(live_server.url + world.taken().get_absolute_url())
    questions = page.get_by_label("Questions to raise", exact=True)
    questions.fill("Why now?How long?")
    questions.evaluate("(field) => field.setSelectionRange(0, 8)")
    put(page, "questions", "Pause")
    expect(questions).to_have_value("Why now?\nCan it be paused?\nHow long?")
    page.locator("[data-mine=checklist] summary").click()
    page.locator("[data-mine=checklist]").get_by_label("Where it goes").select_option(label="Cost")
    put(page, "checklist", "Cost")
    note = page.locator("#part-checklist-cost").get_by_label("What it says, or doesn’t")
    expect(note).to_have_value("Nothing on cost. Nothing on who pays.")
    expect(note).to_be_focused()


def test_it_overwrites_nobody_and_says_so(come, live_server):
    own("plain", "Time", "Take your time.")
    review = world.taken()
    page = come("joanne", viewport={"width": 1280, "height": 900})
    page.goto(live_server.url + review.get_absolute_url())
    world.write(review, plain="Saved in another window. (page 1)")
    put(page, "plain", "Time")
    expect(page.locator("#other-plain")).to_contain_text("Saved in another window.")
    assert said("plain") == "Saved in another window. (page 1)"
    expect(page.get_by_label("What the plan says")).to_have_value("Take your time.")


def test_choosing_saves_nothing_and_enter_in_a_field_puts_nothing_in(come, live_server):
    own("plain", "Time", "Take your time.")
    page = come("joanne", viewport={"width": 1280, "height": 900})
    page.goto(live_server.url + world.taken().get_absolute_url())
    page.locator("[data-mine=plain] summary").click()
    page.locator("[data-mine=plain]").get_by_label("Sentence").select_option(label="Time")
    page.wait_for_timeout(1000)
    assert not Section.objects.exists()
    page.locator("#part-checklist-goal").get_by_label("Page", exact=True).press("Enter")
    page.wait_for_load_state()
    assert "/preview/" not in page.url
    assert not Section.objects.filter(code="plain").exists()


def test_the_reading_level_follows_what_is_typed(come, live_server):
    page = come("joanne", viewport={"width": 390, "height": 844})
    page.goto(live_server.url + world.taken().get_absolute_url())
    expect(page.locator("#grade-plain")).to_be_hidden()
    page.get_by_label("What the plan says").fill(HARD)
    expect(page.locator("#grade-plain")).to_have_text(
        "Reads like a text for college. Shorter sentences help a tired reader."
    )
