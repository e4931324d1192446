"""How an asked hold ends, whoever ends it: the time is free, the board and the messages follow."""

from datetime import datetime

from django.db.models import QuerySet

from bookings import asked_notices
from bookings.models import AskedHold
from cases.case.actions import settle_to_dos
from cases.case.models import Case
from portal.actors import Actor

State = AskedHold.State
ASKED_TIME = "asked_time"  # a to-do: somebody without email is asked about a time on the phone


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
    asked_notices.settled(asked, now, by)


def booked_otherwise(case: Case, now: datetime, *, by: Actor) -> None:
    """A call was booked, whoever did it: no other time waits for an answer. Under the patient's lock."""
    if asked := waiting_for(case):
        settle(asked, State.WITHDRAWN, now, by)


def end_all(case: Case, now: datetime, *, by: Actor) -> None:
    """The case is closed: no time waits for an answer in it. Whoever closes it looked who may, and locked it."""
    for asked in AskedHold.objects.waiting().filter(case=case).select_for_update(of=("self",)):
        settle(asked, State.WITHDRAWN, now, by)
