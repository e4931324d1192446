"""Saying that one cannot get into a call."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.asked_notices import is_written_to
from bookings.models import Consultation
from bookings.stuck import notices, rules
from cases.case.actions import CALL, ask_to_do, must, must_be_open
from cases.case.models import ToDo
from portal import clock, phones, when
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.closed import closed_days
from portal.texts.words import organisation

OURS = notices.OURS


def say_stuck(call: Consultation, *, by: Actor) -> ToDo:
    """One of us rings whoever cannot get in, and the other side is told at once. Pressed twice is once.

    Raises Refused before the way in opens, once the call is over or canceled, and for who has no part in it.
    """
    now = clock.now()
    with transaction.atomic():
        parts = ("case__patient", "patient", "consultant")
        call = Consultation.objects.select_for_update(of=("self",)).select_related(*parts).get(pk=call.pk)
        is_ours = by.id == call.consultant_id
        if is_ours:
            must_be_open(call.case, by)
        else:
            must("join_calls", call.case, by)
        if reason := rules.why_not(call, now):
            raise Refused(reason, code="state")
        at = who_rings_at(now)
        due_on = organisation().today() if at is None else when.as_date(at, organisation().zone)
        todo = ask_to_do(
            OURS if is_ours else CALL,
            call,
            case=call.case,
            due_on=due_on,
            note=_whom(call, by.user),
            newest_counts=True,
            by=by,
        )
        if not is_ours:
            notices.tell(todo, call, call.consultant, now)
        elif is_written_to(call.patient):
            notices.tell(todo, call, call.patient, now)
    return todo


def who_rings_at(now: datetime) -> datetime | None:
    """When one of us rings who presses now: at once, when our office opens, or None where nobody can tell."""
    house = organisation()
    first = now.astimezone(house.zone).date()
    closed = closed_days(house.region, first, first + timedelta(days=rules.LOOKED_AHEAD))
    return rules.rings_at(house.hours, house.zone, closed, now)


def _whom(call: Consultation, user: User | None) -> str:
    """Whom to ring, where it is not the patient: her consultant, or who helps her; who has no email is told, too."""
    if user is None or user.pk == call.patient_id or user.role == User.Role.COORDINATOR:
        return ""
    named = f"{user.name}, {phones.shown(str(user.phone))}" if user.phone else str(user.name)
    if user.pk == call.consultant_id and not is_written_to(call.patient):
        return _("%(named)s. Tell %(name)s, too: no message of ours arrives there.") % {
            "named": named,
            "name": call.patient.first_name,
        }
    return named
