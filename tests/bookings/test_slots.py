"""When a consultant is free: hours, clock changes, notice, reading days, rest. No database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.slots import (
    Asked,
    Calendar,
    Extra,
    Off,
    Span,
    Taken,
    Talk,
    Terms,
    Why,
    free_starts,
    instant,
    is_inside_hours,
    open_stretches,
    plan_due_on,
    why_none,
    why_not,
)

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 6, 15, tzinfo=UTC)  # Friday morning in New York
CLOSED = frozenset({date(2026, 11, 11), date(2026, 11, 26), date(2026, 11, 27)})
FIRST_TALK = Talk(minutes=30)
PLAN_TALK = Talk(minutes=60, preparation_minutes=60, reading_days=2)


def weekdays(from_time=time(9), until_time=time(12)):
    return [Span(day, from_time, until_time) for day in range(5)]


def calendar(zone=NEW_YORK, **changes):
    return Calendar(**{"zone": zone, "spans": weekdays(), "closed": CLOSED, **changes})


def asked(talk=FIRST_TALK, now=NOW, **changes):
    return Asked(talk=talk, now=now, **{"closed": CLOSED, **changes})


def walls(starts, zone=NEW_YORK):
    return [start.astimezone(zone).strftime("%H:%M") for start in starts]


def on(day, cal=None, question=None):
    return walls(free_starts(cal or calendar(), question or asked(), day, day), (cal or calendar()).zone)


def at(day, hour, minute=0, zone=NEW_YORK):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def test_a_short_talk_starts_every_half_hour_of_the_span():
    assert on(MONDAY) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


def test_starts_count_from_the_beginning_of_the_span():
    assert on(MONDAY, calendar(spans=[Span(0, time(9, 15), time(10, 15))])) == ["09:15", "09:45"]


def test_preparation_must_fit_inside_the_hours_before_the_talk():
    ready = asked(PLAN_TALK, ready_on=date(2026, 11, 2))
    assert on(MONDAY, question=ready) == ["10:00", "10:30", "11:00"]


def test_preparation_may_lie_in_a_span_that_touches():
    cal = calendar(spans=[Span(0, time(9), time(10)), Span(0, time(10), time(11))])
    assert on(MONDAY, cal, asked(PLAN_TALK, ready_on=date(2026, 11, 2))) == ["10:00"]


def test_preparation_does_not_jump_over_lunch():
    cal = calendar(spans=[Span(0, time(9), time(10)), Span(0, time(13), time(14))])
    assert on(MONDAY, cal, asked(PLAN_TALK, ready_on=date(2026, 11, 2))) == []


def test_a_call_keeps_its_rest_before_the_next():
    taken = [Taken(at(MONDAY, 9, 30), at(MONDAY, 10, 10), is_call=True)]
    assert on(MONDAY, calendar(taken=taken)) == ["10:30", "11:00", "11:30"]


def test_what_ends_when_the_next_begins_does_not_overlap():
    taken = [Taken(at(MONDAY, 9), at(MONDAY, 9, 30))]
    assert "09:30" in on(MONDAY, calendar(taken=taken))


def test_a_full_day_offers_nothing_more():
    taken = [Taken(at(MONDAY, 9), at(MONDAY, 9, 40), is_call=True)]
    cal = calendar(taken=taken, terms=Terms(daily_cap=1))
    assert on(MONDAY, cal) == []
    assert why_none(cal, asked(), MONDAY) is Why.FULL_DAY


def test_preparation_and_blocks_do_not_count_towards_the_cap():
    taken = [Taken(at(MONDAY, 9), at(MONDAY, 9, 30))]
    assert on(MONDAY, calendar(taken=taken, terms=Terms(daily_cap=1)))


def test_the_patients_own_call_elsewhere_is_in_the_way():
    own = [Taken(at(MONDAY, 10), at(MONDAY, 11), is_call=True)]
    question = asked(own_calls=own)
    assert on(MONDAY, question=question) == ["09:00", "09:30", "11:00", "11:30"]
    assert why_not(calendar(), question, at(MONDAY, 10)) is Why.OWN_CALL


# Notice and horizon


@pytest.mark.parametrize(("seconds", "why"), [(0, Why.FREE), (1, Why.NOTICE)])
def test_notice_is_24_elapsed_hours_to_the_second(seconds, why):
    start = at(MONDAY, 9)
    now = start - timedelta(hours=24) + timedelta(seconds=seconds)
    assert why_not(calendar(), asked(now=now), start) is why


def test_notice_over_the_night_of_a_clock_change_is_24_hours_not_a_day():
    cal = calendar(spans=[Span(6, time(9), time(12))])
    sunday = date(2026, 11, 1)  # the night has 25 hours
    now = datetime(2026, 10, 31, 9, 30, tzinfo=NEW_YORK).astimezone(UTC)
    assert on(sunday, cal, asked(now=now))[0] == "09:00"


def test_a_start_in_the_past_is_not_offered():
    assert why_not(calendar(), asked(), at(date(2026, 11, 2), 9)) is Why.PAST
    assert free_starts(calendar(), asked(), date(2026, 10, 1), date(2026, 11, 5)) == []


def test_the_horizon_is_90_calendar_days():
    last = NOW.astimezone(NEW_YORK).date() + timedelta(days=90)
    cal = calendar(spans=[Span(day, time(9), time(10)) for day in range(7)])
    assert free_starts(cal, asked())[-1].astimezone(NEW_YORK).date() == last
    assert why_not(cal, asked(), at(last + timedelta(days=1), 9)) is Why.HORIZON


# Reading days


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2026, 11, 17), date(2026, 11, 13)),  # over a weekend, the worked example
        (date(2026, 11, 12), date(2026, 11, 9)),  # over a closed day
        (date(2026, 11, 30), date(2026, 11, 24)),  # over two closed days and a weekend
    ],
)
def test_plan_is_due_two_business_days_before(start, due):
    assert plan_due_on(at(start, 10), NEW_YORK, PLAN_TALK, CLOSED) == due


def test_no_plan_is_due_for_a_service_that_reads_none():
    assert plan_due_on(at(MONDAY, 9), NEW_YORK, FIRST_TALK, CLOSED) is None


def test_without_a_plan_starts_leave_the_reading_days_from_today():
    first = free_starts(calendar(), asked(PLAN_TALK))[0].astimezone(NEW_YORK)
    assert first.date() == date(2026, 11, 10)
    assert why_none(calendar(), asked(PLAN_TALK), MONDAY) is Why.READING


def test_a_plan_put_in_on_saturday_is_read_from_monday():
    question = asked(PLAN_TALK, ready_on=date(2026, 11, 7))
    assert why_none(calendar(), question, date(2026, 11, 10)) is Why.READING
    assert on(date(2026, 11, 12), question=question)


# Closed days, time off, extra hours


def test_a_closed_day_has_no_times_and_says_so():
    assert on(date(2026, 11, 11)) == []
    assert why_none(calendar(), asked(), date(2026, 11, 11)) is Why.CLOSED


def test_a_day_off_has_no_times_and_says_so():
    cal = calendar(off=[Off(MONDAY, date(2026, 11, 10))])
    assert on(MONDAY, cal) == on(date(2026, 11, 10), cal) == []
    assert why_none(cal, asked(), MONDAY) is Why.OFF


def test_part_of_a_day_off_leaves_the_rest_on_the_same_grid():
    cal = calendar(off=[Off(MONDAY, MONDAY, time(9, 40), time(10, 20))])
    assert on(MONDAY, cal) == ["09:00", "10:30", "11:00", "11:30"]


def test_repeated_time_off_counts_from_its_first_day():
    cal = calendar(off=[Off(MONDAY, date(2026, 11, 30), every_days=14)])
    assert on(MONDAY, cal) == on(date(2026, 11, 23), cal) == []
    assert on(date(2026, 11, 16), cal)
    assert on(date(2026, 12, 7), cal)
    assert why_none(cal, asked(), MONDAY) is Why.OFF


def test_extra_hours_hold_on_a_day_off_and_on_a_closed_day():
    day = date(2026, 11, 11)
    cal = calendar(off=[Off(day, day)], extra=[Extra(day, time(14), time(15))])
    assert on(day, cal) == ["14:00", "14:30"]


def test_a_day_without_hours_says_so():
    assert why_none(calendar(), asked(), date(2026, 11, 8)) is Why.NO_HOURS


def test_a_time_off_the_grid_is_refused():
    assert why_not(calendar(), asked(), at(MONDAY, 9, 10)) is Why.NO_HOURS


def test_an_empty_week_offers_nothing():
    assert free_starts(calendar(spans=[]), asked()) == []


# Clock changes and odd zones


def test_hours_keep_their_wall_time_over_a_clock_change():
    cal = calendar(spans=[Span(day, time(9), time(10)) for day in range(7)])
    before, after = date(2026, 10, 31), date(2026, 11, 1)
    now = datetime(2026, 10, 20, tzinfo=UTC)
    starts = free_starts(cal, asked(now=now), before, after)
    assert walls(starts) == ["09:00", "09:30"] * 2
    assert [start.hour for start in starts] == [13, 13, 14, 14]


def test_a_missing_hour_has_no_starts_and_the_span_is_shorter():
    cal = calendar(spans=[Span(6, time(1), time(4))])
    day, now = date(2027, 3, 14), datetime(2027, 3, 1, tzinfo=UTC)
    assert on(day, cal, asked(now=now)) == ["01:00", "01:30", "03:00", "03:30"]
    (begins, ends), *none = open_stretches(cal, day)
    assert (ends - begins, none) == (timedelta(hours=2), [])


def test_a_doubled_hour_has_no_starts_but_counts_twice():
    cal = calendar(spans=[Span(6, time(0), time(3))])
    day, now = date(2026, 11, 1), datetime(2026, 10, 20, tzinfo=UTC)
    assert on(day, cal, asked(now=now)) == ["00:00", "00:30", "02:00", "02:30"]
    (begins, ends), *none = open_stretches(cal, day)
    assert (ends - begins, none) == (timedelta(hours=4), [])


def test_a_span_that_begins_inside_the_doubled_hour_opens_twice():
    cal = calendar(spans=[Span(6, time(1, 30), time(2))])
    assert len(open_stretches(cal, date(2026, 11, 1))) == 2


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Asia/Kolkata", date(2026, 11, 9), time(9), "2026-11-09T03:30"),
        ("America/St_Johns", date(2026, 11, 9), time(9), "2026-11-09T12:30"),
        ("Asia/Kathmandu", date(2026, 11, 9), time(9), "2026-11-09T03:15"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(9), "2026-04-04T22:30"),
        ("America/Vancouver", date(2026, 11, 9), time(9), "2026-11-09T16:00"),
        ("Pacific/Auckland", date(2026, 11, 9), time(9), "2026-11-08T20:00"),
    ],
)
def test_wall_time_becomes_the_right_instant(zone, day, wall, utc):
    assert instant(datetime.combine(day, wall), ZoneInfo(zone)) == datetime.fromisoformat(utc + "+00:00")


@pytest.mark.parametrize(
    ("zone", "wall_at"),
    [
        ("America/New_York", "2027-03-14T02:30"),  # skipped
        ("America/New_York", "2026-11-01T01:30"),  # doubled
        ("Australia/Lord_Howe", "2026-04-05T01:45"),  # doubled for half an hour
        ("Asia/Beirut", "2027-03-28T00:30"),  # midnight is skipped
        ("America/Santiago", "2026-04-04T23:30"),  # the last hour of the day comes twice
    ],
)
def test_a_skipped_or_doubled_wall_time_is_no_instant(zone, wall_at):
    assert instant(datetime.fromisoformat(wall_at), ZoneInfo(zone)) is None


def test_changed_hours_leave_some_calls_outside():
    cal = calendar(spans=[Span(0, time(9), time(10))])
    assert is_inside_hours(cal, at(MONDAY, 9), at(MONDAY, 10))
    assert not is_inside_hours(cal, at(MONDAY, 9, 30), at(MONDAY, 10, 30))
