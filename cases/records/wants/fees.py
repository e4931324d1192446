"""A fee that an office asks for: what it says of it, that it was paid, and that the office learns so."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, must, settle_to_do
from cases.case.models import ToDo
from cases.records.items.telling import fresh, lock_case, tell
from cases.records.models import RecordItem
from cases.records.states import ItemState, Need
from cases.records.wants import keeping, needs, rules
from cases.records.wants.models import Want
from cases.records.wants.states import PAST_ASKING, Wants
from portal import clock, phones
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

TELL_PAID = "tell_paid"  # a to-do: the office learns that its fee is paid
TELL_OPEN = "tell_fee_open"  # and that it is not paid after all, where it was told so


def latest(item: RecordItem) -> Want | None:
    """The fee that was asked for last, paid or not."""
    return latest_of([item]).get(item.pk)


def latest_of(items: Collection[RecordItem]) -> dict[UUID, Want]:
    """The same for many records, by their id; those without a fee are left out."""
    by_pk = {item.pk: item for item in items}
    found: dict[UUID, Want] = {}
    in_order = ("asked_at", F("met_at").asc(nulls_last=True), "pk")
    for want in Want.objects.filter(item__in=by_pk, what=Wants.FEE).order_by(*in_order):
        want.item = by_pk[want.item_id]  # so that its sealed words open without another look
        found[want.item_id] = want
    return found


def paid_on(items: Collection[RecordItem]) -> dict[UUID, date]:
    """The day on which the fee that was asked for last was paid, by record."""
    return {pk: want.paid_on for pk, want in latest_of(items).items() if want.paid_on}


def is_open(item: RecordItem, want: Want | None) -> bool:
    """Whether a fee is asked for and not paid; also where somebody said so without a page or a strip."""
    waits = item.state == ItemState.NEEDS_YOU and item.need == Need.FEE
    return item.state not in PAST_ASKING and (waits or (want is not None and want.met_at is None))


@transaction.atomic
def say_paid(item: RecordItem, *, on: date | None = None, by: Actor) -> RecordItem:
    """The fee was paid on a day: the record counts as asked for again, and the office learns it. Said twice is once.

    Raises Refused where no fee is asked for, and for a day that cannot be.
    """
    must("say_where_records_are", item.visit.case, by)
    lock_case(item.visit.case)
    item, now = fresh(item), clock.now()
    want = latest(item)
    if not is_open(item, want):
        if want is not None and want.paid_on:
            return item
        raise Refused(_("No fee is asked for here now."), code="state")
    today = now.astimezone(item.visit.zone).date()
    if reason := rules.why_not_paid_on(on or today, today):
        raise Refused(reason, code="input")
    if want is None or want.met_at:
        want = Want(item=item, what=Wants.FEE, asked_at=now)
        want.words = item.reason
    want.paid_on, want.met_at, want.met_by, want.told_at = on or today, now, by.user, None
    want.save()
    case = item.visit.case
    record(by, "fee.paid", item, patient=case.patient_id, case=case.pk)
    _settle(TELL_OPEN, [item], by)
    _ask_to_tell(TELL_PAID, item, by)
    if item.state != ItemState.NEEDS_YOU:
        return item
    return keeping.go_on(item, by=by) if needs.still_needed(item) else tell(item, "asked", by=by)


@transaction.atomic
def take_back_paid(item: RecordItem, *, by: Actor) -> RecordItem:
    """It was said by mistake: the fee is open, and the record waits for it. Raises Refused once the office has sent."""
    must("say_where_records_are", item.visit.case, by)
    lock_case(item.visit.case)
    item = fresh(item)
    want = latest(item)
    if want is None or want.paid_on is None:
        return item
    if item.state not in {ItemState.NEEDED, ItemState.NEEDS_YOU, ItemState.ASKED, ItemState.ACKNOWLEDGED}:
        raise Refused(_("This has moved on since. Ask us, and we put it right."), code="state")
    item.wants.open().filter(what=Wants.FEE).delete()
    was_told = want.told_at is not None
    want.paid_on = want.met_at = want.met_by = want.told_at = None
    want.save()
    case = item.visit.case
    record(by, "fee.not_paid", item, patient=case.patient_id, case=case.pk)
    _settle(TELL_PAID, [item], by)
    if was_told:
        _ask_to_tell(TELL_OPEN, item, by)
    if item.state == ItemState.NEEDS_YOU:
        return keeping.go_on(item, by=by)
    return tell(item, "needs_you", need=Need.FEE, reason=_reason(want), by=by)


def _reason(want: Want) -> str:
    return _("A fee: %(fee)s") % {"fee": want.words} if want.words else str(Wants.FEE.label)


def _ask_to_tell(kind: str, item: RecordItem, by: Actor) -> None:
    holder = item.holder
    parts = (holder.name, holder.desk, phones.shown(holder.phone)) if holder else ()
    today = organisation().today()
    note = ", ".join(part for part in parts if part)
    ask_to_do(kind, item, case=item.visit.case, due_on=today, note=note, by=by)


def tell_by_letter(items: Iterable[RecordItem], *, by: Actor) -> None:
    """A letter that says so went out: nobody has to call about it. In its transaction."""
    _settle(TELL_PAID, items, by)


def _settle(kind: str, items: Iterable[RecordItem], by: Actor) -> None:
    for todo in ToDo.objects.open().filter(kind=kind, about_id__in=[str(item.pk) for item in items]):
        settle_to_do(todo, by=by)


def mark_told(todo: ToDo, *, by: Actor) -> None:
    """The to-do is done, by a call or a letter. Cases call it, in their own transaction."""
    if todo.kind == TELL_PAID:
        paid = Want.objects.filter(item=todo.about_id, paid_on__isnull=False, told_at__isnull=True)
        paid.update(told_at=clock.now())
