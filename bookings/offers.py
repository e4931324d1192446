"""Which free times to show first: three that fit, and those nearest to a lost one. Weeks of a month. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

# One suggestion in the late morning, one after lunch, one early: people are well at different hours.
PREFERRED = (time(10, 30), time(14), time(9))
# Without a visit to come before, suggestions stay within the first days that have free times.
NEAR_DAYS = 6


def by_day(starts: Sequence[datetime], zone: ZoneInfo) -> dict[date, list[datetime]]:
    """The starts by the reader's own day, in order."""
    days: dict[date, list[datetime]] = {}
    for _, group in groupby(starts, key=datetime.date):
        run = list(group)
        first, last = min(run).astimezone(zone), max(run).astimezone(zone)
        if first.date() == last.date() and first.utcoffset() == last.utcoffset():  # so has all between
            days.setdefault(first.date(), []).extend(run)
            continue
        for start in run:
            days.setdefault(start.astimezone(zone).date(), []).append(start)
    return days


def _spread(days: Sequence[date], count: int) -> list[date]:
    """Up to `count` days, the first always, the others evenly over the rest."""
    if len(days) <= count:
        return list(days)
    return [days[index * (len(days) - 1) // (count - 1)] for index in range(count)]


def _nearest_to(starts: Sequence[datetime], wall: time, zone: ZoneInfo) -> datetime:
    def distance(start: datetime) -> int:
        local = start.astimezone(zone)
        return abs((local.hour - wall.hour) * 60 + local.minute - wall.minute)

    return min(starts, key=distance)


def suggested(starts: Sequence[datetime], zone: ZoneInfo, before: date | None = None, count: int = 3) -> list[datetime]:
    """Up to three times on different days, all before the day of the visit when there is one.

    Every start given already leaves the reading days. Empty when none comes before that day.
    """
    return suggested_of(by_day(starts, zone), zone, before, count)


def suggested_of(
    days: Mapping[date, Sequence[datetime]],
    zone: ZoneInfo,
    before: date | None = None,
    count: int = 3,
    *,
    after: date | None = None,
) -> list[datetime]:
    """The same from starts that stand by the reader's day; with `after`, from the days that follow it."""
    fitting = (day for day in days if (before is None or day < before) and (after is None or day > after))
    near = sorted(fitting)[:NEAR_DAYS]
    chosen = [_nearest_to(days[day], wall, zone) for day, wall in zip(_spread(near, count), PREFERRED, strict=False)]
    # Fewer days than wanted: fill up with other times on those days.
    rest = [start for day in near for start in days[day] if start not in chosen]
    return sorted(chosen + rest[: count - len(chosen)])


def nearest(starts: Sequence[datetime], wanted: datetime, count: int = 3) -> list[datetime]:
    """The free times closest to one that was lost, in order of time."""
    return sorted(sorted(starts, key=lambda start: abs(start - wanted))[:count])


def month_weeks(first: date, until: date) -> list[list[date]]:
    """Whole weeks, Monday first, from the week of `first` to the week of `until`."""
    monday = first - timedelta(days=first.weekday())
    weeks: list[list[date]] = []
    while monday <= until:
        weeks.append([monday + timedelta(days=offset) for offset in range(7)])
        monday += timedelta(days=7)
    return weeks
