"""What somebody needs to follow a call: an interpreter, or captions. A coordinator arranges it, also for a new time."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import rules
from bookings.models import Consultation
from bookings.parts import part_in
from cases.case.actions import ask_to_do, must, settle_to_dos
from portal import clock
from portal.actors import Actor
from portal.history.actions import record

ARRANGE = "arrange_call"  # a to-do: an interpreter or captions for a call
LONGEST = 60


def set_needs(consultation: Consultation, *, interpreter: str, captions: bool, by: Actor) -> Consultation:
    """Say what is needed, or that nothing is any more. The same again changes nothing."""
    now = clock.now()
    must("book", consultation.case, by)
    with transaction.atomic():
        call = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        rules.check("need", call, part_in(call.case, by), now)
        wanted = " ".join(interpreter.split())[:LONGEST]
        if (call.interpreter, call.captions) == (wanted, captions):
            return call
        call.interpreter, call.captions = wanted, captions
        call.save(update_fields=["interpreter", "captions"])
        arrange(call, by=by)
        record(by, "consultation.needs_set", call, patient=call.patient_id, case=call.case_id)
    return call


def needed(call: Consultation) -> dict[str, Any]:
    return {"interpreter": call.interpreter, "captions": call.captions}


def said(call: Consultation) -> list[str]:
    """What is needed to follow the call, in words."""
    lines = [_("An interpreter: %(language)s") % {"language": call.interpreter}] if call.interpreter else []
    return [*lines, _("Captions")] if call.captions else lines


def arrange(call: Consultation, *, by: Actor) -> None:
    """Put it on the board while the call stands and needs something; take it off otherwise."""
    if call.is_booked and call.needs_something:
        today = clock.today(call.zone)
        ask_to_do(ARRANGE, call, case=call.case, due_on=today, by=by)
        return
    settle_to_dos(call, ARRANGE, by=by)
