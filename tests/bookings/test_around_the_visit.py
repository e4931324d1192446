"""Times are suggested before the visit to come, those about both opinions after it; a past visit asks for nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import availability, picker
from bookings.models import Service
from cases.records import actions as records
from portal import clock
from portal.actors import Actor
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


@pytest.fixture
def visited(monday):
    """A case whose second visit is in ten days."""
    return factories.case_with_visit(days=10)


def offer(case, practice, code):
    return picker.Offer(
        case=case, practice=practice, service=Service.objects.get(code=code), now=clock.now(), zone=case.patient.zone
    )


def days(found):
    return [start.astimezone(found.zone).date() for start in found.three()]


def shown(case, **wish):
    answer = people.browser(case.patient).get(reverse("bookings:pick", args=[case.pk]), wish)
    return " ".join(answer.content.decode().split())


def test_a_plan_is_talked_about_before_the_visit_both_opinions_after_it(visited, practice):
    on = availability.visit_on(visited)
    assert max(days(offer(visited, practice, "plan"))) < on
    found = offer(visited, practice, "after_second")
    assert len(days(found)) == 3
    assert min(days(found)) > on
    assert {each["hint"] for each in found.suggestions()} == {""}
    page = shown(visited, service="after_second", **{"with": "anyone"})
    assert "before your visit" not in page
    assert "before your second visit" not in page


def test_both_opinions_can_be_talked_about_before_the_visit_where_that_is_said(visited, practice):
    practice.horizon_days = 7
    practice.save(update_fields=["horizon_days"])
    hints = {each["hint"] for each in offer(visited, practice, "after_second").suggestions()}
    assert hints == {"Not after your visit"}
    assert "Nothing is free" not in shown(visited, service="after_second", **{"with": str(practice.pk)})


def test_a_third_visit_keeps_the_talk_about_two_opinions_from_no_day(visited, practice, monday):
    by = Actor.person(visited.patient)
    visit = visited.visits.get()
    monday.shift(timedelta(days=11))
    records.say_took_place(visit, by=by)
    third = records.begin_round(visited, round=3, by=by)
    on = clock.today(visited.patient.zone) + timedelta(days=20)
    records.set_visit_date(third, on=on, by=by)
    assert availability.visit_on(visited) == on
    assert min(days(offer(visited, practice, "after_second"))) < on
    assert max(days(offer(visited, practice, "plan"))) < on


@pytest.mark.parametrize(("passed", "is_known"), [(0, True), (1, False), (9, False)])
def test_a_visit_whose_day_is_over_asks_for_nothing_though_nobody_said_that_it_took_place(
    visited, practice, monday, passed, is_known
):
    monday.shift(timedelta(days=10 + passed))
    assert availability.visit_on(visited) is not None
    found = offer(visited, practice, "plan")
    assert (found.visit_on is not None) is is_known
    page = shown(visited, service="plan", **{"with": str(practice.pk)})
    assert ("Nothing is free before your visit on" in page) is is_known
    assert ("After your visit" in page) is is_known


def test_the_day_of_the_visit_is_over_by_the_readers_clock(visited, practice, monday):
    monday.shift(timedelta(days=10, hours=18))  # 3 am of the day after in Toronto
    assert offer(visited, practice, "plan").visit_on is None
    visited.patient.time_zone = "Pacific/Honolulu"
    assert offer(visited, practice, "plan").visit_on is not None
