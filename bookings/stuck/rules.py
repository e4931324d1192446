"""When somebody can say that they cannot get in, and when one of us rings then. Pure."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings import rules
from cases.case import office_hours
from portal.reminders.rules import at_wall

LOOKED_AHEAD = 14  # days in which an office opens again


def why_not(call: rules.Booked, now: datetime) -> str:
    """Why nobody can say so now, or ""."""
    if call.state != rules.BOOKED:
        return _("This call is not booked any more.")
    if now >= call.ends_at:
        return _("This call is over.")
    if call.starts_at - now > rules.OPENS_BEFORE:  # elapsed
        return _("The way in is not open yet. You can say this from 15 minutes before the call on.")
    return ""


def stands(asked_at: datetime, call: rules.Booked, now: datetime) -> bool:
    """Whether what was said then is of this start, and the call is neither over nor off."""
    return not why_not(call, now) and asked_at >= call.starts_at - rules.OPENS_BEFORE


def rings_at(hours: str, zone: ZoneInfo, closed: Set[date], now: datetime) -> datetime | None:
    """`now` while our office is open, else when it opens next; None where its hours say no times for certain."""
    spans, there = office_hours.read(hours), now.astimezone(zone)
    if spans is None:
        return None
    if office_hours.closes_at(hours, there, closed):
        return now
    days = [there.date() + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD)]
    opens = [
        at_wall(day, span.opens, zone)
        for day in days
        for span in spans
        if day.weekday() in span.days and day not in closed
    ]
    return min((at for at in opens if at > now), default=None)
