"""The viewer in a real browser: scrolled, turned, enlarged, looked through, by keyboard and without script."""

import os

import pytest
from playwright.sync_api import Page, expect

from cases.documents.models import Version
from portal.history.models import Event
from tests import plan_files
from tests.documents.files import checked
from tests.documents.test_browser import be

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_at(site, page, case):
    """`open_at(pages, "?page=3")`: Rosa at a file of so many pages; `errors` has what the console says."""
    page.errors = []
    page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)

    def open_at(pages: int, query: str = "") -> Page:
        version = checked(case, "Treatment plan, Dr. Keller.pdf", plan_files.pdf(pages=pages))
        be(page, site, "rosa")
        page.goto(f"{site}/documents/{version.document_id}/{query}")
        expect(page.locator(".rs-viewer--all")).to_be_visible()
        return page

    return open_at


def here(page: Page, words: str) -> None:
    """The bar names this page, and it is the one in view."""
    expect(page.locator("[data-where]")).to_have_text(words)
    expect(page.locator(f"#page-{words.split()[1]}")).to_be_in_viewport()


@pytest.mark.full
def test_pages_follow_each_other_and_far_ones_are_let_go(open_at):
    page = open_at(12)
    expect(page.locator("#page-2 .rs-scan__picture")).to_be_attached()
    assert page.locator("#page-12 .rs-scan__picture").count() == 0
    page.locator("[data-pages]").evaluate("pages => { pages.scrollTop = pages.scrollHeight; }")
    here(page, "Page 12 of 12")
    expect(page.locator("#page-12 .rs-scan__picture")).to_be_attached()
    expect(page.locator("#page-2 .rs-scan__picture")).to_have_count(0)
    expect(page.locator('.rs-rail [aria-current="page"]')).to_have_text("Page 12")
    assert "page=12" in page.url
    assert page.errors == []
    version = Version.objects.get()
    assert Event.objects.filter(verb="document.opened", about_id=str(version.pk)).count() == 1


@pytest.mark.full
def test_keys_turn_enlarge_and_leaf_only_inside_the_viewer(open_at):
    page = open_at(3)
    pages = page.locator("[data-pages]")
    pages.focus()
    page.keyboard.press("ArrowRight")
    here(page, "Page 2 of 3")
    page.keyboard.press("End")
    here(page, "Page 3 of 3")
    page.keyboard.press("Home")
    here(page, "Page 1 of 3")
    page.keyboard.press("+")
    expect(page.get_by_text("125%")).to_be_visible()
    page.keyboard.press("0")
    expect(page.get_by_text("100%")).to_be_visible()
    page.keyboard.press("r")
    expect(pages).to_have_attribute("data-turn", "90")
    expect(page.locator("#page-1 .rs-scan__space")).to_have_attribute("viewBox", "0 0 1320 1020")
    field = page.get_by_label("Find in this document").first
    field.fill("")
    field.press_sequentially("r+-0")
    expect(field).to_have_value("r+-0")
    expect(pages).to_have_attribute("data-turn", "90")
    field.blur()
    page.keyboard.press("r")
    expect(pages).to_have_attribute("data-turn", "90")


@pytest.mark.full
def test_words_are_found_marked_and_stay_out_of_addresses(open_at):
    page = open_at(4)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("searchbox").fill("Page 3: SURGERY")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("#found")).to_contain_text("1 place")
    here(page, "Page 3 of 4")
    expect(page.locator("#page-3 .rs-scan__hit")).to_have_count(1)
    hit = page.locator("#page-3 .rs-scan__hit").bounding_box()
    line = page.locator("#page-3 text", has_text="Page 3").bounding_box()
    assert abs(hit["x"] - line["x"]) < 12
    assert abs(hit["y"] + hit["height"] / 2 - line["y"] - line["height"] / 2) < 8
    assert not [url for url in [page.url, *asked] if "urgery" in url.lower()]
    page.get_by_role("link", name="Stop looking").click()
    expect(page.locator("#page-3 .rs-scan__hit")).to_have_count(0)
    expect(page.locator("#page-3 .rs-scan__picture")).to_be_attached()


@pytest.mark.full
def test_words_are_selected_where_they_stand_and_copied_line_by_line(open_at):
    page = open_at(2)
    line = page.locator("#page-1 text", has_text="December 15")
    line.dblclick()
    assert page.evaluate("String(getSelection())").strip()
    words, picture = line.bounding_box(), page.locator("#page-1 .rs-scan__picture").bounding_box()
    assert picture["x"] < words["x"]
    assert words["x"] + words["width"] < picture["x"] + picture["width"]
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#page-1 .rs-scan__words'))")
    copied = page.evaluate("String(getSelection())")
    assert [line.strip() for line in copied.splitlines() if line.strip()] == page.locator(
        "#page-1 .rs-scan__words text"
    ).all_text_contents()


@pytest.mark.full
def test_without_script_every_control_is_a_link_or_a_form(site, browser, case):
    version = checked(case, "plan.pdf", plan_files.pdf(pages=3))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/documents/{version.document_id}/")
    page.get_by_role("link", name="Next page").click()
    here(page, "Page 2 of 3")
    page.get_by_role("link", name="Larger").click()
    expect(page.get_by_text("125%")).to_be_visible()
    page.get_by_role("link", name="Turn").click()
    box = page.locator("#page-2 .rs-scan").bounding_box()
    assert box["width"] > box["height"]
    page.locator(".rs-rail").get_by_role("link", name="Page 1").click()
    here(page, "Page 1 of 3")
    expect(page.get_by_text("125%")).to_be_visible()
    page.get_by_role("searchbox").fill("page 3")
    page.get_by_role("button", name="Find in this document").click()
    here(page, "Page 3 of 3")
    expect(page.locator(".rs-scan__hit")).to_have_count(1)
    context.close()


@pytest.mark.full
def test_viewer_has_no_barriers(open_at, axe):
    page = open_at(30, "?page=14")
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("searchbox").fill("surgery")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("#found")).to_contain_text("30 places")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            assert axe(page) == []
            if shots := os.environ.get("SHOTS"):
                page.screenshot(path=f"{shots}/viewer-{theme}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
