"""When messages may go: hours, days, zones, clock changes. No database."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reminders import kinds, rules

TORONTO, VANCOUVER, KATHMANDU = ZoneInfo("America/Toronto"), ZoneInfo("America/Vancouver"), ZoneInfo("Asia/Kathmandu")
ZONES = [TORONTO, VANCOUVER, KATHMANDU, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Australia/Lord_Howe")]


def at(text, zone=TORONTO):
    """An instant from its wall time."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(dt.UTC)


CHRISTMAS_EVE = at("2026-12-24 12:00")
INSTANTS = st.integers(0, 60 * 24 * 700).map(
    lambda minutes: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)


@dataclass
class Row:
    due_at: dt.datetime
    useful_until: dt.datetime = CHRISTMAS_EVE
    message_class: str = kinds.REMINDER
    kind: str = "tests.call"
    about_id: uuid.UUID = field(default_factory=uuid.uuid4)
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    step: int = 0


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [("00:00", True), ("07:59", True), ("08:00", False), ("12:00", False), ("18:59", False), ("19:00", True)],
)
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_quiet_hours_are_the_readers(wall, quiet, zone):
    assert rules.is_quiet(at(f"2026-11-10 {wall}", zone), zone) is quiet


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-10 03:00", "2026-11-10 08:00"),
        ("2026-11-10 08:00", "2026-11-10 08:00"),
        ("2026-11-10 13:20", "2026-11-10 13:20"),
        ("2026-11-10 19:00", "2026-11-11 08:00"),
        ("2026-11-30 23:59", "2026-12-01 08:00"),
        ("2026-10-31 20:00", "2026-11-01 08:00"),  # the night the clocks go back
        ("2027-03-13 20:00", "2027-03-14 08:00"),  # the night they go forward
    ],
)
def test_next_allowed_hour(now, expected):
    assert rules.next_allowed(at(now), TORONTO) == at(expected)


@given(INSTANTS, st.sampled_from(ZONES))
def test_next_allowed_is_never_quiet_nor_more_than_a_night_away(now, zone):
    allowed = rules.next_allowed(now, zone)
    assert not rules.is_quiet(allowed, zone)
    assert now <= allowed <= now + dt.timedelta(hours=14)


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        ("2026-11-01", TORONTO, "2026-11-01T14:00+00:00"),  # already winter time by 9 am
        ("2026-10-31", TORONTO, "2026-10-31T13:00+00:00"),
        ("2027-03-14", TORONTO, "2027-03-14T13:00+00:00"),
        ("2026-11-10", KATHMANDU, "2026-11-10T03:15+00:00"),
        ("2026-11-10", VANCOUVER, "2026-11-10T16:00+00:00"),  # the province stays on summer time from 2026
    ],
)
def test_morning_is_9_am_on_the_wall(day, zone, expected):
    assert rules.morning(dt.date.fromisoformat(day), zone) == dt.datetime.fromisoformat(expected)


def test_missing_and_doubled_wall_times_are_instants():
    missing = rules.at_wall(dt.date(2027, 3, 14), dt.time(2, 30), TORONTO)
    doubled = rules.at_wall(dt.date(2026, 11, 1), dt.time(1, 30), TORONTO)
    assert missing.astimezone(TORONTO).time() == dt.time(3, 30)
    assert doubled == dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("message_class", "ahead", "at_once"),
    [
        (kinds.ANSWER, dt.timedelta(days=30), True),
        (kinds.NOTICE, dt.timedelta(days=2), True),
        (kinds.NOTICE, dt.timedelta(days=2, seconds=1), False),
        (kinds.REMINDER, dt.timedelta(hours=1), False),
    ],
)
def test_what_goes_at_once(message_class, ahead, at_once):
    now = at("2026-11-10 12:00")
    row = Row(now, now + ahead, message_class)
    assert rules.goes_at_once(row, now) is at_once


@pytest.mark.parametrize(
    ("due", "until", "expected"),
    [
        ("2026-11-10 09:00", "2026-11-20 12:00", "2026-11-10 09:00"),
        ("2026-11-10 00:10", "2026-11-20 12:00", "2026-11-10 09:00"),
        ("2026-11-10 11:00", "2026-11-20 12:00", "2026-11-11 09:00"),  # news after 9 am joins tomorrow's
        ("2026-11-10 11:00", "2026-11-11 09:00", "2026-11-10 09:00"),  # of no use tomorrow: with today's
    ],
)
def test_gathered_rows_wait_for_9_am(due, until, expected):
    assert rules.gathered_from(Row(at(due), at(until)), TORONTO) == at(expected)


@pytest.mark.parametrize(
    ("message_class", "now", "paused", "goes"),
    [
        (kinds.REMINDER, "2026-11-10 08:30", False, False),  # allowed hour, but the day's message is at 9
        (kinds.REMINDER, "2026-11-10 09:00", False, True),
        (kinds.REMINDER, "2026-11-10 18:59", False, True),
        (kinds.REMINDER, "2026-11-10 19:00", False, False),
        (kinds.REMINDER, "2026-11-11 08:59", False, False),
        (kinds.REMINDER, "2026-11-10 12:00", True, False),
        (kinds.ANSWER, "2026-11-10 23:00", True, True),
        (kinds.NOTICE, "2026-12-23 03:00", True, True),  # about something within 2 days
        (kinds.NOTICE, "2026-11-10 12:00", True, False),
        (kinds.REMINDER, "2026-12-24 12:00", False, False),  # over
    ],
)
def test_what_may_go_now(message_class, now, paused, goes):
    row = Row(at("2026-11-10 09:00"), message_class=message_class)
    assert rules.may_go(row, at(now), TORONTO, is_paused=paused) is goes


@given(INSTANTS, st.integers(0, 96), st.sampled_from(ZONES))
def test_forecast_is_when_it_goes(now, hours, zone):
    row = Row(now + dt.timedelta(hours=hours), now + dt.timedelta(days=30))
    expected = rules.forecast(row, now, zone)
    assert expected is not None
    assert rules.may_go(row, expected, zone)
    assert not rules.may_go(row, expected - dt.timedelta(seconds=1), zone) or expected == now


def test_forecast_of_what_comes_too_late_is_none():
    now = at("2026-11-10 20:00")
    assert rules.forecast(Row(now, at("2026-11-11 08:00")), now, TORONTO) is None


def test_leading_is_the_lowest_rank_then_what_ends_first():
    early, late = at("2026-11-20 12:00"), at("2026-11-30 12:00")
    rows = [
        Row(early, late, kind="tests.news"),
        Row(early, late, kind="tests.form"),
        Row(early, at("2026-11-25 12:00"), kind="tests.form"),
        Row(early, late, kind="gone"),
    ]
    assert [rows.index(row) for row in rules.leading(rows)] == [2, 1, 0, 3]


def test_only_the_latest_asking_about_a_thing_speaks():
    thing = uuid.uuid4()
    first, second, third = (Row(at(f"2026-11-{day} 09:00"), about_id=thing, step=17 - day) for day in (10, 14, 16))
    other = Row(at("2026-11-10 09:00"))
    assert rules.superseded([third, other, first, second]) == {first.id, second.id}


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-11-30 12:00", "2026-11-12 09:00"),
        ("2026-11-12 09:00", "2026-11-11 09:00"),
        ("2026-11-11 09:00", None),
    ],
)
def test_later_is_two_mornings_on_or_one(until, expected):
    moved = rules.later(Row(at("2026-11-10 09:00"), at(until)), at("2026-11-09 12:00"), TORONTO)
    assert moved == (at(expected) if expected else None)


@pytest.mark.parametrize(
    ("days", "until", "expected"),
    [
        (3, "2026-11-30 12:00", "2026-11-13 09:00"),
        (3, "2026-11-13 09:00", "2026-11-12 09:00"),
        (3, "2026-11-11 08:00", None),
    ],
)
def test_not_yet_is_asked_again_while_it_helps(days, until, expected):
    again = rules.asked_again(at("2026-11-10 12:00"), days, at(until), TORONTO)
    assert again == (at(expected) if expected else None)


@pytest.mark.parametrize("day", range(1, 15))
def test_a_pause_ends_on_the_third_morning_or_a_monday(day):
    third, monday = rules.pause_ends(at(f"2026-11-{day:02d} 21:00"), TORONTO)
    assert (third.astimezone(TORONTO).date() - dt.date(2026, 11, day)).days == 3
    assert monday > third
    assert monday.astimezone(TORONTO).weekday() == 0


def test_retries_wait_longer_each_time_and_never_over_4_minutes():
    assert [rules.retry_after(failures).total_seconds() for failures in (1, 2, 3, 4, 9, 500)] == [
        30, 60, 120, 240, 240, 240
    ]  # fmt: skip


def test_a_claim_holds_3_minutes():
    now = at("2026-11-10 12:00")
    assert rules.is_claimed(now, now + dt.timedelta(seconds=179))
    assert not rules.is_claimed(now, now + dt.timedelta(minutes=3))
    assert not rules.is_claimed(None, now)


@pytest.mark.parametrize("text", ["Your biopsy report", "Lakeside Cancer Clinic", "ONCOLOGY visit", "Tissue slides"])
def test_clinical_words_are_found(text):
    assert rules.clinical_words(text)


def test_ordinary_words_are_not_clinical():
    assert not rules.clinical_words("Your call is tomorrow, Rosa. Add your plan and your records.")
