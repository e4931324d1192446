"""What booking decides by, read under its locks in one query."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from bookings import agreeing
from bookings.missed import NEW_TIME
from bookings.models import AskedHold, Consultation, Hold, Wish
from cases.case.models import Assignment, Consent, Departure, ToDo
from portal import beside
from portal.accounts.models import User
from portal.texts import words
from portal.texts.models import Text


@dataclass(frozen=True)
class AtHand:
    """`kept`: the hold as `holds` reads it, or None; `answers`: what the house says, as `once` knows it."""

    earlier: Consultation | None
    kept: Any
    consents: list[Consent]
    answers: dict[Hashable, object]


def holds() -> QuerySet[Hold]:
    """Each with whether its time is reserved still, the consultant has a place in the case, a helper's choice waits
    for an answer, somebody waits for an earlier time, it is asked who goes on for a consultant who left, and a new time
    is looked for after a call that did not take place.
    """
    places = Assignment.objects.filter(case=OuterRef("case"), user=OuterRef("consultant"), ended_at=None)
    found = Hold.objects.with_time().select_related("case__key", "service", "consultant", "moving")
    return found.annotate(
        has_place=Exists(places),
        is_asked=Exists(AskedHold.objects.waiting().filter(patient=OuterRef("patient"))),
        waits=Exists(Wish.objects.open().filter(case=OuterRef("case"))),
        is_left=Exists(Departure.objects.unsettled().filter(case=OuterRef("case"))),
        is_missed=Exists(ToDo.objects.open().filter(kind=NEW_TIME, case=OuterRef("case"))),
    )


def read(hold: Hold, patient: User) -> AtHand:
    """One query. The case's patient is the one who is locked."""
    found = beside.lists(
        patient,
        earlier=Consultation.objects.filter(held_as=hold.pk).order_by(),
        kept=holds().filter(pk=hold.pk),
        consents=agreeing.standing(patient, hold.case, hold.consultant),
        **words.beside(Text.Kind.SCOPE_TICK, Text.Kind.CONSENT_READ),
    )
    kept, answers = next(iter(found["kept"]), None), words.answers(found)
    if kept:
        kept.case.patient = kept.patient = patient
        answers["waits", kept.case_id], answers["left", kept.case_id] = kept.waits, kept.is_left
        answers["missed", kept.case_id] = kept.is_missed
    return AtHand(next(iter(found["earlier"]), None), kept, found["consents"], answers)
