"""The calendar file: right to the minute, the same entry over moves, nothing clinical. No database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bookings.calendars import Entry, Method, file, google_link, outlook_link

STARTS = datetime(2026, 11, 17, 15, 30, tzinfo=UTC)
MADE = datetime(2026, 11, 9, 12, tzinfo=UTC)
ENTRY = Entry(
    uid="7d4c@portal",
    version=0,
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=1),
    zone=ZoneInfo("America/New_York"),
    title="Call with Joanne",
    note="Sign in to join or to change it.",
    url="http://localhost:8000/consultations/7d4c/",
    organizer_name="RS office",
    organizer_email="office@example.org",
    attendee_email="rosa@example.com",
)


def parsed(entry=ENTRY, method=Method.REQUEST):
    calendar = Calendar.from_ical(file(entry, method, MADE))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_wall_time_and_zone_are_the_promised_ones():
    calendar, event = parsed()
    assert event["DTSTART"].params["TZID"] == "America/New_York"
    assert event["DTSTART"].to_ical() == b"20261117T103000"
    assert event["DTEND"].to_ical() == b"20261117T113000"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "America/St_Johns",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "America/Vancouver",
        "UTC",
    ],
)
@pytest.mark.parametrize("month", [1, 4, 7, 11])
def test_the_files_own_rules_give_back_the_same_instant(zone, month):
    starts = datetime(2027, month, 5, 15, 30, tzinfo=UTC)
    entry = replace(ENTRY, zone=ZoneInfo(zone), starts_at=starts, ends_at=starts + timedelta(hours=1))
    calendar, event = parsed(entry)
    assert event.decoded("DTSTART").astimezone(UTC) == starts
    for rules in calendar.walk("VTIMEZONE"):
        wall = starts.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert wall.replace(tzinfo=rules.to_tz()).utcoffset() == starts.astimezone(ZoneInfo(zone)).utcoffset()


def test_a_move_keeps_the_uid_and_raises_the_sequence():
    _, first = parsed()
    _, moved = parsed(replace(ENTRY, version=1, starts_at=STARTS + timedelta(days=1)))
    assert first["UID"] == moved["UID"]
    assert (first["SEQUENCE"], moved["SEQUENCE"]) == (0, 1)


@pytest.mark.parametrize(("method", "status"), [(Method.REQUEST, "CONFIRMED"), (Method.CANCEL, "CANCELLED")])
def test_method_and_status_agree(method, status):
    calendar, event = parsed(method=method)
    assert (calendar["METHOD"], event["STATUS"]) == (method.value, status)
    assert event["ORGANIZER"] == "mailto:office@example.org"
    assert event["ATTENDEE"] == "mailto:rosa@example.com"


def test_a_name_cannot_add_lines_to_the_file():
    entry = replace(ENTRY, title="Call with Jo\r\nATTENDEE:mailto:x@example.com", organizer_name='RS "office"')
    _, event = parsed(entry)
    assert event["ATTENDEE"] == "mailto:rosa@example.com"


def test_lines_are_folded_and_end_as_the_standard_says():
    body = file(replace(ENTRY, title="Call with " + "Zoë " * 40), Method.REQUEST, MADE)
    lines = body.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_links_carry_title_and_hour_and_nothing_else():
    google = parse_qs(urlsplit(google_link(ENTRY)).query)
    assert google == {
        "action": ["TEMPLATE"],
        "text": ["Call with Joanne"],
        "dates": ["20261117T153000Z/20261117T163000Z"],
    }
    outlook = parse_qs(urlsplit(outlook_link(ENTRY)).query)
    assert outlook["startdt"] == ["2026-11-17T15:30:00Z"]
    assert "localhost" not in google_link(ENTRY) + outlook_link(ENTRY)
