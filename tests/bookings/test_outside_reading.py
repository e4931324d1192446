"""What a calendar file says is busy: repeats, exceptions, zones, whole days; a hostile file gets a word."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bookings.outside.reading import TOO_MUCH, Unread, busy

TORONTO = ZoneInfo("America/Toronto")
FIRST, LAST = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)


def calendar(*entries, zone=""):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *zone.splitlines()]
    for number, entry in enumerate(entries):
        uid = "" if "UID:" in entry else f"UID:{number}\n"
        lines += ["BEGIN:VEVENT", "DTSTAMP:20260101T000000Z", *f"{uid}{entry}".splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(*entries, **more):
    said = busy(calendar(*entries, **more), TORONTO, FIRST, LAST, "@portal.example.org")
    assert not said.unread
    return shown(said), said.odd


def shown(said):
    return [tuple(datetime.fromisoformat(at).strftime("%d %H:%M") for at in each) for each in said.busy]


def judged(content):
    """What can be read of it, and how many entries cannot."""
    said = busy(content, TORONTO, FIRST, LAST, "@portal.example.org")
    return shown(said), said.unread


def times(*entries, **more):
    return read(*entries, **more)[0]


def test_utc_a_zone_and_no_zone():
    assert times("DTSTART:20261110T150000Z\nDTEND:20261110T160000Z") == [("10 15:00", "10 16:00")]
    berlin = "DTSTART;TZID=Europe/Berlin:20261110T150000\nDTEND;TZID=Europe/Berlin:20261110T160000"
    assert times(berlin) == [("10 14:00", "10 15:00")]
    assert times("DTSTART:20261110T150000\nDURATION:PT30M") == [("10 20:00", "10 20:30")]


def test_a_whole_day_is_hers_from_midnight_to_midnight():
    assert times("DTSTART;VALUE=DATE:20261110\nDTEND;VALUE=DATE:20261112") == [("10 05:00", "12 05:00")]
    assert times("DTSTART;VALUE=DATE:20261110") == [("10 05:00", "11 05:00")]


def test_repeats_keep_their_wall_time_over_the_change_of_clocks():
    weekly = "DTSTART;TZID=America/Toronto:20261027T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20261112T000000Z"
    assert times(weekly) == [("03 14:00", "03 15:00"), ("10 14:00", "10 15:00")]


def test_exceptions_and_moved_times_of_a_series():
    series = (
        "UID:s\nDTSTART:20261102T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20261103T100000Z\n"
        "RDATE:20261120T100000Z"
    )
    moved = "UID:s\nRECURRENCE-ID:20261104T100000Z\nDTSTART:20261104T180000Z\nDURATION:PT1H"
    gone = "UID:s\nRECURRENCE-ID:20261105T100000Z\nDTSTART:20261105T100000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
    assert times(series, moved, gone) == [("02 10:00", "02 11:00"), ("04 18:00", "04 19:00"), ("20 10:00", "20 11:00")]


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "UID:7@portal.example.org"]
)
def test_what_leaves_her_free_or_is_a_call_of_ours_does_not_count(line):
    assert times(f"{line}\nDTSTART:20261110T150000Z\nDTEND:20261110T160000Z") == []


def test_overlapping_times_are_one():
    a, b = "DTSTART:20261110T150000Z\nDURATION:PT1H", "DTSTART:20261110T153000Z\nDURATION:PT1H"
    assert times(a, b) == [("10 15:00", "10 16:30")]


def test_a_zone_of_the_files_own():
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\n"
        "END:STANDARD\nEND:VTIMEZONE"
    )
    assert read("DTSTART;TZID=Mine:20261110T150000\nDURATION:PT1H", zone=zone) == ([("10 09:30", "10 10:30")], 0)


def test_a_zone_that_nobody_knows_is_taken_in_hers_and_counted():
    assert read("DTSTART;TZID=Mars/Olympus:20261110T150000\nDURATION:PT1H") == ([("10 20:00", "10 21:00")], 1)


def test_only_the_days_that_are_asked_for():
    assert times("DTSTART:20260101T000000Z\nDTEND:20280101T000000Z") == [("01 00:00", "30 00:00")]
    assert times("DTSTART:20251110T150000Z\nDURATION:PT1H") == []


@pytest.mark.parametrize(
    "entry",
    [
        "DTSTART:20261101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY",
        "DTSTART:20261101T000000Z\nDURATION:PT1S\nRRULE:FREQ=MINUTELY;COUNT=999999999",
        "DTSTART:20261101T000000Z\nDURATION:PT1S\nRRULE:FREQ=HOURLY",
        "DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY",
        "DTSTART:20261101T000000Z\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,1,2,3,4,5",
    ],
)
def test_what_repeats_without_sense_is_refused(entry):
    with pytest.raises(Unread, match=TOO_MUCH):
        times(entry)


def test_an_old_birthday_refuses_nothing_else():
    birthday = "DTSTART;VALUE=DATE:19540612\nRRULE:FREQ=YEARLY\nTRANSP:TRANSPARENT"
    meeting = "DTSTART:20261110T140000Z\nDTEND:20261110T150000Z"
    assert times(meeting)
    assert times(birthday, meeting) == times(meeting)


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=SECONDLY;COUNT=3", "FREQ=DAILY;BYHOUR=0,1,2;BYMINUTE=0,1"])
@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "UID:7@portal.example.org"]
)
def test_what_leaves_her_free_may_repeat_as_it_likes(line, rule):
    meeting = "DTSTART:20261110T140000Z\nDTEND:20261110T150000Z"
    water = f"{line}\nDTSTART:20261101T000000Z\nDURATION:PT5M\nRRULE:{rule}"
    assert times(water, meeting) == times(meeting)


def test_one_busy_hour_of_a_free_series_still_refuses_what_repeats_without_end():
    free = "UID:s\nTRANSP:TRANSPARENT\nDTSTART:20261101T000000Z\nDURATION:PT5M\nRRULE:FREQ=HOURLY"
    busy_once = "UID:s\nRECURRENCE-ID:20261110T140000Z\nDTSTART:20261110T140000Z\nDURATION:PT5M"
    with pytest.raises(Unread, match=TOO_MUCH):
        times(free, busy_once)


def test_a_few_hours_one_after_the_other_are_busy():
    hourly = "DTSTART:20261110T140000Z\nDURATION:PT15M\nRRULE:FREQ=HOURLY;COUNT="
    assert times(f"{hourly}2") == [("10 14:00", "10 14:15"), ("10 15:00", "10 15:15")]
    assert len(times(f"{hourly}100")) == 100
    for refused in (f"{hourly}101", f"{hourly}3;BYMONTH=2;BYMONTHDAY=30"):
        with pytest.raises(Unread, match=TOO_MUCH):
            times(refused)


def test_too_many_entries_are_refused():
    with pytest.raises(Unread, match=TOO_MUCH):
        busy(b"BEGIN:VEVENT\n" * 20_001, TORONTO, FIRST, LAST, "x")


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x00\xff" * 500, b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"{}"])
def test_what_is_no_calendar_is_said(content):
    with pytest.raises(Unread):
        busy(content, TORONTO, FIRST, LAST, "x")


GOOD = "UID:good\nDTSTART:20261112T150000Z\nDURATION:PT1H"
UNREADABLE = [
    "DTSTART:20269999T150000Z",
    "DTSTART:20261110T150000Z\nDTEND:banana",
    "DTSTART:20261110T150000Z\nDTEND20261110T160000Z",
    "DTSTART:20261110T150000Z\nDURATION:long",
    "DTSTART:20261110T150000Z\nRRULE:FREQ=NEVER",
    "DTSTART:20261110T150000Z\nRRULE:COUNT=3",
    "DTSTART:20261110T150000Z\nRDATE:x",
    "DTSTART:20100101T150000Z\nDURATION:PT1H\nRRULE:FREQ=NEVER",
    "SUMMARY:no time",
]


@pytest.mark.parametrize("entry", UNREADABLE)
def test_an_entry_that_cannot_be_read_is_counted_and_loses_no_other(entry):
    times, unread = judged(calendar(entry, GOOD))
    assert ("12 15:00", "12 16:00") in times
    assert unread == 1


def test_each_entry_is_counted_once_whatever_is_wrong_with_it():
    assert judged(calendar(*UNREADABLE, GOOD))[1] == len(UNREADABLE)
    twice = "DTSTART:20261110T150000Z\nDTEND:banana\nRRULE:FREQ=NEVER\nRDATE:x"
    assert judged(calendar(twice, GOOD))[1] == 1


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "UID:7@portal.example.org"])
def test_what_would_leave_her_free_is_not_missed(line):
    assert judged(calendar(f"{line}\nDTSTART:20269999T150000Z", GOOD))[1] == 0


@pytest.mark.parametrize("day", ["20200110T150000Z", "20290110T150000Z"])
def test_one_broken_time_of_other_days_is_not_missed(day):
    assert judged(calendar(f"DTSTART:{day}\nDTEND:banana", GOOD))[1] == 0


@pytest.mark.parametrize(
    ("entry", "stretch"),
    [
        ("DTSTART:20261110T150000Z\nDTEND:20261110T140000Z", ("10 14:00", "10 15:00")),
        ("DTSTART;VALUE=DATE:20261110\nDTEND:20261110T140000Z", ("10 05:00", "10 14:00")),
    ],
)
def test_an_odd_entry_is_busy_rather_than_free(entry, stretch):
    times, unread = judged(calendar(entry, GOOD))
    assert not unread
    assert len(times) == 2, times


def test_entries_of_a_file_that_was_cut_short_are_counted():
    whole = calendar("DTSTART:20261110T150000Z\nDURATION:PT1H", GOOD)
    cut = calendar("DTSTART:20261111T150000Z\nDURATION:PT1H").replace(b"END:VEVENT\r\nEND:VCALENDAR\r\n", b"")
    times, unread = judged(whole + cut)
    assert len(times) == 2
    assert unread == 1


def test_a_calendar_of_busy_times_without_entries_is_read():
    lines = [
        "FREEBUSY;FBTYPE=BUSY:20261110T150000Z/20261110T160000Z,20261111T150000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20261112T150000Z/PT1H",
        "FREEBUSY:20261113T150000Z/PT1H",
    ]
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VFREEBUSY", *lines, "END:VFREEBUSY", "END:VCALENDAR", ""]
    times, unread = judged("\r\n".join(parts).encode())
    assert times == [("10 15:00", "10 16:00"), ("11 15:00", "11 16:00"), ("13 15:00", "13 16:00")]
    assert not unread
    with pytest.raises(Unread):
        judged("\r\n".join(parts).replace("/PT1H", "").encode())
