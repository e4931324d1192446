"""Each look at a paper is on record, of its case and patient once it has one. Half an hour of a person is one look."""

from django.db import transaction

from cases.desk.tray import rules
from cases.desk.tray.models import Incoming
from portal import clock
from portal.actors import Actor
from portal.history.actions import record


@transaction.atomic
def note_look(incoming: Incoming, *, by: Actor) -> None:
    """It was opened, or one of its pages. A browser that asks for many pages at once writes one line."""
    now = clock.now()
    rows = Incoming.objects.select_for_update(of=("self",), no_key=True).select_related("case")
    row = rows.filter(pk=incoming.pk).first()
    if row is None:
        return
    is_same_look = row.opened_at and row.opened_by_id == by.id and now - row.opened_at <= rules.ONE_LOOK
    if is_same_look and not (row.filed_at and row.opened_at and row.opened_at < row.filed_at):
        return
    row.opened_at, row.opened_by = now, by.user
    row.save(update_fields=["opened_at", "opened_by"])
    patient = row.case.patient_id if row.case else None
    record(by, "incoming.opened", row, patient=patient, case=row.case_id)
