"""What a coordinator with a reason may go beyond: notice, horizon, cap, and the last 2 hours. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from bookings import rules, slots
from bookings.slots import Why
from portal.errors import Refused

# Terms of the house's convenience. Hours, closed days, other calls and the reading of a plan stay as they are.
BEYOND = frozenset({Why.NOTICE, Why.HORIZON, Why.FULL_DAY})
AT_MOST_DAYS = 366
LONGEST = 500


def without_terms(calendar: slots.Calendar) -> slots.Calendar:
    """The same calendar with no notice, no cap, and a year of horizon."""
    terms = replace(calendar.terms, notice_hours=0, horizon_days=AT_MOST_DAYS, daily_cap=None)
    return replace(calendar, terms=terms)


def needs_reason(call: rules.Booked, now: datetime) -> bool:
    """Whether moving it is beyond the rules: it starts within 2 hours, or began."""
    return call.starts_at - now < rules.MOVE_UNTIL  # elapsed


def check_reason(reason: str) -> str:
    """The reason as it is kept; Refused for an empty one."""
    said = " ".join(reason.split())
    if not said:
        raise Refused(_("Say why: the reason is kept with the call."), code="reason")
    return said[:LONGEST]


def joined(before: str, reason: str) -> str:
    """The reasons of a call, one a line, the newest last; the same again is not repeated."""
    lines = [line for line in before.split("\n") if line]
    return "\n".join(lines if not reason or lines[-1:] == [reason] else [*lines, reason])
