"""The free starts of many days at once: the same answer as judging each start by itself, without doing so.

A day on which the clocks stay as they are, and nothing but weekly hours counts that leave its midnights alone, has the
starts of its weekday, moved to its midnight: one look at the zone a day. What is too soon or taken is a sorted list of
gaps that is walked along once.
Every other day is judged start by start, by `slots.judged`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bookings.slots import Asked, Calendar, Span

Gap = tuple[datetime, datetime]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def free(
    calendar: Calendar,
    asked: Asked,
    first: date,
    last: date,
    *,
    step: timedelta,
    one_by_one: Callable[[date], Iterable[datetime]],
    is_too_soon: Callable[[date], bool] | None,
) -> list[datetime]:
    """The free starts of the consultant's local days first to last.

    `one_by_one` gives those of a day that is not like others. `is_too_soon` says of a day that a plan could not be read
    before it; of later days it need not be asked again. None where no plan is read.
    """
    if first > last:
        return []
    talk, changes = asked.talk, _changes(calendar.spans, first, last)
    week: list[list[timedelta] | None] = []
    odd = {extra.on_date for extra in calendar.extra} | calendar.closed
    off, offset_at = calendar.off, calendar.zone.utcoffset
    since = max(asked.now + timedelta(microseconds=1), asked.now + timedelta(hours=calendar.terms.notice_hours))
    gaps = _gaps(calendar, asked)
    full = _full(calendar)
    found: list[datetime] = []
    on, weekday, at = first, first.weekday(), 0
    midnight = datetime.combine(first, time.min, tzinfo=UTC)  # as if the wall were in UTC
    offset = offset_at(midnight)
    while on <= last:
        if changes and on == changes[-1]:
            changes.pop()
            holding = tuple(span for span in calendar.spans if span.holds_on(on))
            week = _week(holding, talk.preparation_minutes, talk.minutes, step)
        following = midnight + DAY
        next_offset = offset_at(following)
        if is_too_soon and is_too_soon(on):
            pass
        elif (
            (walls := week[weekday]) is None
            or offset != next_offset
            or on in odd
            or (off and any(each.is_on(on) for each in off))
        ):
            is_too_soon = None
            found += one_by_one(on)
        elif on not in full:
            is_too_soon = None
            from_at = midnight - offset  # type: ignore[operator]
            starts = [from_at + wall for wall in walls]
            if since > from_at:
                starts = [start for start in starts if start >= since]
            while at < len(gaps) and gaps[at][1] <= from_at:
                at += 1
            if at < len(gaps) and gaps[at][0] < from_at + DAY:
                starts = _without(starts, gaps, at)
            found += starts
        on, weekday, midnight, offset = on + DAY, (weekday + 1) % 7, following, next_offset
    return found


def _changes(spans: Iterable[Span], first: date, last: date) -> list[date]:
    """The days on which other weekly hours begin to hold, the first included; the last of them first."""
    days = {first}
    for span in spans:
        if span.from_on and first < span.from_on <= last:
            days.add(span.from_on)
        if span.until_on and first <= span.until_on < last:
            days.add(span.until_on + DAY)
    return sorted(days, reverse=True)


@lru_cache(maxsize=512)  # hours change seldom, and each page asks
def _week(spans: tuple[Span, ...], preparation: int, minutes: int, step: timedelta) -> list[list[timedelta] | None]:
    """For each weekday the starts that leave room for the whole talk, as time since midnight. None where hours touch a
    midnight: those of the day beside may go on.
    """
    before, after = preparation * MINUTE, minutes * MINUTE
    week: list[list[timedelta] | None] = []
    for weekday in range(7):
        theirs = [span for span in spans if span.weekday == weekday]
        if any(time.min in (span.from_time, span.until_time) for span in theirs):
            week.append(None)
            continue
        hours = sorted((_since_midnight(span.from_time), _since_midnight(span.until_time)) for span in theirs)
        open_: list[tuple[timedelta, timedelta]] = []
        starts: set[timedelta] = set()
        for begins, ends in hours:
            if open_ and begins <= open_[-1][1]:
                open_[-1] = (open_[-1][0], max(ends, open_[-1][1]))
            else:
                open_.append((begins, ends))
            while begins < ends:
                starts.add(begins)
                begins += step
        week.append(
            sorted(s for s in starts if any(opens <= s - before and s + after <= closes for opens, closes in open_))
        )
    return week


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def _gaps(calendar: Calendar, asked: Asked) -> list[Gap]:
    """Between which moments, both left out, no start lies: what is taken, and her own calls. Sorted, none overlap."""
    talk, rest = asked.talk, calendar.terms.rest_minutes
    before, after = (talk.minutes + rest) * MINUTE, talk.preparation_minutes * MINUTE
    gaps = [(taken.starts_at - before, taken.ends_at + after) for taken in calendar.taken]
    gaps += [(own.starts_at - talk.minutes * MINUTE, own.ends_at) for own in asked.own_calls]
    merged: list[Gap] = []
    for begins, ends in sorted(gaps):
        if merged and begins < merged[-1][1]:
            if ends > merged[-1][1]:
                merged[-1] = (merged[-1][0], ends)
        else:
            merged.append((begins, ends))
    return merged


def _without(starts: list[datetime], gaps: list[Gap], at: int) -> list[datetime]:
    left = []
    for start in starts:
        while at < len(gaps) and gaps[at][1] <= start:
            at += 1
        if at == len(gaps) or start <= gaps[at][0]:
            left.append(start)
    return left


def _full(calendar: Calendar) -> set[date]:
    """The local days that have as many calls as she takes."""
    cap = calendar.terms.daily_cap
    if cap is None:
        return set()
    calls: dict[date, int] = {}
    for taken in calendar.taken:
        if taken.is_call:
            on = taken.starts_at.astimezone(calendar.zone).date()
            calls[on] = calls.get(on, 0) + 1
    return {on for on, count in calls.items() if count >= cap}
