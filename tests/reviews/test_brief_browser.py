"""The brief is one screen: what is needed before the text stands on it without scrolling."""

import datetime as dt
import json

import pytest
from playwright.sync_api import expect

from bookings.models import Consultation
from cases.case.actions import change_case
from cases.case.models import Case
from cases.documents.models import PageImage
from cases.opinions.questions import actions as questions
from cases.opinions.questions import targets
from portal import clock
from tests.journeys.conftest import come as come
from tests.reviews import world
from tests.reviews.world import by

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]
SHORT = ("Must I stay overnight?", "How long can I take to decide?", "Can I work while I am treated?")
LONG = (
    "My mother had the same treatment and was ill for a year: is what you suggest for me alike, or has it changed?",
    "The letter says the second area was not sampled, and nobody said whether it should be before the operation?",
    "If I wait until my daughter’s wedding in the spring, what would I lose, and who can tell me that in numbers?",
)
HOPE = (
    "I want to understand what the words on the second page mean, and which of them I have to decide about this month",
    "I would like my husband to hear it too, so that I don’t have to explain it alone at home when I am already tired",
    "I want to know what to ask Dr. Raman on the 24th, and what to leave out, because the visit is only half an hour",
)
START = ["Words of page 1", *["A line of the letter with more words than fit into a line of the page"] * 5]


def with_wishes(asked, hope=""):
    review = world.taken()
    call = Consultation.objects.select_related("case__key").get()
    if hope:
        first = PageImage.objects.select_related("version__case__key").get(version=review.version, number=1)
        first.text = json.dumps([[10, 20 * line, 500, 12, words] for line, words in enumerate(START, 1)])
        first.save(update_fields=["text"])
        call.hope = hope
        call.save(update_fields=["hope"])
    for words in asked:
        each = questions.add(review.case, text=words, target=targets.key_of(call), by=by("rosa"))
        questions.order(each, "top", by=by("rosa"))
    case = Case.objects.select_related("patient").get(pk=review.case_id)
    change_case(case, treatment_on=clock.today(case.patient.zone) + dt.timedelta(days=40), by=by("rosa"))
    return review


@pytest.mark.parametrize(("asked", "hope"), [(SHORT, ()), (LONG, HOPE)], ids=["short", "six long lines"])
def test_questions_hope_start_and_what_is_new_stand_on_one_screen(come, site, tmp_path, asked, hope):
    review = with_wishes(asked, "\n".join(hope))
    page = come("joanne")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site}/staff/reviews/{review.pk}/brief/")
    expect(page.get_by_role("heading", name="What Rosa asks")).to_be_visible()
    page.screenshot(path=tmp_path / "brief.png")
    for words in (*asked, *(hope or world.HOPE.splitlines()), "Treatment is planned to start", "Words of page 1"):
        expect(page.get_by_text(words)).to_be_in_viewport(ratio=1)
    for part in ("asks", "start", "new"):
        box = page.locator(f"section[aria-labelledby={part}]").bounding_box()
        assert box["y"] + box["height"] <= 800, part
    assert page.said == []


def test_on_a_phone_six_long_lines_and_a_long_word_stay_within_the_page(come, site, tmp_path):
    review = with_wishes(LONG, "\n".join((*HOPE[:2], "W" * 90)))
    page = come("joanne")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/staff/reviews/{review.pk}/brief/")
    expect(page.get_by_role("heading", name="What Rosa asks")).to_be_visible()
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in page.locator("main section").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert part.evaluate("part => part.scrollWidth <= part.clientWidth")
    assert page.said == []
