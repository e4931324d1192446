"""Things that are lent and go back: slides, blocks, discs. Tracked, never kept by us."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import must
from cases.records import rules, undoing
from cases.records.items.telling import fresh, lock_case
from cases.records.models import RecordItem
from cases.records.planning import replan
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def set_due_back(item: RecordItem, *, on: date, by: Actor) -> RecordItem:
    """Say by when a lent thing goes back; whoever has it is reminded that day. Raises Refused for a file or paper."""
    item, now = _lent(item, by), clock.now()
    if item.back_on:
        raise Refused(_("This one is given back."), code="state")
    if reason := rules.why_not_due_back(on, now.astimezone(item.visit.zone).date(), item.sent_on):
        raise Refused(reason, code="input")
    if item.due_back_on == on:
        return item
    undoing.keep(item, now=now, by=by)
    item.due_back_on = on
    return _saved(item, "item.due_back_set", now=now, by=by)


@transaction.atomic
def give_back(item: RecordItem, *, on: date | None = None, by: Actor) -> RecordItem:
    """It is back with whoever lent it. Said twice is said once. Raises Refused for a day that cannot be."""
    item, now = _lent(item, by), clock.now()
    if item.back_on:
        return item
    today = now.astimezone(item.visit.zone).date()
    if item.asked_on is None:
        raise Refused(_("Nobody has asked for this one yet."), code="state")
    dates = {name: getattr(item, name) for name in rules.ALL_DATES}
    if reason := rules.why_not_on(on or today, today, dates, "given_back"):
        raise Refused(reason, code="input")
    undoing.keep(item, now=now, by=by)
    item.back_on = on or today
    return _saved(item, "item.given_back", now=now, by=by)


def _lent(item: RecordItem, by: Actor) -> RecordItem:
    must("say_where_records_are", item.visit.case, by)
    lock_case(item.visit.case)
    item = fresh(item)
    if not item.is_lent:
        raise Refused(_("This one does not go back."), code="state")
    return item


def _saved(item: RecordItem, verb: str, *, now: datetime, by: Actor) -> RecordItem:
    item.version += 1
    item.save()
    record(by, verb, item, patient=item.visit.case.patient_id, case=item.visit.case_id)
    replan(item.visit, now=now)
    return item
