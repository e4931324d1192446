"""The calendar of a week says on which days nobody books, and why: away, off, closed."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from bookings import availability_actions
from bookings.away.actions import say_away
from cases.records.actions import cancel_visit
from cases.records.models import Visit
from portal import clock
from portal.actors import Actor
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
THANKSGIVING_WEEK = "?week=2026-11-23"


@pytest.fixture
def hers(practice, joanne):
    return practice, Actor.person(joanne)


def shown(who="joanne", query=""):
    answer = people.browser(people.person(who)).get(reverse("bookings:calendar") + query)
    text = " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())
    grid, _part, listed = text.partition('id="agenda"')
    return grid, listed


def test_days_away_off_and_closed_are_said_in_both(hers):
    practice, joanne = hers
    monday, friday = date(2026, 11, 23), date(2026, 11, 27)
    say_away(practice.consultant, from_on=monday, until_on=monday, stands_in=people.person("amir"), by=joanne)
    availability_actions.add_time_off(practice, from_on=friday, until_on=friday, why="<b>Teeth</b>", by=joanne)
    part = {"from_time": time(13), "until_time": time(15), "every_weeks": 1}
    availability_actions.add_time_off(
        practice, from_on=date(2026, 11, 17), until_on=date(2026, 12, 8), **part, by=joanne
    )
    for seen in shown(query=THANKSGIVING_WEEK):
        assert seen.count("Away<") == 1
        assert seen.count("Off<") == 1
        assert seen.count("Off from 1:00 pm to 3:00 pm<") == 1
        assert seen.count("Closed<") == 1  # Thanksgiving
    listed = shown(query=THANKSGIVING_WEEK)[1]
    assert "Amir Haddad stands in." in listed
    assert "&lt;b&gt;Teeth&lt;/b&gt;" in listed
    order = [listed.index(word) for word in ("Away<", "Off from", "Closed<", "Off<")]
    assert order == sorted(order)


def test_an_own_region_closes_its_own_days(hers):
    practice, _joanne = hers
    practice.region = "CA-ON"
    practice.save(update_fields=["region"])
    assert "Closed<" not in shown(query=THANKSGIVING_WEEK)[1]
    assert "Closed<" in shown(query="?week=2026-12-21")[1]


def test_another_consultants_days_are_not_hers(hers):
    practice, joanne = hers
    amir = people.person("amir")
    factories.open_hours(amir)
    day = date(2026, 11, 24)
    availability_actions.add_time_off(practice, from_on=day, until_on=day, by=joanne)
    assert "Off<" not in shown("amir", THANKSGIVING_WEEK)[1]


def test_a_week_with_nothing_says_so():
    assert "Nothing in this week." in shown(query="?week=2026-11-16")[1]


@pytest.fixture
def with_visit(practice):
    """Rosa's visit is in ten days at 2:30 pm, and Joanne has a place in her case."""
    case = factories.case_with_visit(days=10)
    factories.book(case, service="first_talk")
    return case, f"?week={clock.today(practice.zone) + timedelta(days=10)}"


def test_second_visits_of_her_patients_stand_in_both(with_visit):
    case, query = with_visit
    for seen in shown(query=query):
        assert f"2:30 pm, {case.patient.name}" in seen
        assert "Second visit, Dr. Raman" in seen
        assert reverse("records:visit", args=[case.pk]) in seen
    assert people.browser(people.person("joanne")).get(reverse("records:visit", args=[case.pk])).status_code == 200
    assert "Dr. Raman" not in "".join(shown())


def test_a_visit_is_shown_on_her_own_wall_and_without_a_time_by_its_day(with_visit, practice):
    case, query = with_visit
    Visit.objects.filter(case=case).update(time_zone="America/Los_Angeles")
    assert f"5:30 pm, {case.patient.name}" in shown(query=query)[1]
    Visit.objects.filter(case=case).update(at_time=None)
    grid, listed = shown(query=query)
    assert "Second visit, Dr. Raman" not in grid
    assert "Second visit, Dr. Raman" in listed


def test_another_consultant_sees_no_visit_of_a_case_without_a_place_in_it(with_visit):
    case, query = with_visit
    factories.open_hours(people.person("amir"))
    assert case.patient.name not in "".join(shown("amir", query))


def test_a_visit_that_was_called_off_is_gone(with_visit):
    case, query = with_visit
    cancel_visit(Visit.objects.get(case=case), by=Actor.person(case.patient))
    assert "Dr. Raman" not in "".join(shown(query=query))
