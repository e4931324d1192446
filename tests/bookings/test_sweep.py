"""The sweep over many days answers as judging start by start does, in a small part of the time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bench.bookings import bare_loop, quickest
from bookings import slots
from bookings.slots import Asked, Calendar, Extra, Off, Span, Taken, Talk, Terms, Why

NOW = datetime(2026, 10, 20, 13, 10, tzinfo=UTC)
WEEK = [Span(day, time(9, 15), time(12)) for day in range(6)] + [Span(day, time(12), time(17)) for day in range(5)]


LATER = date(2026, 12, 7)
WEEK += [Span(1, time(17), time(20), from_on=LATER), Span(2, time(18), time(19), until_on=LATER - timedelta(days=20))]


def busy_year(zone, **terms):
    calls = [NOW + timedelta(days=3 * number, hours=number % 9) for number in range(40)]
    return Calendar(
        ZoneInfo(zone),
        spans=WEEK,
        off=[
            Off(date(2026, 11, 3), date(2026, 11, 4)),
            Off(date(2026, 10, 22), date(2027, 1, 1), time(9), time(10), 7),
        ],
        extra=[Extra(date(2026, 11, 8), time(0), time(4)), Extra(date(2026, 11, 10), time(16), time(19))],
        taken=[Taken(at, at + timedelta(minutes=70), at.day % 2 == 0) for at in calls],
        closed=frozenset({date(2026, 12, 25)}),
        terms=Terms(horizon_days=120, **terms),
    )


@pytest.mark.parametrize("zone", ["America/Toronto", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago"])
@pytest.mark.parametrize("terms", [{}, {"daily_cap": 1}, {"notice_hours": 0, "rest_minutes": 0}])
@pytest.mark.parametrize("talk", [Talk(30), Talk(60, 60, 2), Talk(45, 15)])
def test_it_says_what_judging_each_start_says(zone, terms, talk):
    calendar = busy_year(zone, **terms)
    own = [Taken(NOW + timedelta(days=5, hours=2), NOW + timedelta(days=5, hours=3), True)]
    asked = Asked(talk, NOW, frozenset({date(2026, 10, 26)}), own_calls=own)
    today = NOW.astimezone(calendar.zone).date()
    one_by_one = slots.judged(calendar, asked, today, today + timedelta(days=120))
    assert slots.free_starts(calendar, asked) == [start for start, why in one_by_one if why is Why.FREE]


def test_it_takes_little_more_than_making_the_moments():
    """The bench says at most 3 times as long; here ten times as wide, for a machine that is busy."""
    calendar = Calendar(ZoneInfo("America/Toronto"), spans=WEEK, terms=Terms(horizon_days=30))
    asked = Asked(Talk(30), NOW)
    took = min(quickest(lambda: slots.free_starts(calendar, asked), 3) for _ in range(5))
    bare = min(quickest(lambda: bare_loop(calendar, asked), 3) for _ in range(5))
    assert took <= 30 * bare
