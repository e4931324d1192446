"""The consultant moves the preparation of a call to another of her free times, and back."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from bookings import actions, availability, rules
from bookings.models import Consultation, Practice, Reservation
from bookings.parts import part_in
from bookings.preparing import times
from bookings.rules import JustTaken
from bookings.slots import Why
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


def reserved(call: Consultation) -> Reservation | None:
    """The preparation of a call, where its service has one."""
    return call.reservations.filter(kind=Reservation.Kind.PREPARATION).first()


def minutes_of(preparation: Reservation) -> int:
    return int((preparation.ends_at - preparation.starts_at).total_seconds() // 60)


def free_starts(
    call: Consultation, preparation: Reservation, practice: Practice, now: datetime, first: date | None = None
) -> list[datetime]:
    """Every start to which it could move, from one of the consultant's days on."""
    calendar = availability.calendar_of(practice, now, preparing=call)
    return times.starts(calendar, now, call.starts_at, minutes_of(preparation), first)


def check_fits(
    call: Consultation, preparation: Reservation, starts_at: datetime, practice: Practice, now: datetime
) -> None:
    """Raise JustTaken unless the rule that makes the offer has this start now."""
    if starts_at not in free_starts(call, preparation, practice, now, starts_at.astimezone(practice.zone).date()):
        raise JustTaken(_("That time is not free, or not before the call. Choose another."), code=Why.TAKEN)


def move(consultation: Consultation, *, starts_at: datetime, by: Actor) -> Reservation:
    """Reserve another time for the preparation; the one before is free at once. Pressed twice it is moved once."""
    now = clock.now()
    with actions.rivals():
        practice = actions.lock_practice(consultation.consultant)
        call = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        part = part_in(call.case, by) if by.id == call.consultant_id else ""
        rules.check("prepare", call, part, now)
        preparation = reserved(call)
        if preparation is None:
            raise Refused(_("This kind of call has no preparation."), code="state")
        if preparation.starts_at == starts_at:
            return preparation
        actions.let_go_expired(practice, now)
        check_fits(call, preparation, starts_at, practice, now)
        length = preparation.ends_at - preparation.starts_at
        preparation.starts_at, preparation.ends_at = starts_at, starts_at + length
        preparation.save(update_fields=["starts_at", "ends_at"])
        record(by, "consultation.preparation_moved", call, patient=call.patient_id, case=call.case_id)
    return preparation
