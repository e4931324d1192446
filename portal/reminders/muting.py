"""Holding back one kind of message from a person: what staff press, and which rows it takes out."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.celery import nudge
from portal.errors import Refused
from portal.history.actions import record, record_each
from portal.reminders import kinds
from portal.reminders.actions import SEND_DUE, settle
from portal.reminders.models import Mute, Outcome, RecipientType, Reminder


def why_not_mute(kind: str, by: Actor) -> str:
    """Why this cannot be held back; empty when it can."""
    if by.user is None or by.user.role != User.Role.COORDINATOR:
        return _("Only a coordinator can do this.")
    found = kinds.known(kind)
    if found is None or found.message_class == kinds.ANSWER:
        return _("This one always goes: it answers what the person did.")
    return ""


@transaction.atomic
def mute(person: User, kind: str, *, case: Any = None, until: dt.datetime | None = None, by: Actor) -> Mute:
    """Hold a kind back from a person, in one case or in all, until an instant or for good. An open one is replaced."""
    now = clock.now()
    if reason := why_not_mute(kind, by):
        raise Refused(reason)
    if until is not None and until <= now:
        raise Refused(_("Choose a day that is still to come."))
    User.objects.select_for_update().get(pk=person.pk)  # one at a time: two presses make one
    case_id = getattr(case, "pk", case)
    open_one = Mute.objects.filter(person=person, kind=kind, case_id=case_id, ended_at=None).first()
    if open_one and open_one.until == until:
        return open_one
    if open_one:
        open_one.ended_at = now
        open_one.save(update_fields=["ended_at"])
    made = Mute.objects.create(person=person, kind=kind, case_id=case_id, until=until, muted_at=now, muted_by=by.user)
    record(by, "reminder.muted", made, patient=person.pk, case=case_id)
    return made


@transaction.atomic
def unmute(mute: Mute, *, by: Actor) -> Mute:
    """Let it go again, at once: what was held back and still helps is open again."""
    now = clock.now()
    User.objects.select_for_update().get(pk=mute.person_id)
    mute = Mute.objects.select_for_update().get(pk=mute.pk)
    if mute.ended_at is not None:
        return mute
    mute.ended_at = now
    mute.save(update_fields=["ended_at"])
    held = Reminder.objects.filter(
        recipient_type=RecipientType.USER,
        recipient_id=str(mute.person_id),
        kind=mute.kind,
        settled_as=Outcome.MUTED,
        settled_at__gte=mute.muted_at,
        useful_until__gt=now,
    )
    if mute.case_id:
        held = held.filter(case_id=mute.case_id)
    ids = list(held.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    Reminder.objects.filter(pk__in=ids).update(settled_at=None, settled_as="", delivery=None)
    record(by, "reminder.unmuted", mute, patient=mute.person_id, case=mute.case_id)
    nudge(SEND_DUE)
    return mute


def muted(rows: Sequence[Reminder], now: dt.datetime) -> list[Reminder]:
    """Those of these rows that are held back at this moment. One query."""
    people = {row.recipient_id for row in rows if row.recipient_type == RecipientType.USER}
    if not people:
        return []
    mutes = list(Mute.objects.at(now).filter(person__in=people))
    return [row for row in rows if any(each.covers(row) for each in mutes)]


def settle_muted(rows: Collection[Reminder], now: dt.datetime) -> None:
    """Nothing goes, and history says so."""
    if not rows:
        return
    with transaction.atomic():
        if settle(Reminder.objects.filter(pk__in=[row.pk for row in rows]), Outcome.MUTED, now):
            record_each(SYSTEM, "reminder.held_back", [(row, row.case_id) for row in rows])
