"""What a calendar file says is busy. Runs as a process of its own with little time and memory: a file may be hostile.

`python -m bookings.outside.reading` reads an order and the file, and answers one line of JSON. No Django here: it
starts quickly and knows no secret.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

CPU, MEMORY = 10, 768 * 1024 * 1024  # seconds; bytes
MOST_PARTS = 20_000  # entries in a file
MOST_TIMES = 20_000  # single times of all entries
TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
LATELY = 1990  # what repeats since before is counted through for nothing
SELDOM, LONG_AGO = {"YEARLY", "MONTHLY"}, 1900  # but a birthday's years are few
NO_CALENDAR, TOO_MUCH = "no_calendar", "too_much"


class Unread(Exception):
    """The file is no calendar, or says too much."""


def busy(content: bytes, zone: ZoneInfo, first: datetime, last: datetime, own: str) -> tuple[list[Any], int]:
    """The busy stretches in UTC, merged, and how many entries name a zone that nobody knows: they are taken in `zone`.

    Not counted are entries that leave one free, are canceled, or are calls of ours (their id ends with `own`).
    """
    import icalendar
    import recurring_ical_events

    if content.count(b"BEGIN:") > MOST_PARTS:
        raise Unread(TOO_MUCH)
    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, UnicodeError) as broken:
        raise Unread(NO_CALENDAR) from broken
    calendars = [each for each in calendars if each.name == "VCALENDAR"]
    if not calendars:
        raise Unread(NO_CALENDAR)
    stretches: list[tuple[datetime, datetime]] = []
    odd = 0
    for calendar in calendars:
        known = {str(each.get("TZID")) for each in calendar.walk("VTIMEZONE")}
        calendar.subcomponents = [each for each in calendar.subcomponents if each.name != "VEVENT" or _start(each)]
        for entry in calendar.walk("VEVENT"):
            _check(entry)
            odd += _is_odd(entry, known)
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(first, last)
        for entry in found:
            if _counts(entry, own):
                stretches += _stretch(entry, zone, first, last)
            if len(stretches) > MOST_TIMES:
                raise Unread(TOO_MUCH)
    return list(_merged(stretches)), odd


def _start(entry: Any) -> date | None:
    """When it begins; None for what has no beginning that can be read."""
    import icalendar

    at = entry.get("DTSTART")
    return at.dt if isinstance(at, icalendar.vDDDTypes) and isinstance(at.dt, date) else None


def _check(entry: Any) -> None:
    """Refuse what repeats so often, or so long, that counting it through would take all the time there is."""
    rules = entry.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        if not isinstance(rule, dict):  # it could not be read: its first time counts
            continue
        often = {str(each).upper() for each in rule.get("FREQ", [])}
        parts = [part for name in ("BYSECOND", "BYMINUTE", "BYHOUR") for part in rule.get(name, [])]
        if often & TOO_OFTEN or len(parts) > 3:
            raise Unread(TOO_MUCH)
        starts = _start(entry)
        if starts and starts.year < (LONG_AGO if often <= SELDOM else LATELY):
            raise Unread(TOO_MUCH)


def _is_odd(entry: Any, known: set[str]) -> bool:
    """Whether it names a zone that neither the file nor we know."""
    named, value = str(entry["DTSTART"].params.get("TZID", "")), _start(entry)
    return bool(named) and named not in known and isinstance(value, datetime) and value.tzinfo is None


def _counts(entry: Any, own: str) -> bool:
    said = {name: str(entry.get(name, "")).upper() for name in ("TRANSP", "STATUS", "X-MICROSOFT-CDO-BUSYSTATUS")}
    if said["TRANSP"] == "TRANSPARENT" or said["STATUS"] == "CANCELLED":
        return False
    return said["X-MICROSOFT-CDO-BUSYSTATUS"] != "FREE" and not str(entry.get("UID", "")).endswith(own)


def _stretch(entry: Any, zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    try:
        begins, ends = _instant(entry.start, zone), _instant(entry.end, zone)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return
    begins, ends = max(begins, first), min(ends, last)
    if begins < ends:
        yield begins, ends


def _instant(at: date, zone: ZoneInfo) -> datetime:
    """A whole day begins at midnight of her own clock; what names no zone is in hers."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time.min)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _merged(stretches: list[tuple[datetime, datetime]]) -> Iterator[tuple[str, str]]:
    merged: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(stretches):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return ((begins.isoformat(), ends.isoformat()) for begins, ends in merged)


def main() -> None:
    """The child: limits first, before anything of the file is looked at."""
    import resource
    import zoneinfo

    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    zoneinfo.reset_tzpath(to=[])  # the pinned zones, as everywhere
    order = json.loads(sys.stdin.buffer.readline())
    first, last = datetime.fromisoformat(order["first"]), datetime.fromisoformat(order["last"])
    try:
        found, odd = busy(sys.stdin.buffer.read(), ZoneInfo(order["zone"]), first, last, order["own"])
        said: dict[str, Any] = {"busy": found, "odd": odd}
    except Unread as unread:
        said = {"trouble": str(unread)}
    except (MemoryError, RecursionError):
        said = {"trouble": TOO_MUCH}
    except Exception:
        said = {"trouble": NO_CALENDAR}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
