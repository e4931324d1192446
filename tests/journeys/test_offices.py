"""A coordinator calls an office that somebody typed in, and makes two entries of one office one."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cases.case import actions
from cases.case.models import Office, ToDo
from portal.actors import Actor
from tests import factories
from tests.case.offices import checked, typed_in
from tests.journeys.hands import Keyboard, Mouse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def entries() -> tuple[Office, Office]:
    """Millbrook twice: once as a patient typed it, once as the team knows it."""
    case = factories.open_case()
    known = checked("Millbrook Hospital", case, fee="$15 for slides")
    typed = typed_in("Millbrook Hosp. records", case)
    actions.set_clinician(case, "first", name="Dr. Reyes", office=typed, by=Actor.person(case.patient))
    return typed, known


@pytest.mark.full
@pytest.mark.parametrize(("width", "hands"), [(390, Mouse), (1280, Keyboard)], ids=["phone", "keyboard"])
def test_calling_an_office_from_the_board_then_merging_it(width, hands, come, site, axe):
    typed, known = entries()
    ToDo.objects.update(due_on="2026-01-02")
    page = come("theo", width=width)
    hand = hands(page)
    page.goto(site + reverse("pages:caseload"))
    hand.press_first('a:has-text("Open the office")')
    expect(page.get_by_role("heading", level=1)).to_have_text("Millbrook Hosp. records")
    hand.press("button", "I called the number: it is right")
    hand.sees("Checked. Everybody finds this office now.")
    expect(page.get_by_role("button", name="I called the number")).to_have_count(0)
    find_the_other(page, hand)
    assert axe(page) == []
    merge(page, hand)
    expect(page).to_have_url(re.compile(str(known.pk)))
    expect(page.get_by_text("Dr. Reyes")).to_be_visible()
    assert Office.objects.get(pk=typed.pk).merged_into == known
    assert page.said == []
    page.goto(site + typed.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("Millbrook Hospital")


def find_the_other(page, hand) -> None:
    hand.press("link", "All offices")
    hand.type("#id_find", "millbrook")
    hand.press("button", "Show")
    hand.press("link", "Millbrook Hosp. records")
    hand.press("link", "Merge it into another entry")
    hand.press("link", "Millbrook Hospital")
    hand.sees("$15 for slides")
    hand.sees("What only the entry that goes says is not shown any more.")
    expect(page.locator("#moves + ul")).to_have_text("1 doctor")


def merge(page, hand) -> None:
    hand.press("button", "Merge them")
    hand.sees("The two entries are one now.")


@pytest.mark.full
def test_the_same_without_script(come, site):
    typed, known = entries()
    page = come("theo", java_script_enabled=False)
    page.goto(site + typed.get_absolute_url())
    hand = Mouse(page)
    hand.press("button", "I called the number: it is right")
    hand.sees("Checked. Everybody finds this office now.")
    find_the_other(page, hand)
    merge(page, hand)
    expect(page.get_by_role("heading", level=1)).to_have_text("Millbrook Hospital")
    assert Office.objects.get(pk=typed.pk).merged_into == known
