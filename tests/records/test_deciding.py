"""What a page says about a day and about waiting: which record decides, and what happens without a word."""

from datetime import date

import pytest

from cases.records import actions
from tests import people
from tests.records.builders import actor, booked_visit, item, named_visit, on_november_5
from tests.records.test_views import page, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


def test_the_referral_says_what_happens_next_and_offers_to_ask_for_her(rosa):
    visit = booked_visit()
    actions.move_referral(visit.case, "asked", on=date(2026, 11, 3), by=actor("rosa"))
    shown = text(rosa.get(page("referral", visit.case)))
    assert "What happens next" in shown
    assert "If you hear nothing by Tuesday, November 10, ask again. We remind you." in shown
    assert page("ask_about_referral", visit.case) in shown


def test_the_record_that_decides_is_named(rosa):
    visit = named_visit()
    actions.tell(item(visit, "pathology_report"), "arrived", by=actor("rosa"))
    actions.tell(item(visit, "imaging_reports"), "arrived", by=actor("rosa"))
    shown = text(rosa.get(page("visit", visit.case) + "?day=2026-11-16&day=2026-11-24&look=2026-11-24"))
    assert "A slow office could miss it. This hangs on: Treatment plan and Referral letter." in shown
    assert "The last to be there: Referral letter." in shown


def test_without_a_core_record_nothing_has_to_be_there(rosa):
    visit = named_visit()
    for each in visit.items.filter(is_core=True):
        actions.set_core(each, False, by=actor("rosa"))
    assert "Nothing has to be there on the day." in text(
        rosa.get(page("visit", visit.case) + "?day=2026-11-24&look=2026-11-24")
    )
