"""Why a day is empty for a reader whose day is another one than the consultant's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings import picker
from bookings.slots import Asked, Calendar, Off, Span, Taken, Talk, Terms, Why
from tests import people

TORONTO, TOKYO, VANCOUVER = ZoneInfo("America/Toronto"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Vancouver")
NOW = datetime(2026, 11, 9, 14, tzinfo=UTC)
MONDAY = date(2026, 11, 16)  # from 10 am on Sunday to 10 am on Monday in Toronto
WEEK = [Span(day, time(10), time(17)) for day in range(5)]


def why(day, zone=TOKYO, **calendar):
    asked = Asked(talk=Talk(30), now=NOW)
    return picker.why_nothing(Calendar(zone=TORONTO, spans=WEEK, **calendar), asked, day, zone)


def test_the_consultants_free_day_of_the_same_date_is_no_reason():
    assert why(MONDAY) is Why.NO_HOURS


def test_nor_is_their_full_or_taken_one():
    begins = datetime(2026, 11, 16, 15, tzinfo=UTC)
    taken = [Taken(begins, begins + timedelta(hours=7), True)]
    assert why(MONDAY, taken=taken) is Why.NO_HOURS
    assert why(MONDAY, taken=taken, terms=Terms(daily_cap=1)) is Why.NO_HOURS


def test_closed_or_away_is_said_where_all_of_the_day_is():
    days = frozenset({MONDAY, MONDAY - timedelta(days=1)})
    assert why(MONDAY, closed=days) is Why.CLOSED
    assert why(MONDAY, closed=frozenset({MONDAY})) is Why.NO_HOURS
    assert why(MONDAY + timedelta(days=1), off=[Off(MONDAY, MONDAY)]) is Why.OFF  # Toronto's Monday, from 10 am


def test_beyond_the_horizon_and_over_it_says_so():
    assert why(MONDAY + timedelta(days=13 * 7 + 1)) is Why.HORIZON
    assert why(MONDAY + timedelta(days=13 * 7)) is Why.NO_HOURS
    assert why(date(2026, 11, 4)) is Why.PAST


@pytest.mark.parametrize(("day", "said"), [(MONDAY, Why.FREE), (MONDAY - timedelta(days=1), Why.NO_HOURS)])
def test_near_home_it_is_as_before(day, said):
    assert why(day, VANCOUVER) is said
    assert why(day, TORONTO) is said


@pytest.mark.django_db
@pytest.mark.parametrize("whom", ["joanne", "anyone"])
def test_the_page_says_it_in_words(case, practice, amirs, rosa, whom):
    rosa.time_zone = "Pacific/Auckland"
    rosa.save(update_fields=["time_zone"])
    wish = {"service": "first_talk", "day": MONDAY.isoformat()}
    wish["with"] = "anyone" if whom == "anyone" else str(practice.pk)
    page = " ".join(people.browser(rosa).get(reverse("bookings:pick", args=[case.pk]), wish).text.split())
    assert "November 16 has no times: " + ("nobody has hours" if whom == "anyone" else "Joanne has no hours") in page
