"""When a consultant is free: all the arithmetic of hours, zones and reading days, pure.

Weekly hours are wall times in the consultant's zone. A moment is inside the hours when the clock on that
wall, at that moment, shows a time inside a span: so a missing hour has no moments and a doubled hour has
two of each. Everything after that is reckoned in UTC.

Starts are offered every 30 minutes counted from the beginning of each span. Counting from the span, and
not from the last call or from the full hour, keeps the offer steady while others book, keeps the number of
choices small for a tired reader, and lets hours that begin at 9:15 be booked from 9:15.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from bookings import sweep
from portal.texts.business_days import add_business_days

STEP = timedelta(minutes=30)
DAY = timedelta(days=1)


class Why(StrEnum):
    """Why a start is not offered, or a day has none. In the order in which they are asked."""

    FREE = ""
    NOT_GIVEN = "not_given"
    NO_HOURS = "no_hours"
    PAST = "past"
    CLOSED = "closed"
    OFF = "off"
    NO_ROOM = "no_room"
    NOTICE = "notice"
    READING = "reading"
    HORIZON = "horizon"
    OWN_CALL = "own_call"
    TAKEN = "taken"
    FULL_DAY = "full_day"


@dataclass(frozen=True, slots=True)
class Span:
    """Hours on one weekday (Monday is 0), wall time, until excluded; until midnight is the end of the day, here and in
    all hours below. Dated: on those days only, both included.
    """

    weekday: int
    from_time: time
    until_time: time
    from_on: date | None = None
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class Off:
    """Days off, both ends included; with times, that part of each of those days.

    Repeated, it is only every 7th or 14th day, counted from the first.
    """

    from_on: date
    until_on: date
    from_time: time | None = None
    until_time: time | None = None
    every_days: int = 1

    def is_on(self, day: date) -> bool:
        return self.from_on <= day <= self.until_on and (day - self.from_on).days % self.every_days == 0


@dataclass(frozen=True, slots=True)
class Extra:
    """Hours on one date, above the weekly ones. They hold on a day off and on a closed day too."""

    on_date: date
    from_time: time
    until_time: time


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch of UTC that is used. A call's stretch ends with the rest that follows it."""

    starts_at: datetime
    ends_at: datetime
    is_call: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """One consultant's terms: elapsed minutes and hours, calendar days."""

    rest_minutes: int = 10
    notice_hours: int = 24
    horizon_days: int = 90
    daily_cap: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A service as the arithmetic needs it: elapsed minutes, and business days for reading a plan."""

    minutes: int
    preparation_minutes: int = 0
    reading_days: int = 0

    def stretch(self, starts_at: datetime, rest_minutes: int) -> tuple[datetime, datetime]:
        """From the first minute of preparation to the last minute of the rest afterwards."""
        return (
            starts_at - timedelta(minutes=self.preparation_minutes),
            starts_at + timedelta(minutes=self.minutes + rest_minutes),
        )


@dataclass(frozen=True)
class Calendar:
    """One consultant's time. `closed` are the days without weekly hours: the public holidays where they live."""

    zone: ZoneInfo
    spans: Sequence[Span] = ()
    off: Sequence[Off] = ()
    extra: Sequence[Extra] = ()
    taken: Sequence[Taken] = ()
    terms: Terms = field(default_factory=Terms)
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Asked:
    """What is asked of a calendar. `ready_on` is the day the plan became readable, if it has.

    `closed` are the days on which the consultant reads no plan: the public holidays where they live.
    """

    talk: Talk
    now: datetime
    closed: frozenset[date] = frozenset()
    ready_on: date | None = None
    is_given: bool = True  # whether this consultant gives this kind of call
    own_calls: Sequence[Taken] = ()


# Business days


def plan_due_on(starts_at: datetime, zone: ZoneInfo, talk: Talk, closed: frozenset[date]) -> date | None:
    """The last day on which a plan leaves its reading days before the talk; None if none is read."""
    if not talk.reading_days:
        return None
    return add_business_days(starts_at.astimezone(zone).date(), -talk.reading_days, closed)


# Wall time to UTC


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


@lru_cache(maxsize=1024)
def _steady(day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The day cut where its clocks change: (from, until, offset), in UTC. At most one change a day.

    Kept: each start of a day asks, and the pinned zones do not change while a process lives.
    """
    midnight = datetime.combine(day, time.min)
    begins = midnight.replace(tzinfo=zone).astimezone(UTC)
    ends = (midnight + DAY).replace(tzinfo=zone).astimezone(UTC)
    before, after = _offset(begins, zone), _offset(ends - timedelta(seconds=1), zone)
    if before == after:
        return ((begins, ends, before),)
    low, high = begins, ends
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        middle -= timedelta(microseconds=middle.microsecond)
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    return ((begins, high, before), (high, ends, after))


def _moments(day: date, zone: ZoneInfo, wall: time) -> list[datetime]:
    """The moments at which the clock shows this time on this day: none, one or two."""
    naive = datetime.combine(day, wall, tzinfo=UTC)
    found = ((begins, ends, naive - offset) for begins, ends, offset in _steady(day, zone))
    return [at for begins, ends, at in found if begins <= at < ends]


def instant(wall_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The one moment of a naive wall time, or None where the clock skips it or shows it twice."""
    moments = _moments(wall_at.date(), zone, wall_at.time())
    return moments[0] if len(moments) == 1 else None


MIDNIGHT = time.min


def is_after(until_time: time, from_time: time) -> bool:
    """Whether hours end after they begin; midnight is the end of the day."""
    return until_time > from_time or until_time == MIDNIGHT


def _walls(day: date, from_time: time, until_time: time) -> tuple[datetime, datetime]:
    """The wall times at which hours of this day begin and end, the end perhaps at the midnight that follows."""
    ends_on = day + DAY if until_time == MIDNIGHT else day
    return datetime.combine(day, from_time), datetime.combine(ends_on, until_time)


def show_the_same(one: ZoneInfo, other: ZoneInfo, now: datetime, days: int = 400) -> bool:
    """Whether the clocks of two zones show the same on each of the days ahead."""
    return one.key == other.key or all(
        _offset(now + ahead * DAY, one) == _offset(now + ahead * DAY, other) for ahead in range(days)
    )


Stretch = tuple[datetime, datetime]


def _stretches(day: date, zone: ZoneInfo, from_time: time, until_time: time) -> list[Stretch]:
    """The moments of the day at which the clock shows a time in [from, until)."""
    low, high = (wall.replace(tzinfo=UTC) for wall in _walls(day, from_time, until_time))
    cut = [(max(begins, low - offset), min(ends, high - offset)) for begins, ends, offset in _steady(day, zone)]
    return [(begins, ends) for begins, ends in cut if begins < ends]


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sorted, with those that touch or overlap made one."""
    merged: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged


def without(stretches: Iterable[Stretch], gaps: Iterable[Stretch]) -> list[Stretch]:
    """What is left of these stretches once the gaps are cut out."""
    left = list(stretches)
    for gap_from, gap_until in gaps:
        pieces = [
            piece for begins, ends in left for piece in ((begins, min(ends, gap_from)), (max(begins, gap_until), ends))
        ]
        left = [(begins, ends) for begins, ends in pieces if begins < ends]
    return left


# The hours of one day


def _weekly(calendar: Calendar, day: date) -> list[Span]:
    weekday = day.weekday()
    return [span for span in calendar.spans if span.weekday == weekday and span.holds_on(day)]


def _extra(calendar: Calendar, day: date) -> list[Extra]:
    return [extra for extra in calendar.extra if extra.on_date == day]


def _gaps(calendar: Calendar, day: date) -> list[Stretch]:
    gaps: list[Stretch] = []
    for off in calendar.off:
        if not off.is_on(day):
            continue
        if off.from_time is None or off.until_time is None:
            gaps.append((datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)))
        else:
            gaps.extend(_stretches(day, calendar.zone, off.from_time, off.until_time))
    return gaps


def open_stretches(calendar: Calendar, day: date) -> list[Stretch]:
    """The hours of a local day in UTC: weekly ones less time off, none on closed days, and extra ones."""
    weekly: list[Stretch] = []
    if day not in calendar.closed:
        for span in _weekly(calendar, day):
            weekly += _stretches(day, calendar.zone, span.from_time, span.until_time)
    extra: list[Stretch] = []
    for hours in _extra(calendar, day):
        extra += _stretches(day, calendar.zone, hours.from_time, hours.until_time)
    return _merged(without(weekly, _gaps(calendar, day)) + extra)


def open_around(calendar: Calendar, day: date) -> list[Stretch]:
    """The hours of a local day, and where they touch its midnights those of the day before and after: a call, or its
    preparation, may begin on one day and end on the next.
    """
    opened, steady = open_stretches(calendar, day), _steady(day, calendar.zone)
    if not opened:
        return []
    around = list(opened)
    if opened[-1][1] == steady[-1][1]:
        around += open_stretches(calendar, _beside(day, calendar.zone, DAY))
    if opened[0][0] == steady[0][0]:
        around += open_stretches(calendar, _beside(day, calendar.zone, -DAY))
    return _merged(around)


def _beside(day: date, zone: ZoneInfo, step: timedelta) -> date:
    """The day before or after; not one that the place skipped, as by the date line."""
    following = _steady(day + step, zone)
    return day + step if following[0][0] < following[-1][1] else day + 2 * step


def grid(calendar: Calendar, day: date) -> list[datetime]:
    """Every start the hours of this day have, free or not. A wall time that comes twice is left out:
    "1:30 am" would not say which."""
    starts: set[datetime] = set()
    spans: list[Span | Extra] = [*_weekly(calendar, day), *_extra(calendar, day)]
    for hours in spans:
        wall, until = _walls(day, hours.from_time, hours.until_time)
        while wall < until:
            moment = instant(wall, calendar.zone)
            if moment is not None:
                starts.add(moment)
            wall += STEP
    return sorted(starts)


# Judging


def overlaps(begins: datetime, ends: datetime, others: Iterable[Taken]) -> bool:
    return any(other.starts_at < ends and begins < other.ends_at for other in others)


@dataclass(frozen=True)
class _Day:
    """What is the same for every start of one local day."""

    on: date
    is_closed: bool
    has_gap: bool
    open: list[Stretch]
    taken: list[Taken]
    calls: int


def _day(calendar: Calendar, on: date) -> _Day:
    near = datetime.combine(on, time.min, tzinfo=UTC)
    taken = [t for t in calendar.taken if t.starts_at < near + 3 * DAY and near - 2 * DAY < t.ends_at]
    return _Day(
        on=on,
        is_closed=on in calendar.closed,
        has_gap=bool(_gaps(calendar, on)),
        open=open_around(calendar, on),
        taken=taken,
        calls=sum(t.is_call and t.starts_at.astimezone(calendar.zone).date() == on for t in taken),
    )


def _why_not(calendar: Calendar, asked: Asked, day: _Day, start: datetime) -> Why:
    talk, terms = asked.talk, calendar.terms
    today = asked.now.astimezone(calendar.zone).date()
    ends = start + timedelta(minutes=talk.minutes)
    begins, rested = talk.stretch(start, terms.rest_minutes)
    due_on = plan_due_on(start, calendar.zone, talk, asked.closed)
    if not asked.is_given:
        return Why.NOT_GIVEN
    if start <= asked.now:
        return Why.PAST
    if not any(opens <= begins and ends <= closes for opens, closes in day.open):
        return Why.CLOSED if day.is_closed else Why.OFF if day.has_gap else Why.NO_ROOM
    if start - asked.now < timedelta(hours=terms.notice_hours):  # elapsed
        return Why.NOTICE
    if due_on is not None and due_on < (asked.ready_on or today):  # calendar
        return Why.READING
    if day.on > today + terms.horizon_days * DAY:  # calendar
        return Why.HORIZON
    if overlaps(start, ends, asked.own_calls):
        return Why.OWN_CALL
    if overlaps(begins, rested, day.taken):
        return Why.TAKEN
    if terms.daily_cap is not None and day.calls >= terms.daily_cap:
        return Why.FULL_DAY
    return Why.FREE


def judged(calendar: Calendar, asked: Asked, first: date, last: date) -> Iterator[tuple[datetime, Why]]:
    """Every start on the consultant's local days first to last, each with why it is not offered."""
    on = first
    while on <= last:
        day = _day(calendar, on)
        for start in grid(calendar, on):
            yield start, _why_not(calendar, asked, day, start)
        on += DAY


def free_starts(
    calendar: Calendar, asked: Asked, first: date | None = None, last: date | None = None
) -> list[datetime]:
    """The starts that can be booked, in UTC and in order; by default all inside the horizon."""
    if not asked.is_given:
        return []
    today = asked.now.astimezone(calendar.zone).date()
    first = max(first or today, today)
    horizon = today + calendar.terms.horizon_days * DAY
    last = min(last or horizon, horizon)

    def one_by_one(on: date) -> list[datetime]:
        return [start for start, why in judged(calendar, asked, on, on) if why is Why.FREE]

    def is_too_soon(on: date) -> bool:  # calendar
        return add_business_days(on, -asked.talk.reading_days, asked.closed) < (asked.ready_on or today)

    asks = is_too_soon if asked.talk.reading_days else None
    return sweep.free(calendar, asked, first, last, step=STEP, one_by_one=one_by_one, is_too_soon=asks)


def why_not(calendar: Calendar, asked: Asked, start: datetime) -> Why:
    """Judge one start by the rule that makes the offer. FREE exactly when `free_starts` has it."""
    on = start.astimezone(calendar.zone).date()
    if start in grid(calendar, on):
        return _why_not(calendar, asked, _day(calendar, on), start)
    return Why.PAST if start <= asked.now else Why.NO_HOURS


def why_none(calendar: Calendar, asked: Asked, on: date) -> Why:
    """Why a local day of the consultant has nothing free: the reason its last hurdle gives."""
    if not asked.is_given:
        return Why.NOT_GIVEN
    reasons = [why for _, why in judged(calendar, asked, on, on)]
    if on < asked.now.astimezone(calendar.zone).date():
        return Why.PAST
    if on in calendar.closed and not _extra(calendar, on):
        return Why.CLOSED
    return max(reasons, key=list(Why).index, default=Why.NO_HOURS)


def is_inside_horizon(calendar: Calendar, now: datetime, starts_at: datetime) -> bool:
    """Whether a start lies within the days that can be booked now."""
    on, today = starts_at.astimezone(calendar.zone).date(), now.astimezone(calendar.zone).date()
    return on <= today + calendar.terms.horizon_days * DAY  # calendar


def is_in_gap(calendar: Calendar, off: Off, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a call and this time off have a moment in common."""
    days = {at.astimezone(calendar.zone).date() for at in (starts_at, ends_at - timedelta(seconds=1))}
    alone = replace(calendar, off=[off])
    return any(begins < ends_at and starts_at < ends for day in days for begins, ends in _gaps(alone, day))


def is_inside_hours(calendar: Calendar, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a call lies inside the hours. Asked when hours change; preparation may lie outside then."""
    on = starts_at.astimezone(calendar.zone).date()
    stretches = open_around(calendar, on)
    return any(opens <= starts_at and ends_at <= closes for opens, closes in stretches)
