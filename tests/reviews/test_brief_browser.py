"""The brief is one screen: what is needed before the text stands on it without scrolling."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from bookings.models import Consultation
from cases.case.actions import change_case
from cases.case.models import Case
from cases.opinions.questions import actions as questions
from cases.opinions.questions import targets
from portal import clock
from tests.journeys.conftest import come as come
from tests.reviews import world
from tests.reviews.world import by

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]
ASKED = ("Must I stay overnight?", "How long can I take to decide?", "Can I work while I am treated?")


def test_questions_hope_start_and_what_is_new_stand_on_one_screen(come, site, tmp_path):
    review = world.taken()
    call = Consultation.objects.get()
    for words in ASKED:
        asked = questions.add(review.case, text=words, target=targets.key_of(call), by=by("rosa"))
        questions.order(asked, "top", by=by("rosa"))
    case = Case.objects.select_related("patient").get(pk=review.case_id)
    change_case(case, treatment_on=clock.today(case.patient.zone) + dt.timedelta(days=40), by=by("rosa"))
    page = come("joanne")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site}/staff/reviews/{review.pk}/brief/")
    expect(page.get_by_role("heading", name="What Rosa asks")).to_be_visible()
    page.screenshot(path=tmp_path / "brief.png")
    for words in (*ASKED, *world.HOPE.splitlines(), "Treatment is planned to start", "Words of page 1"):
        expect(page.get_by_text(words)).to_be_in_viewport(ratio=1)
    for part in ("asks", "start", "new"):
        box = page.locator(f"section[aria-labelledby={part}]").bounding_box()
        assert box["y"] + box["height"] <= 800, part
    assert page.said == []
