"""An office's page on paper and in an old browser: black on white, nothing to press, all words, few sheets.

Without our style sheets and scripts each form can still be read, filled and sent.
"""

import datetime as dt
import io

import pypdfium2
import pytest
import time_machine
from playwright.sync_api import expect

from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.records import actions as records
from cases.records.models import ReportLoop
from tests.desk.letter_builders import signed_visit
from tests.desk.packets import file_of
from tests.pdf_letters import words_of
from tests.records.builders import NOVEMBER_5, actor, item, offices_named
from tests.records.report_builders import DAY_AFTER

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]

EVENING = "2026-11-24T22:00:00Z"  # of the visit's day
SHEET = {"format": "Letter", "print_background": True}
PALE = """() => [...document.querySelectorAll("body *")].filter(each => each.checkVisibility())
    .filter(each => [...each.childNodes].some(one => one.nodeType === 3 && one.data.trim()))
    .filter(each => getComputedStyle(each).color !== "rgb(0, 0, 0)"
        || !["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(getComputedStyle(each).backgroundColor))
    .map(each => each.outerHTML)"""
PRESSED = "button, nav, summary, input[type=file], .rs-btn, .rs-skip, .rs-back"


@pytest.fixture(autouse=True)
def traveller(transactional_db):
    with time_machine.travel(NOVEMBER_5, tick=True) as traveller:
        yield traveller


@pytest.fixture
def visit(traveller):
    visit = signed_visit()
    file_of(visit)
    records.tell(item(visit, "slides"), "asked", by=actor("theo"))
    return visit


def holder(visit, traveller):
    return link_for(visit, item(visit).holder, by=actor("theo"))


def second(visit, traveller):
    records.tell(item(visit), "sent", by=actor("theo"))
    traveller.move_to(EVENING)
    return link_for(visit, visit.office, by=actor("theo"))


def primary(visit, traveller):
    traveller.move_to(DAY_AFTER)
    records.say_took_place(visit, by=actor("rosa"))
    [elm] = offices_named("Elm Street")
    return link_for(visit, elm, by=actor("theo"))


def open_page(page, site, link):
    page.goto(f"{site}/o/")
    page.get_by_label("12-letter code").fill(codes.paper_code(link))
    page.get_by_label("Patient’s birth date").fill("5 2 1961")
    page.get_by_role("button", name="Open the page").click()
    expect(page.get_by_text("Rather not type?")).to_be_visible()


@pytest.mark.parametrize(
    ("office", "sheets", "words"),
    [
        (holder, 2, ["Rosa Delgado asks for", "Pathology report", "We sent it", "We can’t find it", "Release, signed"]),
        (second, 1, ["Download the records", "We have everything and can read it", "Something is missing",
                     "Which one is missing", "The visit took place", "We sent it to Dr. Abara"]),
        (primary, 1, ["do you have the report?", "Yes, straight from Northfield", "Not yet", "Your name and role"]),
    ],
    ids=["holder", "second", "primary"],
)  # fmt: skip
def test_on_paper(office, sheets, words, visit, traveller, browser, site, tmp_path):
    link = office(visit, traveller)
    page = browser.new_context(color_scheme="dark", viewport={"width": 816, "height": 1056}).new_page()
    open_page(page, site, link)
    page.emulate_media(media="print")
    assert page.locator(PRESSED).evaluate_all("all => all.filter(each => each.checkVisibility()).length") == 0
    assert page.evaluate(PALE) == []
    page.set_viewport_size({"width": 725, "height": 1056})  # a sheet without its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 725
    content = page.pdf(**SHEET)
    page.context.close()
    (tmp_path / "page.pdf").write_bytes(content)
    reference = f"Reference {visit.case.reference}"
    read = " ".join(words_of(content).split())
    assert [
        each for each in ["Fax the answer strip to", reference, "write “not ours”", *words] if each not in read
    ] == []
    assert len(pypdfium2.PdfDocument(io.BytesIO(content))) <= sheets


@pytest.fixture
def old(browser, site):
    """A browser that knows none of our style sheets and scripts."""
    context = browser.new_context(java_script_enabled=False)
    context.route("**/*.css", lambda route: route.fulfill(body="", content_type="text/css"))
    yield context.new_page()
    context.close()


def test_holder_answers_in_an_old_browser(old, visit, traveller, site):
    open_page(old, site, holder(visit, traveller))
    card = old.get_by_role("listitem").filter(has=old.get_by_role("heading", name="Pathology report"))
    widest = old.locator("svg").evaluate_all("all => Math.max(...all.map(each => each.clientWidth))")
    assert widest <= 120
    card.get_by_label("We sent it").check()
    card.get_by_label("How: fax").fill("fax")
    card.get_by_role("button", name="Send this answer").click()
    expect(old.get_by_text("Sent on November 5.")).to_be_visible()


def test_second_office_answers_in_an_old_browser(old, visit, traveller, site):
    open_page(old, site, second(visit, traveller))
    old.get_by_label("We have everything and can read it").check()
    old.get_by_label("Your name and role").fill("Dana Ruiz, front desk")
    old.get_by_role("button", name="Confirm").click()
    expect(old.get_by_text("You have everything and can read it.")).to_be_visible()
    old.get_by_role("button", name="The visit took place").click()
    expect(old.get_by_role("button", name="The visit took place")).to_have_count(0)
    old.get_by_role("button", name="We sent it to Dr. Abara").click()
    expect(old.get_by_text("You told us that it went straight to the primary doctor.")).to_be_visible()


def test_primary_office_answers_in_an_old_browser(old, visit, traveller, site):
    open_page(old, site, primary(visit, traveller))
    old.get_by_role("button", name="Yes, straight from Northfield").click()
    expect(old.get_by_text("Thank you. This is done.")).to_be_visible()
    old.get_by_label("On which day did it come?").fill("2026-11-24")
    old.get_by_role("button", name="Save that day").click()
    expect(old.get_by_text("since November 24")).to_be_visible()
    assert ReportLoop.objects.get().received_on == dt.date(2026, 11, 24)
