"""What an office wants for a record, as rows: taken down with its answer, met one by one."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from cases.records.wants.models import Want
from cases.records.wants.rules import need_of
from cases.records.wants.states import SIGNED, Wants
from portal.actors import Actor

if TYPE_CHECKING:
    from cases.records.models import RecordItem


def take_down(item: "RecordItem", needs: Collection[str], fee: str, now: datetime) -> None:
    """The office's newest word counts: what it does not name any more is wanted no more. Under the lock of the case."""
    item.wants.open().exclude(what__in=list(needs)).delete()
    there = {want.what: want for want in open_of(item)}
    for what in needs:
        want = there.get(what) or Want(item=item, what=what, asked_at=now)
        want.words = fee.strip() if what == Wants.FEE else ""
        want.save()


def open_of(item: "RecordItem") -> list[Want]:
    """What is wanted for a record and not done yet."""
    found = list(item.wants.open().order_by("asked_at", "what"))
    for want in found:
        want.item = item  # so that its sealed words open without another look
    return found


def meet(wants: Iterable[Want], now: datetime, *, by: Actor) -> None:
    for want in wants:
        want.met_at, want.met_by = now, by.user
        want.save(update_fields=["met_at", "met_by"])


def signed_for(item: "RecordItem", now: datetime, *, by: Actor) -> str:
    """A signature is there; what the patient is still asked for then, "" where that was all."""
    meet([want for want in open_of(item) if want.what in SIGNED], now, by=by)
    return still_needed(item)


def still_needed(item: "RecordItem") -> str:
    """What the patient is asked for, by what is still wanted; "" where nothing is."""
    rest = {want.what for want in open_of(item)}
    return need_of(rest) if rest else ""
