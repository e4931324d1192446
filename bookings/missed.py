"""A call that did not take place: a coordinator finds a new time with the patient, as the page of the call promised."""

from bookings.models import Consultation
from cases.case.actions import ask_to_do, drop_to_dos, settle_to_do
from cases.case.models import ToDo
from portal import clock
from portal.actors import Actor
from portal.once import once
from portal.texts.words import organisation

NEW_TIME = "call_missed"  # a to-do: find a new time with the patient


def ask(call: Consultation, *, by: Actor) -> None:
    """Asked twice it is one; not asked where such a call is booked again already. Under the case's lock."""
    booked = Consultation.objects.upcoming(clock.now()).filter(case=call.case_id, service=call.service_id)
    if not booked.exclude(pk=call.pk).exists():
        ask_to_do(NEW_TIME, call, case=call.case, due_on=organisation().today(), by=by)


def drop(call: Consultation, *, by: Actor) -> None:
    """It took place after all, or its consultant saw to what follows."""
    drop_to_dos(call, NEW_TIME, by=by)


def booked(call: Consultation, *, by: Actor) -> None:
    """A call is booked: that is the time. Whoever books may have looked under the locks whether any is asked for."""
    if once(("missed", call.case_id), lambda: True):
        for todo in ToDo.objects.open().filter(kind=NEW_TIME, case=call.case_id):
            settle_to_do(todo, by=by)
