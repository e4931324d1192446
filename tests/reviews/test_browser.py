"""The consultant's way through a plan in a real browser: by keyboard, without scripts, with the line cut."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cases.reviews.models import Review, Summary
from tests import people
from tests.reviews import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def come(browser, live_server):
    """`come("joanne")` is a page on which this person is signed in; `errors` collects what the console says."""
    contexts = []

    def come(key, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        cookies = people.browser(people.person(key)).cookies.items()
        context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies])
        page = context.new_page()
        page.errors = []
        page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
        page.set_default_timeout(20_000)
        return page

    yield come
    for context in contexts:
        context.close()


def press_to(page, name, role="button"):
    """Tab until the focus stands on this control: whoever has no mouse must be able to reach it."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    expect(wanted).to_be_visible()
    page.wait_for_load_state()  # until then a script of the page may still move the focus
    for _press in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return wanted
    raise AssertionError(f"{name} cannot be reached with Tab")


@pytest.mark.full
def test_by_keyboard_from_the_queue_to_the_patients_hands(come, live_server):
    world.waiting()
    page = come("joanne")
    page.goto(live_server.url + reverse("reviews:queue"))
    press_to(page, "Take and read Rosa Delgado")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How the plan begins")).to_be_visible()
    press_to(page, "Open the plan", "link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your review")).to_be_visible()
    press_to(page, "What the plan says", "textbox")
    page.keyboard.type("A daily tablet: For five years. (page 2)")
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    for _point in range(12):
        press_to_next_page_field(page)
        page.keyboard.type("1")
    press_to(page, "Preview and share")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Preview as Rosa")).to_be_visible()
    press_to(page, "I explained and helped to weigh; I did not replace a doctor’s opinion.", "checkbox")
    page.keyboard.press("Space")
    press_to(page, "Share with Rosa")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Shared with Rosa.")).to_be_visible()
    assert Summary.objects.get().frozen["steps"][0]["text"] == "For five years."
    assert page.errors == []


def press_to_next_page_field(page):
    for _press in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("/-page$/.test(document.activeElement.name || '')"):
            return
    raise AssertionError("no further page field can be reached")


@pytest.mark.full
def test_without_scripts_the_same_way_is_open(come, live_server):
    world.waiting()
    page = come("joanne", java_script_enabled=False)
    page.goto(live_server.url + reverse("reviews:queue"))
    page.get_by_role("button", name="Take and read").click()
    page.get_by_role("link", name="Open the plan").first.click()
    page.get_by_label("What the plan says").fill("A daily tablet: For five years. (page 2)")
    with page.context.expect_page() as other:
        page.get_by_role("link", name="Next page").click()
    expect(other.value).to_have_url(re.compile("page=2#page-2$"))
    expect(page.get_by_label("What the plan says")).to_have_value(re.compile("^A daily tablet"))
    for field in page.locator("#part-checklist input[name$='-page']").all():
        field.fill("1")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.get_by_role("button", name="Preview and share").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Share with Rosa").click()
    expect(page.get_by_text("Shared with Rosa.")).to_be_visible()
    patient = come("rosa", java_script_enabled=False)
    patient.goto(live_server.url + reverse("reviews:summary", args=[Review.objects.get().case_id]))
    expect(patient.get_by_text("For five years.")).to_be_visible()
    part = patient.get_by_role("region", name="What your doctor suggests")
    part.get_by_text("I have a question").click()
    part.get_by_label("Your question").fill("Which tablet?")
    part.get_by_role("button", name="Send").click()
    expect(patient.get_by_text("Your question is with Joanne.").first).to_be_visible()


@pytest.mark.full
def test_two_tabs_show_both_texts_and_the_person_chooses(come, live_server):
    review = world.taken()
    page = come("joanne")
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(live_server.url + review.get_absolute_url())
    page.get_by_label("What the plan says").fill("Words of the first tab")
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    other.get_by_label("What the plan says").fill("Words of the second tab")
    expect(other.locator("#other-plain")).to_contain_text("Words of the first tab")
    expect(other.get_by_label("What the plan says")).to_have_value("Words of the second tab")
    other.get_by_role("button", name="Save my words instead").click()
    expect(other.get_by_text(re.compile("Draft saved")).first).to_be_visible()
    assert Review.objects.get().texts["plain"] == "Words of the second tab"


@pytest.mark.full
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_accessible(come, live_server, axe, width):
    review = world.shared().review
    addresses = [
        ("joanne", reverse("reviews:queue")),
        ("joanne", review.get_absolute_url()),
        ("joanne", reverse("reviews:preview", args=[review.pk])),
        ("joanne", reverse("reviews:withdraw", args=[review.summaries.get().pk])),
        ("rosa", reverse("reviews:summary", args=[review.case_id])),
    ]
    for key, address in addresses:
        page = come(key, viewport={"width": width, "height": 900}, reduced_motion="reduce")
        page.goto(live_server.url + address)
        assert axe(page) == [], address
        assert page.errors == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address


def test_keys_go_from_plan_to_plan_and_rest_while_somebody_types(come, live_server):
    review, page = world.taken(), come("joanne")
    brief = live_server.url + reverse("reviews:brief", args=[review.pk])
    page.goto(live_server.url + reverse("reviews:queue"))
    page.keyboard.press("n")
    expect(page.locator("[data-row]")).to_be_focused()
    page.goto(brief)
    page.keyboard.press("o")
    page.locator("#id_plain").focus()
    page.keyboard.press("b")
    expect(page.locator("#id_plain")).to_have_value("b")
    page.get_by_role("heading", name="Rosa Delgado").click()
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Good to know")).to_be_visible()
    page.get_by_text("Keys on this page").click()
    page.get_by_label("Use these keys").uncheck()
    page.keyboard.press("q")
    page.reload()
    expect(page.get_by_role("heading", name="Good to know")).to_be_visible()
    assert page.url == brief
