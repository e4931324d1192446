"""Whether a time suits what was asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

NOON = 12
MOST_A_DAY = 3  # messages about earlier times, to one patient
LONGEST = 180  # days ahead
MORNING, AFTERNOON = "morning", "afternoon"


class Wished(Protocol):
    part: str
    weekdays: Sequence[int]
    until_on: date

    @property
    def zone(self) -> ZoneInfo: ...


def suits(wish: Wished, start: datetime, before: datetime | None) -> bool:
    """By her own clock and calendar: her half of the day, her weekdays, until her day, and before her call."""
    local = start.astimezone(wish.zone)
    if before is not None and start >= before:
        return False
    if local.date() > wish.until_on or local.weekday() not in wish.weekdays:
        return False
    is_morning = local.hour < NOON
    return wish.part not in (MORNING, AFTERNOON) or is_morning == (wish.part == MORNING)
