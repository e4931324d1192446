"""Free times near one that is lost: with the same consultant, else with anyone of us who gives that kind of call."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bookings import anyone, availability, offers, picker, rules, whose_clock
from bookings.models import Consultation, Practice, Service
from bookings.rules import JustTaken
from bookings.slots import Why
from cases.case.models import Case
from portal import when
from portal.errors import Refused


@dataclass(frozen=True)
class Near:
    """The times, and whom they are with, as an address carries it. Empty where nobody has any."""

    times: list[dict[str, str]] = field(default_factory=list)
    whom: str = ""
    notice_hours: int = 0  # of the consultant whose time it was

    def said(self, refused: Refused) -> str:
        """Why a time is lost; no times near it are promised where there are none."""
        if self.times or not isinstance(refused, JustTaken) or refused.code not in list(Why):
            return str(refused.message)
        return rules.sentence(Why(refused.code), self.notice_hours, has_more=False)


def near(
    case: Case,
    practice: Practice | None,
    service: Service,
    lost: datetime,
    user: Any,
    now: datetime,
    *,
    moving: Consultation | None = None,
) -> Near:
    """The three nearest. A call that moves stays with its consultant here."""
    zone = whose_clock.zone_for(case, user)
    if practice is not None:
        free = availability.free_starts(case, practice, service, now, moving=moving)
        nearest = offers.nearest([start for start in free if start != lost], lost)
        if nearest:
            times = [{"value": picker.value_of(start), "label": when.moment(start, zone)} for start in nearest]
            return Near(times, str(practice.pk))
    others = [] if moving else anyone.taking_bookings(user, case, now)
    others = [one for one in others if practice is None or one.pk != practice.pk]
    if not others:
        return Near(notice_hours=practice.notice_hours if practice else 0)
    wish = picker.Offer(case=case, practice=others[0], service=service, now=now, zone=zone, lost=lost)
    together = anyone.offer_of(wish, others, anyone.Fit())
    times = together.suggestions() if together else []
    return Near(times, anyone.ANYONE, practice.notice_hours if practice else 0)
