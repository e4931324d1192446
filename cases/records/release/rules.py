"""What a permission to send records must say, whom it must name, and whether a record may be sent by it. Pure.

Six elements and three statements, as a valid authorization has under 45 CFR 164.508(c): what, from whom, to whom,
why, until when, signature with its date; that it can be taken back, that care does not hang on it, that what was
sent may be passed on. A record never goes by a permission that is not whole, has run out, was taken back, or does not
name that record with everyone it goes to.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from cases.records.release.states import ReleaseState, To, Why
from cases.records.states import IN_TROUBLE, UNASKED, ItemState, Need, Route
from portal.moves import Move

PATIENT, HELPER, COORDINATOR = "patient", "helper", "coordinator"
WITHOUT_VISIT = timedelta(days=60)  # how far ahead an end is proposed where no visit has its day
LONGEST = timedelta(days=366)
# What the patient has herself, and what a doctor writes anew: nobody needs her permission to send these.
NEVER_RELEASED = frozenset({"treatment_plan", "referral_letter", "medications"})
STILL_TO_SEND = UNASKED | IN_TROUBLE | {ItemState.ASKED, ItemState.ACKNOWLEDGED}

S = ReleaseState
RELEASE_MOVES = {
    # A helper: where the law lets her act for the patient.
    "sign": Move({S.DRAFT}, S.SIGNED, {PATIENT, HELPER}),
    "say_signed": Move({S.DRAFT}, S.SIGNED, {PATIENT, HELPER, COORDINATOR}),
    "take_back": Move({S.SIGNED}, S.TAKEN_BACK, {PATIENT, HELPER, COORDINATOR}),
    "replace": Move({S.DRAFT, S.SIGNED}, S.REPLACED, {PATIENT, HELPER, COORDINATOR, "system"}),
}


@dataclass(frozen=True)
class Recipient:
    """One whom a permission names: an office with its doctor, us, or the patient."""

    to: str
    office: UUID | None = None
    doctor: str = ""

    @classmethod
    def of(cls, to: str, office: UUID | None = None, doctor: str = "") -> "Recipient":
        """The same doctor is the same recipient, however the name was typed."""
        return cls(to, office, doctor.strip().casefold())


@dataclass(frozen=True)
class Asked:
    """One record as it is to travel now."""

    item: UUID
    holder: UUID | None
    route: str
    office: UUID | None  # the second doctor's
    doctor: str
    visit_on: date | None = None


@dataclass(frozen=True)
class Held:
    """What a permission says, as it was signed."""

    state: str
    holder: UUID
    items: frozenset[UUID]
    recipients: frozenset[Recipient]
    until_on: date | None
    is_paper_gone: bool = False


def can_be_released(kind: str, state: str) -> bool:
    """Whether an office could still send a record of this kind, in this state, by a permission."""
    return kind not in NEVER_RELEASED and state in STILL_TO_SEND


def wants_release(*, need: str, asked_by_us: bool, has_own_form: bool) -> bool:
    """Whether a record should not be asked for without one: its kind or its office wants it, or we are to ask."""
    return need == Need.SIGNATURE or asked_by_us or has_own_form


def recipients(route: str, office: UUID | None, doctor: str) -> frozenset[Recipient]:
    """Everyone a record comes to on its way. Through us, we are one of them; carried, it is the patient's own."""
    if route == Route.CARRIED:
        return frozenset({Recipient(To.PATIENT)})
    there = Recipient.of(To.OFFICE, office, doctor)
    return frozenset({there, Recipient(To.US)}) if route == Route.THROUGH_US else frozenset({there})


def why_not_sent(held: Held | None, asked: Asked, today: date) -> Why | None:
    """Why a record may not be sent by this permission; None when it may."""
    if held is None:
        return Why.NONE
    ended = {S.DRAFT: Why.INCOMPLETE, S.TAKEN_BACK: Why.TAKEN_BACK, S.REPLACED: Why.REPLACED}
    if held.state in ended:
        return ended[ReleaseState(held.state)]
    if held.is_paper_gone:
        return Why.PAPER_GONE
    if held.until_on is None or held.until_on < today:
        return Why.EXPIRED
    return _why_not_covered(held, asked)


def _why_not_covered(held: Held, asked: Asked) -> Why | None:
    if asked.holder != held.holder:
        return Why.OTHER_HOLDER
    if asked.item not in held.items:
        return Why.OTHER_ITEM
    if not recipients(asked.route, asked.office, asked.doctor) <= held.recipients:
        return Why.OTHER_RECIPIENT
    if asked.visit_on and held.until_on and held.until_on < asked.visit_on:
        return Why.BEFORE_VISIT
    return None


def covers(held: Held | None, asked: Asked, today: date) -> bool:
    """Whether a record may be sent by this permission today."""
    return why_not_sent(held, asked, today) is None


def until(visit_on: date | None, today: date) -> date:
    """The end that is proposed: the last day of the month after the visit."""
    start = max(visit_on or today + WITHOUT_VISIT, today)
    year, month = divmod(start.year * 12 + start.month, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def why_not_until(until_on: date | None, visit_on: date | None, today: date) -> str:
    """Why a permission cannot hold until a day; empty when it can."""
    if until_on is None:
        return _("Choose the day until which this holds.")
    if until_on < today:
        return _("That day has passed. Choose today or a later day.")
    if visit_on and until_on < visit_on:
        return _("That is before your visit. Choose the day of the visit or a later one.")
    if until_on > max(today, visit_on or today) + LONGEST:
        return _("That is more than a year away. Choose a day within a year.")
    return ""


def missing(*, items: int, office: bool, born_on: date | None, is_case_open: bool) -> list[str]:
    """What a form still lacks before it can be signed, a sentence each."""
    lacks = [
        (items > 0, _("No record of this office is still to be sent.")),
        (office, _("Say first which doctor and office it goes to.")),
        (born_on is not None, _("Add your birth date. The office finds you by it.")),
        (is_case_open, _("This case is closed.")),
    ]
    return [sentence for is_there, sentence in lacks if not is_there]
