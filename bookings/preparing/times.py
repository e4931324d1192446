"""Where the preparation of a call may lie instead: on the grid of its consultant's own free hours. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bookings import slots
from bookings.slots import DAY, Calendar


def starts(
    calendar: Calendar, now: datetime, call_at: datetime, minutes: int, first: date | None = None
) -> list[datetime]:
    """The starts from a local day (or today) on at which it is over before the call begins, in order.

    The calendar is without the preparation itself. Directly before the call is the way back: it needs to be free, and
    not inside the hours, which may have changed since.
    """
    length = timedelta(minutes=minutes)
    today, last = now.astimezone(calendar.zone).date(), call_at.astimezone(calendar.zone).date()
    directly = call_at - length
    found = {directly} if not first or directly.astimezone(calendar.zone).date() >= first else set()
    on = max(first or today, today)
    while on <= last:
        opened = slots.open_around(calendar, on)
        found |= {
            start
            for start in slots.grid(calendar, on)
            if any(opens <= start and start + length <= closes for opens, closes in opened)
        }
        on += DAY
    return sorted(
        start
        for start in found
        if now < start and start + length <= call_at and not slots.overlaps(start, start + length, calendar.taken)
    )
