"""The calendar of a week says on which days nobody books, and why: away, off, closed."""

from datetime import date, time

import pytest
from django.urls import reverse

from bookings import availability_actions
from bookings.away.actions import say_away
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
