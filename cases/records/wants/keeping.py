"""What follows for records when what an office wanted is there."""

from cases.case.models import Office
from cases.records.items.telling import fresh, tell
from cases.records.models import RecordItem, Visit
from cases.records.planning import replan
from cases.records.states import ItemState, Need
from cases.records.wants import needs
from cases.records.wants.models import Want
from cases.records.wants.states import Wants
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.history.actions import record


def copy_is_here(visit: Visit, office: Office) -> None:
    """A copy of the ID passed our check: what waited for that alone can be asked for. Under the lock of the case."""
    now = clock.now()
    wanted = Want.objects.open().filter(item__visit=visit, item__holder=office, what=Wants.ID)
    needs.meet(wanted, now, by=SYSTEM)
    waiting = visit.items.filter(holder=office, state=ItemState.NEEDS_YOU, need=Need.IDENTITY)
    for pk in waiting.values_list("pk", flat=True):
        go_on(fresh(RecordItem(pk=pk)), by=SYSTEM)


def go_on(item: RecordItem, *, by: Actor) -> RecordItem:
    """One thing that was wanted is done: the record waits for the next one, or can be asked for."""
    rest = needs.still_needed(item)
    if not rest:
        return tell(item, "given", by=SYSTEM)
    if item.need != rest:
        item.need = rest
        item.version += 1
        item.save(update_fields=["need", "version"])
        record(by, "item.needs_you", item, patient=item.visit.case.patient_id, case=item.visit.case_id)
        replan(item.visit, now=clock.now())
    return item
