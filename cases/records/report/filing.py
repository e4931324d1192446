"""What follows for the report of a visit when a file of the case can be read, or no longer."""

from django.db import transaction

from cases.documents.models import Document
from cases.records.items.telling import lock_case
from cases.records.models import ReportLoop
from cases.records.report import board
from portal.actors import SYSTEM


@transaction.atomic
def follow_file(document: Document) -> None:
    """The second doctor's report is here as a file, or no longer: one of us passes it on, or has nothing to pass on.

    Safe to call twice. Documents call it, in their own transaction, through `cases.documents.ready`.
    """
    loops = ReportLoop.objects.open().filter(visit__case=document.case_id)
    for loop in loops.select_related("visit__case__patient", "visit__case__key", "visit__office"):
        lock_case(loop.visit.case)
        board.put_on_board(loop, by=SYSTEM)
        board.settle_what_is_over(loop.visit)
