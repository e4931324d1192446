"""How an asked hold ends, whoever ends it: the time is free, the board and the messages follow."""

from datetime import datetime

from django.db.models import QuerySet

from bookings import asked_notices
from bookings.asked_moves import CLOCKS_LEFT
from bookings.models import AskedHold
from cases.case.actions import ask_to_do, drop_to_dos, settle_to_dos
from cases.case.models import Case
from portal.actors import Actor
from portal.history.actions import record
from portal.texts.words import organisation

State = AskedHold.State
ASKED_TIME = "asked_time"  # a to-do: somebody without email is asked about a time on the phone
ASKED_GONE = "asked_gone"  # a to-do: they are told that it is not offered any more


def waits_of(case: Case) -> QuerySet[AskedHold]:
    """The time that waits for this patient's answer: one at most."""
    found = AskedHold.objects.waiting().filter(patient=case.patient_id)
    return found.select_related("case__patient", "consultant", "service", "asked_by")


def waiting_for(case: Case) -> AskedHold | None:
    return waits_of(case).first()


def settle(asked: AskedHold, state: AskedHold.State, now: datetime, by: Actor) -> None:
    """Over: the time is free, what was planned about it goes, and whoever did not do it is told."""
    asked.state, asked.settled_at, asked.settled_by = state, now, by.user
    asked.save(update_fields=["state", "settled_at", "settled_by"])
    asked.reservations.all().delete()
    settle_to_dos(asked, ASKED_TIME, by=by)
    drop_to_dos(asked, CLOCKS_LEFT, by=by)
    asked_notices.settled(asked, now, by)


def booked_otherwise(case: Case, now: datetime, *, by: Actor) -> None:
    """A call was booked, whoever did it: no other time waits for an answer. Under the patient's lock."""
    if asked := waiting_for(case):
        settle(asked, State.WITHDRAWN, now, by)


def gone(found: QuerySet[AskedHold], now: datetime, *, by: Actor) -> None:
    """Not offered any more: whoever waits hears it, or is rung. Under the consultant’s lock."""
    people = ("case", "patient", "asked_by")
    for asked in found.filter(state=State.WAITING).select_for_update(of=("self",)).select_related(*people):
        settle(asked, State.GONE, now, by)
        if not asked_notices.is_written_to(asked.patient):
            ask_to_do(ASKED_GONE, asked, case=asked.case, due_on=organisation().today(), by=by)
        record(by, "hold.gone", asked, patient=asked.patient_id, case=asked.case_id)


def end_all(case: Case, now: datetime, *, by: Actor) -> None:
    """The case is closed: no time waits for an answer in it. Whoever closes it looked who may, and locked it."""
    for asked in AskedHold.objects.waiting().filter(case=case).select_for_update(of=("self",)):
        settle(asked, State.WITHDRAWN, now, by)
