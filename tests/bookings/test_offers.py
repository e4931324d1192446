"""Which free times are shown first. No database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.offers import by_day, month_weeks, nearest, suggested

ZONE = ZoneInfo("America/New_York")


def starts(*days, hours=(9, 10, 11, 14)):
    return [datetime(2026, 11, day, hour, tzinfo=ZONE).astimezone(UTC) for day in days for hour in hours]


def shown(times):
    return [time.astimezone(ZONE).strftime("%d %H") for time in times]


def test_three_suggestions_on_three_days_at_three_times_of_day():
    assert shown(suggested(starts(12, 13, 16, 17, 18), ZONE)) == ["12 10", "16 14", "18 09"]


def test_all_suggestions_come_before_the_day_of_the_visit():
    assert shown(suggested(starts(17, 18, 24, 25), ZONE, before=date(2026, 11, 24))) == [
        "17 09",
        "17 10",
        "18 14",
    ]


def test_no_suggestion_when_every_time_is_after_the_visit():
    assert suggested(starts(25, 30), ZONE, before=date(2026, 11, 24)) == []


def test_fewer_free_times_than_three_are_all_suggested():
    assert len(suggested(starts(12, hours=(9, 10)), ZONE)) == 2
    assert suggested([], ZONE) == []


def test_suggestions_stay_near_the_first_free_day():
    assert suggested(starts(*range(1, 29)), ZONE)[-1] < datetime(2026, 11, 8, tzinfo=UTC)


def test_times_are_grouped_by_the_readers_day():
    late = datetime(2026, 11, 13, 3, tzinfo=UTC)
    assert list(by_day([late], ZONE)) == [date(2026, 11, 12)]
    assert list(by_day([late], ZoneInfo("Asia/Kolkata"))) == [date(2026, 11, 13)]


def test_nearest_are_the_closest_on_either_side_in_order():
    wanted = datetime(2026, 11, 13, 10, tzinfo=ZONE).astimezone(UTC)
    free = [time for time in starts(12, 13, 16) if time != wanted]
    assert shown(nearest(free, wanted)) == ["13 09", "13 11", "13 14"]


def test_weeks_are_whole_and_begin_on_monday():
    weeks = month_weeks(date(2026, 11, 11), date(2026, 11, 30))
    assert weeks[0][0] == date(2026, 11, 9)
    assert weeks[-1][-1] == date(2026, 12, 6)
    assert all(len(week) == 7 and week[1] - week[0] == timedelta(days=1) for week in weeks)
