"""What a calendar file says is busy. Runs as a process of its own with little time and memory: a file may be hostile.

`python -m bookings.outside.reading` reads an order and the file, and answers one line of JSON. No Django here: it
starts quickly and knows no secret.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

CPU, MEMORY = 10, 768 * 1024 * 1024  # seconds; bytes
MOST_PARTS = 20_000  # entries in a file
MOST_TIMES = 20_000  # single times of all entries
TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
FEW = 100  # hours may follow each other so often
LATELY = 1990  # what repeats since before is counted through for nothing
SELDOM, LONG_AGO = {"YEARLY", "MONTHLY"}, 1900  # but a birthday's years are few
LONGEST = timedelta(days=31)  # of an entry whose end cannot be read
SAYS_WHEN = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "RECURRENCE-ID"}
BEGINS = re.compile(rb"^BEGIN:VEVENT[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
NO_CALENDAR, TOO_MUCH = "no_calendar", "too_much"
Stretch = tuple[datetime, datetime]


class Unread(Exception):
    """The file is no calendar, or says too much."""


class Span(NamedTuple):
    """Whose time is asked for, and from when until when."""

    zone: ZoneInfo
    first: datetime
    last: datetime
    own: str


class Said(NamedTuple):
    """`busy`: stretches of UTC, merged; `odd`: entries whose zone nobody knows; `unread`: entries not understood."""

    busy: list[tuple[str, str]]
    odd: int
    unread: int


def busy(content: bytes, zone: ZoneInfo, first: datetime, last: datetime, own: str) -> Said:
    """What is busy, and what of it is odd: an unknown zone is taken as `zone`, what cannot be read is counted.

    Not counted are entries that leave one free, are canceled, or are calls of ours (their id ends with `own`).
    """
    import icalendar
    import x_wr_timezone

    if content.count(b"BEGIN:") > MOST_PARTS:
        raise Unread(TOO_MUCH)
    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, UnicodeError) as broken:
        raise Unread(NO_CALENDAR) from broken
    calendars = [each for each in calendars if each.name == "VCALENDAR"]
    if not calendars:
        raise Unread(NO_CALENDAR)
    span = Span(zone, first, last, own)
    stretches: list[Stretch] = []
    odd = 0
    unread = len(BEGINS.findall(content)) - sum(len(each.walk("VEVENT")) for each in calendars)  # a file cut short
    for calendar in calendars:
        known = {str(each.get("TZID")) for each in calendar.walk("VTIMEZONE")}
        entries = [entry for entry in calendar.walk("VEVENT") if _counts(entry, own)]
        unread += sum(_is_broken(entry) and _may_matter(entry, span) for entry in entries)
        # A series of which nothing counts is left out before it is counted through, however often it repeats.
        wanted = {
            id(each) for series in _series(calendar) if any(_counts(one, own) for one in series) for each in series
        }
        calendar.subcomponents = [
            each for each in calendar.subcomponents if each.name != "VEVENT" or (_start(each) and id(each) in wanted)
        ]
        for entry in calendar.walk("VEVENT"):
            _check(entry)
            odd += _is_odd(entry, known)
        for series in _series(x_wr_timezone.to_standard(calendar)):
            found, missed = _times(series, span)
            stretches += found
            unread += missed
            if len(stretches) > MOST_TIMES:
                raise Unread(TOO_MUCH)
        stretches += _free_busy(calendar, span)
    return Said(list(_merged(stretches)), odd, unread)


def _series(calendar: Any) -> Iterable[list[Any]]:
    """The entries of one id belong together: a series and its exceptions."""
    together: dict[str, list[Any]] = defaultdict(list)
    for entry in calendar.walk("VEVENT"):
        together[str(entry.get("UID", id(entry)))].append(entry)
    return together.values()


def _times(series: list[Any], span: Span) -> tuple[list[Stretch], int]:
    """When a series is busy, and how many of its entries could not be read, besides those that are broken."""
    import icalendar
    from recurring_ical_events import CalendarQuery

    alone = icalendar.Calendar()
    alone.subcomponents = series
    try:
        found = [each for each in CalendarQuery(alone).between(span.first, span.last) if _counts(each, span.own)]
    except (MemoryError, RecursionError):
        raise
    except Exception:  # whatever is wrong with it, the others are read
        counted = [each for each in series if _counts(each, span.own) and _may_matter(each, span)]
        return [], sum(not _is_broken(each) for each in counted)
    stretches: list[Stretch] = []
    missed = 0
    for entry in found:
        try:
            stretches += _stretch(entry.start, entry.end, span)
        except (ValueError, TypeError, AttributeError, OverflowError):
            missed += 1
    return stretches, min(missed, len(series))


def _free_busy(calendar: Any, span: Span) -> Iterator[Stretch]:
    """What a calendar that tells no entries says is busy. A broken one is no calendar to the parser."""
    for part in calendar.walk("VFREEBUSY"):
        said = part.get("FREEBUSY", [])
        for period in said if isinstance(said, list) else [said]:
            if str(period.params.get("FBTYPE", "")).upper() != "FREE":
                yield from _stretch(period.start, period.end, span)


def _is_broken(entry: Any) -> bool:
    """Whether something that says when it is could not be read."""
    return not _start(entry) or any(name is None or name.upper() in SAYS_WHEN for name, _why in entry.errors)


def _may_matter(entry: Any, span: Span) -> bool:
    """Whether it may be busy in the days that are asked for. One time of long ago, or of later, is not."""
    starts = _start(entry)
    if starts is None or "RRULE" in entry or "RDATE" in entry:
        return True
    day = date(starts.year, starts.month, starts.day)
    return span.first.date() - LONGEST <= day <= span.last.date()


def _start(entry: Any) -> date | None:
    """When it begins; None for what has no beginning that can be read."""
    import icalendar

    at = entry.get("DTSTART")
    return at.dt if isinstance(at, icalendar.vDDDTypes) and isinstance(at.dt, date) else None


def _check(entry: Any) -> None:
    """Refuse what repeats so often, or so long, that counting it through would take all the time there is."""
    rules = entry.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        if not isinstance(rule, dict):  # it could not be read, and is counted: its first time is busy
            continue
        often = {str(each).upper() for each in rule.get("FREQ", [])}
        parts = [part for name in ("BYSECOND", "BYMINUTE", "BYHOUR") for part in rule.get(name, [])]
        if (often & TOO_OFTEN and not _is_short(rule, often)) or len(parts) > 3:
            raise Unread(TOO_MUCH)
        starts = _start(entry)
        if starts and starts.year < (LONG_AGO if often <= SELDOM else LATELY):
            raise Unread(TOO_MUCH)


def _is_short(rule: Any, often: set[str]) -> bool:
    """Whether it is a few hours one after the other, and no search for hours of some kind."""
    counts = [each for each in rule.get("COUNT", []) if isinstance(each, int)]
    is_plain = not any(str(name).upper().startswith("BY") for name in rule)
    return often == {"HOURLY"} and is_plain and len(counts) == 1 and counts[0] <= FEW


def _is_odd(entry: Any, known: set[str]) -> bool:
    """Whether it names a zone that neither the file nor we know."""
    named, value = str(entry["DTSTART"].params.get("TZID", "")), _start(entry)
    return bool(named) and named not in known and isinstance(value, datetime) and value.tzinfo is None


def _counts(entry: Any, own: str) -> bool:
    said = {name: str(entry.get(name, "")).upper() for name in ("TRANSP", "STATUS", "X-MICROSOFT-CDO-BUSYSTATUS")}
    if said["TRANSP"] == "TRANSPARENT" or said["STATUS"] == "CANCELLED":
        return False
    return said["X-MICROSOFT-CDO-BUSYSTATUS"] != "FREE" and not str(entry.get("UID", "")).endswith(own)


def _stretch(starts: date, ends: date, span: Span) -> Iterator[Stretch]:
    begins, until = max(_instant(starts, span.zone), span.first), min(_instant(ends, span.zone), span.last)
    if begins < until:
        yield begins, until


def _instant(at: date, zone: ZoneInfo) -> datetime:
    """A whole day begins at midnight of her own clock; what names no zone is in hers."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time.min)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _merged(stretches: list[Stretch]) -> Iterator[tuple[str, str]]:
    merged: list[Stretch] = []
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
        content = sys.stdin.buffer.read()
        said: dict[str, Any] = busy(content, ZoneInfo(order["zone"]), first, last, order["own"])._asdict()
    except Unread as unread:
        said = {"trouble": str(unread)}
    except (MemoryError, RecursionError):
        said = {"trouble": TOO_MUCH}
    except Exception:
        said = {"trouble": NO_CALENDAR}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
