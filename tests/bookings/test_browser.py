"""Booking in a real browser: by keyboard, without script, on a phone and wide, clean by axe."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from bookings.models import Consultation
from cases.threads import actions as threads
from portal import clock
from portal.actors import Actor
from tests import factories, people
from tests.bookings.conftest import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOP = ".rs-brand, .rs-bell, .rs-account > summary"
WIDTHS = [390, pytest.param(1280, marks=pytest.mark.full)]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=True) as clock_hand:
        yield clock_hand


@pytest.fixture
def practice(transactional_db):
    practice = factories.open_hours(people.person("joanne"))
    practice.profession = "a nurse with 18 years in cancer care"
    practice.save()
    return practice


@pytest.fixture
def case(practice):
    return factories.open_case(people.person("rosa"))


def be(page: Page, site: str, key: str) -> None:
    cookie = people.browser(people.person(key)).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])


def has_no_sideways_scroll(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def book(page: Page) -> None:
    page.get_by_label("I understand this call does not replace").check()
    page.get_by_label("My consultant may read").check()
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("heading", name="You’re booked, Rosa")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_from_a_day_in_the_month_to_a_booked_call(site, page, case, width, axe):
    be(page, site, "rosa")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/cases/{case.pk}/consultation/")
    page.get_by_label("Phone call").check()
    page.get_by_role("link", name="Tuesday, November 17").click()
    heading = page.get_by_role("heading", name="Tuesday, November 17")
    expect(heading).to_be_focused()
    expect(page.get_by_label("Phone call")).to_be_checked()
    assert axe(page) == []
    assert has_no_sideways_scroll(page)
    page.locator("#times").get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Check and book")).to_be_visible()
    assert axe(page) == []
    assert has_no_sideways_scroll(page)
    book(page)
    assert axe(page) == []
    assert has_no_sideways_scroll(page)
    assert Consultation.objects.get().how == "phone"


@pytest.mark.full
def test_typed_words_are_kept_while_typing(site, page, case):
    be(page, site, "rosa")
    kept = factories.hold(case)
    page.goto(f"{site}{kept.get_absolute_url()}")
    page.get_by_label("What would you most like").fill("What to ask about the smaller operation")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What would you most like")).to_have_value("What to ask about the smaller operation")


def press(page: Page, key: str, what: Locator) -> None:
    """Reach it as a keyboard does, from where the page begins, and press the key on it."""
    page.wait_for_load_state()  # until then a script of the page may still move the focus
    for _step in range(80):
        page.keyboard.press("Tab")
        if what.evaluate("it => it === document.activeElement"):
            page.keyboard.press(key)
            return
    raise AssertionError(f"no keyboard reaches {what}")


def test_booking_moving_and_canceling_by_keyboard_alone(site, page, case):
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/consultation/")
    press(page, "Enter", page.locator(".rs-pick").first)
    expect(page.get_by_role("heading", name="Check and book")).to_be_visible()
    for label in ("I understand this call does not replace", "My consultant may read"):
        press(page, "Space", page.get_by_label(label))
    press(page, "Enter", page.get_by_role("button", name="Book this time"))
    expect(page.get_by_role("heading", name="You’re booked, Rosa")).to_be_visible()
    press(page, "Enter", page.get_by_role("link", name="Change the time"))
    expect(page.get_by_role("heading", name="Pick another time")).to_be_visible()
    press(page, "Enter", page.locator(".rs-pick").last)
    press(page, "Enter", page.get_by_role("button", name="Move to this time"))
    expect(page.get_by_role("heading", name="Your call is moved, Rosa")).to_be_visible()
    press(page, "Enter", page.get_by_role("link", name="Cancel the call"))
    press(page, "Enter", page.get_by_role("button", name="Cancel the call"))
    expect(page.get_by_role("heading", name="This call is canceled")).to_be_visible()
    assert Consultation.objects.get().state == "cancelled"


@pytest.mark.parametrize("width", [320, 390])
def test_the_bell_and_who_is_signed_in_stand_on_one_line(site, page, case, width):
    threads.send(case, "Hello.", by=Actor.person(people.person("rosa")))
    be(page, site, "theo")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/staff/earlier-times/")
    page.locator(".rs-bell .rs-count").evaluate("it => { it.textContent = '12' }")
    middles = [box["y"] + box["height"] / 2 for box in map(Locator.bounding_box, page.locator(TOP).all())]
    assert len(middles) == 3
    assert max(middles) - min(middles) < 4
    assert has_no_sideways_scroll(page)


@pytest.mark.full
def test_booking_moving_and_canceling_without_script(site, browser, case):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/consultation/")
    page.get_by_role("link", name="Tuesday, November 17").click()
    page.locator("#times").get_by_role("button").first.click()
    book(page)
    page.get_by_role("link", name="Change the time").click()
    page.locator(".rs-pick").last.click()
    page.get_by_role("button", name="Move to this time").click()
    expect(page.get_by_role("heading", name="Your call is moved, Rosa")).to_be_visible()
    page.get_by_role("link", name="Cancel the call").click()
    page.get_by_role("button", name="Cancel the call").click()
    expect(page.get_by_role("heading", name="This call is canceled")).to_be_visible()
    context.close()


@pytest.mark.full
@pytest.mark.parametrize("width", WIDTHS)
def test_a_consultants_hours_and_calendar(site, page, practice, case, width, axe):
    factories.book(case)
    be(page, site, "joanne")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/staff/hours/")
    assert axe(page) == []
    assert has_no_sideways_scroll(page)
    page.get_by_role("button", name="Add hours Saturday").click()
    page.get_by_label("Saturday, from").last.fill("10:00")
    page.get_by_label("Saturday, until").last.fill("11:00")
    page.get_by_role("button", name="Save hours").last.click()
    expect(page.get_by_text("Hours saved")).to_be_visible()
    assert practice.hours.filter(weekday=5).count() == 1
    page.goto(f"{site}/staff/calendar/")
    expect(page.get_by_role("heading", name="This week as a list")).to_be_visible()
    assert axe(page) == []
    assert has_no_sideways_scroll(page)


def test_the_call_page_says_when_it_opens(site, page, case, practice, axe):
    practice.video_address = "https://video.example.org/{reference}"
    practice.save()
    booked = factories.book(case)
    be(page, site, "rosa")
    page.goto(f"{site}/consultations/{booked.pk}/call/")
    expect(page.get_by_text("The way in opens here")).to_be_visible()
    assert axe(page) == []
    assert booked.starts_at - clock.now() > timedelta(hours=24)
