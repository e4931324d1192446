"""Words typed while the line is cut, in a real browser: kept, said, saved later; and for nobody else to read."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from cases.case.actions import end_assignment
from cases.reviews import actions
from cases.reviews.models import Review
from cases.reviews.option_rows import options_of
from tests import factories, people
from tests.reviews import world
from tests.reviews.test_browser import come

__all__ = ["come"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.full]

WORDS = "Typed while the line was cut"
STORED = "Object.keys(sessionStorage).filter((key) => key.startsWith('unsaved:')).map((key) => sessionStorage[key])"


@pytest.fixture
def opened(come, live_server):
    page = come("joanne", viewport={"width": 1280, "height": 900})
    page.goto(live_server.url + world.taken(pages=3).get_absolute_url())
    return page


def expect_stored(page, count):
    """So many reviews have words kept in this tab, in the end. The rules of the page let no script watch for it."""
    for _look in range(100):
        if len(page.evaluate(STORED)) == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(STORED))


def cut(page):
    page.context.set_offline(True)
    page.get_by_label("What the plan says").fill(WORDS)
    expect(page.locator("#saved")).to_contain_text("Not saved yet: no connection. Your words stay on this page")
    expect_stored(page, 1)


def expect_saved(page):
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    expect_stored(page, 0)


def texts():
    return Review.objects.get().texts


def test_a_cut_line_keeps_the_words_and_saves_them_when_it_is_back(opened):
    cut(opened)
    opened.context.set_offline(False)
    expect_saved(opened)
    assert texts()["plain"] == WORDS


def test_what_is_kept_in_the_tab_cannot_be_read(opened):
    cut(opened)
    (sealed,) = opened.evaluate(STORED)
    assert not re.search("Typed|while|cut", opened.evaluate("(text) => atob(text)", sealed))


def come_back_anew(page):
    """The page is loaded again before it could save by itself that the line is back."""
    page.route("**/save/", lambda route: route.abort())
    page.context.set_offline(False)
    page.reload(wait_until="commit")
    page.unroute("**/save/")


def test_also_after_the_page_is_loaded_again(opened):
    option = opened.locator("[data-option]").first
    opened.get_by_text("4. What each option asks and gives").click()
    cut(opened)
    opened.locator("#part-checklist-cost").get_by_label("Not found").check()
    option.get_by_label("Option", exact=True).fill("Watching")
    option.get_by_role("button", name="Add a point").click()
    opened.keyboard.type("A fourth point")
    opened.locator("[name=answer-1]").fill("It was not tested.")
    opened.wait_for_timeout(800)
    come_back_anew(opened)
    expect_saved(opened)
    expect(opened.get_by_label("What the plan says")).to_have_value(WORDS)
    review = Review.objects.get()
    assert texts()["plain"] == WORDS
    assert "It was not tested." in texts()["answers"]
    assert [option.points[0].text for option in options_of(review)] == ["A fourth point"]
    assert list(review.findings.values_list("point", "page")) == [("cost", None)]


def test_what_somebody_saved_meanwhile_is_not_overwritten(opened):
    cut(opened)
    world.write(Review.objects.get(), plain="Saved in another window")
    come_back_anew(opened)
    expect(opened.locator("#other-plain")).to_contain_text("Saved in another window")
    expect(opened.get_by_label("What the plan says")).to_have_value(WORDS)
    opened.get_by_role("link", name="Take the saved words").click()
    expect(opened.get_by_label("What the plan says")).to_have_value("Saved in another window")
    assert texts()["plain"] == "Saved in another window"
    assert opened.evaluate(STORED) == []


def test_signing_out_leaves_nothing_behind(opened, live_server):
    cut(opened)
    opened.context.set_offline(False)
    opened.route("**/save/", lambda route: route.abort())
    opened.goto(live_server.url + reverse("account_logout"))
    assert len(opened.evaluate(STORED)) == 1
    opened.get_by_role("button", name="Sign out").last.click()
    opened.wait_for_load_state()
    assert opened.evaluate(STORED) == []


def test_another_person_in_the_tab_is_given_no_key_to_it(opened, live_server):
    review = Review.objects.get()
    cut(opened)
    factories.assign(review.case, people.person("amir"))
    Review.objects.update(reader=people.person("amir"))
    opened.context.set_offline(False)
    opened.route("**/save/", lambda route: route.abort())
    opened.context.clear_cookies()
    cookies = people.browser(people.person("amir")).cookies.items()
    opened.context.add_cookies([{"name": name, "value": each.value, "url": live_server.url} for name, each in cookies])
    opened.goto(live_server.url + review.get_absolute_url())
    expect_stored(opened, 0)
    expect(opened.get_by_label("What the plan says")).to_have_value("")
    assert not texts()


def test_leaving_before_the_pause_in_typing_is_over_saves(opened):
    opened.get_by_label("What the plan says").fill(WORDS)
    opened.get_by_role("link", name="Queue").click()
    expect(opened.get_by_role("heading", level=1)).to_be_visible()
    opened.wait_for_timeout(1500)
    assert texts()["plain"] == WORDS


@pytest.mark.parametrize("reads", [True, False])
def test_reading_and_scrolling_are_told_to_the_server_and_nothing_else_is(come, live_server, reads):
    page = come("joanne", viewport={"width": 1280, "height": 900})
    page.clock.install()
    page.goto(live_server.url + world.taken(pages=3).get_absolute_url())
    page.wait_for_load_state("networkidle")
    told = []
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/account/stay/") else None)
    page.clock.run_for(130_000)
    page.wait_for_timeout(300)
    told.clear()
    for _minute in range(6):
        if reads:
            page.locator("[data-pages]").hover()
            page.mouse.wheel(0, 120)
            page.wait_for_timeout(200)
        page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert len(told) in ((2, 3) if reads else (0,))


def type_more(page, words):
    page.get_by_label("What the plan says").fill(words)


def nothing_nests(page):
    assert page.locator("#saved").count() == 1
    assert page.locator("#saved :is(h1, h2, form, header)").count() == 0
    expect(page.get_by_label("What the plan says")).to_have_value(WORDS)


def test_signed_out_meanwhile_says_so_and_saves_after_a_sign_in_elsewhere(opened, live_server):
    opened.wait_for_load_state("networkidle")
    Session.objects.all().delete()
    type_more(opened, WORDS)
    expect(opened.locator("#saved")).to_contain_text("Not saved: you were signed out.")
    expect(opened.locator("#saved").get_by_role("link", name="Sign in")).to_have_attribute("target", "_blank")
    nothing_nests(opened)
    cookies = people.browser(people.person("joanne")).cookies.items()
    opened.context.add_cookies([{"name": name, "value": each.value, "url": live_server.url} for name, each in cookies])
    opened.evaluate("window.dispatchEvent(new Event('focus'))")
    expect_saved(opened)
    assert texts()["plain"] == WORDS


def test_a_plan_that_went_on_is_told_beside_the_fields(opened):
    end_assignment(Review.objects.get().case, people.person("joanne"), by=world.by("theo"))
    type_more(opened, WORDS)
    expect(opened.locator("#saved")).to_contain_text("This plan is not with you any more. Not saved.")
    nothing_nests(opened)
    expect_stored(opened, 1)
    assert not texts()


def test_a_plan_handed_back_in_another_tab_is_told_beside_the_fields(opened):
    actions.hand_back(Review.objects.get(), by=world.by("joanne"))
    type_more(opened, WORDS)
    expect(opened.locator("#saved")).to_contain_text("Not saved. Your words stay in their fields.")
    expect(opened.locator("#saved").get_by_role("link")).to_have_attribute("target", "_blank")
    nothing_nests(opened)


@pytest.mark.parametrize("width", [390, 1280])
def test_why_it_was_not_saved_stays_in_view_far_down_the_page(opened, axe, width):
    opened.set_viewport_size({"width": width, "height": 800})
    end_assignment(Review.objects.get().case, people.person("joanne"), by=world.by("theo"))
    opened.get_by_text("5. Private notes for the team").click()
    opened.locator("[name=private]").fill("Far down")
    expect(opened.locator("#saved")).to_contain_text("Not saved.")
    expect(opened.locator("#saved use")).to_have_attribute("href", re.compile("#alert$"))
    expect(opened.locator("#saved")).to_be_in_viewport()
    assert axe(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_server_in_trouble_is_no_lost_line_and_is_asked_again(opened):
    opened.route("**/save/", lambda route: route.fulfill(status=503, body="<html><h1>Away</h1></html>"))
    type_more(opened, WORDS)
    expect(opened.locator("#saved")).to_contain_text("something went wrong on our side")
    nothing_nests(opened)
    opened.unroute("**/save/")
    opened.evaluate("window.dispatchEvent(new Event('online'))")
    expect_saved(opened)
