"""When somebody can say that they are late, and until when it stands. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from bookings import rules

FROM_BEFORE = timedelta(hours=1)  # earlier the call is moved instead


class Word(Protocol):
    starts_at: datetime

    @property
    def expected_at(self) -> datetime: ...


def why_not(call: rules.Booked, now: datetime) -> str:
    """Why nobody can say so now, or ""."""
    if call.state != rules.BOOKED:
        return _("This call is not booked any more.")
    if now >= call.ends_at:
        return _("This call is over.")
    if call.starts_at - now > FROM_BEFORE:  # elapsed
        return _("You can say this from an hour before the call on. Until 2 hours before you can still move it.")
    return ""


def stands(word: Word, call: rules.Booked, now: datetime) -> bool:
    """Whether it still holds: of this start, until the minutes are over, while the call is booked and not over."""
    return not why_not(call, now) and word.starts_at == call.starts_at and now < min(word.expected_at, call.ends_at)
