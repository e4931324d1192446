"""Who is proposed: a colleague who has a place in the case, else one with the same language who knows the same best."""

from datetime import datetime
from typing import Any

from bookings import anyone
from bookings.models import Practice
from bookings.practices import words_in
from cases.case.left.models import Departure
from portal.accounts.models import User


def proposed(departure: Departure, user: Any, now: datetime) -> User | None:
    """One of our consultants; None where nobody is like the one who left: then a person finds somebody."""
    placed = departure.case.assignments.filter(ended_at=None, user__role=User.Role.CONSULTANT, user__can_sign_in=True)
    if own := placed.select_related("user").order_by("begun_at", "pk").first():
        return own.user
    before = Practice.objects.filter(pk=departure.consultant_id).first()
    if before is None:
        return None
    others = [each for each in anyone.taking_bookings(user, departure.case, now) if _is_like(each, before)]
    return anyone.in_order(others)[0].consultant if others else None


def _is_like(practice: Practice, before: Practice) -> bool:
    return practice.pk != before.pk and all(
        _folded(getattr(practice, field)) & _folded(getattr(before, field)) or not getattr(before, field)
        for field in ("languages", "specialties")
    )


def _folded(written: str) -> set[str]:
    return {word.casefold() for word in words_in(written)}
