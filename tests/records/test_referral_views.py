"""What a person sees and can do on the page of the referral."""

from datetime import date

import pytest

from cases.records.models import Referral
from tests import people
from tests.records.builders import booked_visit, case_of_rosa, item, on_november_5
from tests.records.reading import main, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def rosa():
    return people.browser(people.person("rosa"))


def test_referral_is_asked_for_before_any_visit_has_a_doctor(rosa):
    case = case_of_rosa()
    assert "A letter to ask with" in text(rosa.get(page("referral", case)))
    rosa.post(page("move_referral", case, "asked"))
    referral = Referral.objects.get()
    assert (referral.state, referral.asked_on, referral.known_by) == ("asked", date(2026, 11, 5), "patient")


def test_referral_and_its_letter_move_together(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "sent"))
    assert item(visit, "referral_letter").state == "sent"
    rosa.post(page("move_referral", visit.case, "undo"))
    assert item(visit, "referral_letter").state == "needed"
    assert Referral.objects.get().state == "needed"


def test_a_refused_referral_shows_ways_on(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "refused"))
    shown = text(rosa.get(page("referral", visit.case)))
    assert "They said no. Here are ways on" in shown
    assert "who does not work with the first one" in shown


def test_not_needed_takes_the_letter_off_the_list(rosa):
    visit = booked_visit()
    rosa.post(page("move_referral", visit.case, "not_needed"))
    assert item(visit, "referral_letter").state == "not_wanted"


def test_the_same_move_twice_is_a_conflict_in_words(rosa):
    case = case_of_rosa()
    rosa.post(page("move_referral", case, "asked"))
    assert rosa.post(page("move_referral", case, "asked")).status_code == 409


def test_both_doctors_in_one_office_get_a_gentle_line(rosa):
    case = case_of_rosa()
    rosa.post(page("name_doctor", case), {"doctor": "Dr. Sato", "office": "Lakeside"})
    assert "Dr. Sato works at Lakeside like Dr. Keller." in text(rosa.get(page("referral", case)))


def test_the_letter_holds_no_diagnosis(rosa):
    case = case_of_rosa()
    assert "cancer" not in main(rosa.get(page("referral", case)))
