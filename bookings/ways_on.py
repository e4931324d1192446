"""What is left where nothing is free before the visit: somebody else, or a first talk by phone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bookings import anyone, picker
from bookings.models import Practice, Service

SHOWN = 3


@dataclass(frozen=True)
class Way:
    """Whom somebody could talk with instead, for what, and their first time."""

    practice: Practice
    service: Service
    at: datetime


@dataclass(frozen=True)
class Ways:
    others: list[Way] = field(default_factory=list)
    by_phone: Way | None = None


def are_needed(offer: picker.Offer) -> bool:
    """Where nothing is free; not for a call that moves: that has a time."""
    return not offer.moving and not offer.first_before_visit()


def ways_on(offer: picker.Offer, practices: Sequence[Practice], services: Sequence[Service]) -> Ways | None:
    """None where they are not needed."""
    if not are_needed(offer):
        return None
    has_others = not offer.is_anyone or anyone.fit_of(offer) != anyone.Fit()
    others = anyone.others_before(offer, practices)[:SHOWN] if has_others else []
    return Ways([Way(one, offer.service, at) for one, at in others], _first_talk(offer, practices, services))


def _first_talk(offer: picker.Offer, practices: Sequence[Practice], services: Sequence[Service]) -> Way | None:
    """The soonest before the visit, whoever gives it and fits; None where it is switched off, or asked for already."""
    found = next((each for each in services if each.code == Service.Code.FIRST_TALK), None)
    if found is None or found == offer.service or found.needs_plan:
        return None
    short = picker.Offer(
        case=offer.case, practice=offer.practice, service=found, now=offer.now, zone=offer.zone, known=offer.known
    )
    short.comes_on = offer.comes_on
    short.asked = replace(offer.asked, talk=found.talk, ready_on=None)
    together = anyone.offer_of(short, practices, anyone.fit_of(offer))
    if together is None or not (at := together.first_before_visit()):
        return None
    return Way(together.who(at)[0], found, at)
