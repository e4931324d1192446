"""The way back once ten minutes have passed: the team's, with a reason that stands in the history."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.records import actions, rules
from cases.records.forms import TakeBackForm
from cases.records.models import Referral, ReportLoop, Visit
from portal.history import words
from portal.history.models import Event
from tests import people
from tests.records.builders import actor, booked_visit, item, on_november_5
from tests.records.reading import page, text

pytestmark = pytest.mark.django_db
WORDS = "Take the last change back"


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def theo():
    return people.browser(people.person("theo"))


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


def an_hour_later(traveller):
    traveller.shift(timedelta(hours=1))


def test_each_reason_has_its_words():
    assert {code for code, _label in TakeBackForm().fields["why"].choices if code} == set(rules.UNDO_WHYS)
    assert all(words.why(code) != code for code in rules.UNDO_WHYS)


def test_a_record_s_last_word_is_taken_back_by_one_of_us_who_says_why(rosa, theo, november_5):
    visit = booked_visit()
    actions.tell(item(visit), "asked", by=actor("rosa"))
    an_hour_later(november_5)
    assert WORDS not in text(rosa.get(page("list", visit.case)))
    assert WORDS in text(theo.get(page("list", visit.case)))
    address = page("tell", item(visit), "undo")
    answer = theo.post(address)
    assert (answer.status_code, item(visit).state) == (422, "asked")
    assert "Choose why it is taken back" in text(answer)
    theo.post(address, {"why": "by_mistake"})
    assert item(visit).state == "needed"
    assert Event.objects.get(verb="item.undone").why == "by_mistake"


def test_what_nobody_moved_offers_no_way_back(theo):
    assert WORDS not in text(theo.get(page("list", booked_visit().case)))


def test_a_referral_too_with_its_letter(theo, november_5):
    visit = booked_visit()
    actions.move_referral(visit.case, "sent", by=actor("rosa"))
    an_hour_later(november_5)
    assert WORDS in text(theo.get(page("referral", visit.case)))
    theo.post(page("move_referral", visit.case, "undo"), {"why": "other_thing"})
    assert (Referral.objects.get().state, item(visit, "referral_letter").state) == ("needed", "needed")


def test_a_visit_s_day(theo, november_5):
    visit = booked_visit()
    an_hour_later(november_5)
    shown = text(theo.get(page("visit", visit.case)))
    assert WORDS in shown
    assert page("move_visit", visit, "undo") in shown
    theo.post(page("move_visit", visit, "undo"), {"why": "by_mistake"})
    assert Visit.objects.get().state == "planned"


def test_a_visit_called_off(theo, november_5):
    visit = booked_visit()
    actions.cancel_visit(visit, by=actor("rosa"))
    an_hour_later(november_5)
    shown = text(theo.get(page("visit", visit.case)))
    assert page("move_visit", visit, "undo") in shown
    theo.post(page("move_visit", visit, "undo"), {"why": "patient_differs"})
    assert Visit.objects.get().state == "booked"


def test_a_report_s_word(theo, november_5):
    visit = booked_visit()
    november_5.move_to("2026-11-25T15:00:00Z")
    actions.say_took_place(visit, by=actor("rosa"))
    actions.tell_report(ReportLoop.objects.get(), "asked", by=actor("rosa"))
    an_hour_later(november_5)
    assert WORDS in text(theo.get(page("report", visit.case)))
    theo.post(reverse("records:tell_report", args=[visit.case.pk, "undo"]), {"why": "office_differs", "round": "2"})
    assert ReportLoop.objects.get().state == "not_asked"
