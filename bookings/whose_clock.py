"""By whose clock a page of times goes: the reader's own; the patient's, where a coordinator looks for her."""

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from bookings import slots
from bookings.models import AskedHold, Practice
from cases.case.models import Case
from cases.case.people import COORDINATOR
from portal import clock


def zone_for(case: Case, user: Any) -> ZoneInfo:
    zone: ZoneInfo = case.patient.zone if user.role == COORDINATOR else user.zone
    return zone


def shown_for(case: Case, user: Any) -> AbstractContextManager[None]:
    """Every time that is written meanwhile is on that clock."""
    return timezone.override(zone_for(case, user))


def differ(one: ZoneInfo, other: ZoneInfo) -> bool:
    """Whether two clocks show another time on any day that can be booked, whatever their zones are called."""
    return _differ(one, other, clock.now().date())


@lru_cache(maxsize=512)
def _differ(one: ZoneInfo, other: ZoneInfo, day: date) -> bool:
    return not slots.show_the_same(one, other, datetime.combine(day, time(12), UTC))


def words(case: Case, user: Any, whose: Practice | AskedHold | None) -> dict[str, Any]:
    """What a page needs to name the clocks: the one it goes by, whose it is where that is not the reader's own, and
    those of the consultant (`whose`) and of the reader where they differ.
    """
    zone = zone_for(case, user)
    return {
        "zone": zone,
        "clock_of": case.patient if user.role == COORDINATOR and user.pk != case.patient_id else None,
        "is_elsewhere": whose is not None and differ(zone, whose.zone),
        "is_reader_elsewhere": differ(zone, user.zone),
    }
