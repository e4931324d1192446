"""Erasing for good what was nobody's for 30 days, and papers whose file the patient took out of her case."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cases.desk.tray import sealing
from cases.desk.tray.models import Incoming
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.history.actions import record
from portal.vault import files, keys


def due(now: datetime) -> QuerySet[Incoming]:
    return Incoming.objects.kept_long_enough(now)


def erase_due(now: datetime) -> int:
    """Erase each in a transaction of its own, so that a stop in between loses nothing; how many."""
    return sum(erase(pk, by=SYSTEM) for pk in list(due(now).values_list("pk", flat=True)))


@transaction.atomic
def erase(pk: Any, *, by: Actor) -> bool:
    """Bytes, words and the paper's own key. False when it was put back since."""
    rows = due(clock.now()).select_for_update(of=("self",)).select_related("key", "case", "original", "file")
    row = rows.filter(pk=pk).first()
    if row is None:
        return False
    gone, key = sealing.files_of(row), row.key
    record(by, "incoming.erased", row, patient=row.case.patient_id if row.case else None, case=row.case_id)
    row.delete()
    for stored in gone:
        files.remove(stored)
    if key is not None:
        keys.destroy(key)
    return True
