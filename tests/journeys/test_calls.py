"""A coordinator logs a call in three presses, on a phone and by keyboard."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cases.case.models import CallLog, ToDo
from portal.actors import Actor
from portal.pages import actions
from tests import factories
from tests.journeys.hands import Keyboard, Mouse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

LOG = 'a[href*="/call/?todo="]'


@pytest.mark.parametrize(
    ("width", "hands"), [(390, Mouse), pytest.param(1280, Keyboard, marks=pytest.mark.full)], ids=["phone", "keyboard"]
)
def test_a_call_is_logged_in_three_presses(width, hands, come, site, axe):
    case = factories.case_with_visit(days=40)
    actions.ask_for_a_call(case, suits="morning", note="After my walk", by=Actor.person(case.patient))
    ToDo.objects.update(due_on="2026-01-02")
    page = come("theo", width=width)
    hand = hands(page)
    page.goto(site + reverse("pages:caseload"))
    hand.sees("Suits: Mornings. After my walk")
    hand.press_first(LOG)
    expect(page.get_by_role("heading", level=1)).to_have_text("What came of the call?")
    assert axe(page) == []
    hand.press("link", "We talked")
    expect(page.get_by_role("heading", level=1)).to_have_text("What follows?")
    assert axe(page) == []
    hand.press("button", "Done, nothing more to do")
    hand.sees("Written down.")
    expect(page.locator(LOG)).to_have_count(0)
    assert CallLog.objects.get().came_of == "reached"
    assert not ToDo.objects.open().filter(kind="call").exists()
    assert page.said == []
