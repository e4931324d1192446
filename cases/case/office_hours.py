"""Whether an office is open by the hours that stand in its entry, where those can be read for certain. Pure."""

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
EARLIEST = 7  # "9 to 4" is 9 am to 4 pm: a bare hour before this one is in the afternoon

_DAY = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)(?:[a-z]*day)?s?\b\.?"
_TO = r"\s*(?:-|\u2013|\u2014|to\b|through\b|thru\b|until\b)\s*"
_TIME = r"(?:noon|\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\b\.?)?)"
_SPAN = re.compile(
    rf"(?P<days>every ?day|daily|weekdays|{_DAY}(?:(?:{_TO}|\s*(?:,|&|and)\s*){_DAY})*)?[\s,:]*"
    rf"(?:from\s+)?(?P<opens>{_TIME}){_TO}(?P<closes>{_TIME})",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;.&]*(?:and)?[\s,;.&]*", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    days: Set[int]
    opens: time
    closes: time


def read(hours: str) -> list[Span] | None:
    """ "Monday to Friday, 9 am to 4 pm" as spans; None for words whose meaning is not certain, such as "Mornings"."""
    spans, at = [], 0
    for found in _SPAN.finditer(hours):
        opens, closes = _times(found["opens"], found["closes"])
        if opens is None or closes is None or opens >= closes or not _BETWEEN.fullmatch(hours[at : found.start()]):
            return None
        spans.append(Span(_days(found["days"] or ""), opens, closes))
        at = found.end()
    return spans if spans and _BETWEEN.fullmatch(hours[at:]) else None


def closes_at(hours: str, there: datetime, closed: Set[date]) -> time | None:
    """Until when an office is open at this moment of its own clock; None while it is closed. ValueError where its
    hours cannot be read.
    """
    spans = read(hours)
    if spans is None:
        raise ValueError("these hours say no times for certain")
    if there.date() in closed:
        return None
    now = there.time()
    open_now = [each.closes for each in spans if there.weekday() in each.days and each.opens <= now < each.closes]
    return max(open_now, default=None)


def _days(words: str) -> Set[int]:
    words = words.lower()
    if not words or words == "weekdays":
        return WORKDAYS
    if words.startswith(("every", "daily")):
        return EVERY_DAY
    named = [(DAYS.index(found[0][:3]), found.start(), found.end()) for found in re.finditer(_DAY, words)]
    days = {named[0][0]}
    for (before, _start, end), (day, start, _end) in pairwise(named):
        is_range = re.fullmatch(_TO, words[end:start], re.IGNORECASE)
        days |= {(before + step) % 7 for step in range((day - before) % 7 + 1)} if is_range else {day}
    return days


def _times(opens: str, closes: str) -> tuple[time | None, time | None]:
    """Both, with the half of the day that stands with the other, or that a desk keeps."""
    first, last = _clock(opens), _clock(closes)
    if first is None or last is None:
        return None, None
    (hour, minute, half), (end_hour, end_minute, end_half) = first, last
    if not half and not end_half and hour <= 12 and (end_hour < hour or hour < EARLIEST):  # not "9 to 16"
        half, end_half = "am" if hour >= EARLIEST else "pm", "pm"
    if not half and end_half:
        half = "am" if EARLIEST <= hour < 12 else "pm"
    return _at(hour, minute, half), _at(end_hour, end_minute, end_half)


def _clock(word: str) -> tuple[int, int, str] | None:
    if word.lower() == "noon":
        return 12, 0, "pm"
    hour, minute = (int(part) for part in [*re.findall(r"\d+", word), "0"][:2])
    half = {"a": "am", "p": "pm"}.get(re.sub(r"[\d:.\s]", "", word.lower())[:1], "")
    return (hour, minute, half) if hour < 24 and minute < 60 and (hour <= 12 or not half) else None


def _at(hour: int, minute: int, half: str) -> time:
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)
