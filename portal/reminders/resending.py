"""Sending once more what went out: a new message with rows of its own, of what still holds."""

import datetime as dt
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.celery import nudge
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders import gathering, kinds, muting, rules
from portal.reminders.actions import SEND_DUE, must_find_reader
from portal.reminders.models import Delivery, Outcome, Reminder
from portal.reminders.readers import Reader

ONE_PRESS = dt.timedelta(minutes=10)  # within it, pressing again is the same sending
COPIED = (
    "kind", "about_type", "about_id", "version", "case_id", "recipient_type", "recipient_id", "step", "message_class",
    "useful_until",
)  # fmt: skip


@transaction.atomic
def send_again(delivery: Delivery, *, by: Actor) -> Delivery:
    """Send what a message said as a new one, now, beside the day's own. Raises Refused when nothing of it holds any
    more, when the reader rests, and at night where the reader is.
    """
    if by.user is None or by.user.role != User.Role.COORDINATOR:
        raise Refused(_("Only a coordinator can do this."))
    now = clock.now()
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.sent_at is None:
        raise Refused(_("This one has not gone out yet. Try it again instead."))
    same = Delivery.objects.filter(again_of=delivery, created_at__gt=now - ONE_PRESS).order_by("-created_at").first()
    if same:
        return same
    reader = must_find_reader(delivery.recipient, now)
    if reason := _why_not(delivery, reader, now):
        raise Refused(reason)
    rows = _still_true(delivery, now)
    if not rows:
        raise Refused(_("What it said no longer holds, so it does not go again."))
    again = Delivery.objects.create(
        id=uuid4(),
        recipient_type=delivery.recipient_type,
        recipient_id=delivery.recipient_id,
        case_id=delivery.case_id,
        channel=reader.channel,
        message_class=delivery.message_class,
        is_gathered=False,
        local_on=rules.local_day(now, reader.zone),
        created_at=now,
        again_of=delivery,
    )
    Reminder.objects.bulk_create([_copy(row, again, now) for row in rows])
    record(by, "reminder.sent_again", again, case=again.case_id)
    nudge(SEND_DUE)
    return again


def _why_not(delivery: Delivery, reader: Reader, now: dt.datetime) -> str:
    if reader.channel == Delivery.Channel.CALL:
        return _("They are reached by phone. Call them instead.")
    if delivery.message_class == kinds.ANSWER:
        return ""
    if reader.is_paused:
        return _("They rest from reminders. Call them if it cannot wait.")
    if reader.is_shut:
        return _("They are closed right now. Send it in their hours.")
    if rules.is_quiet(now, reader.zone):
        return _("It is night where they are. Send it after 8 am there.")
    return ""


def _still_true(delivery: Delivery, now: dt.datetime) -> list[Reminder]:
    sent = Reminder.objects.filter(delivery=delivery, settled_as=Outcome.SENT, useful_until__gt=now).order_by("pk")
    rows = list(sent)
    due, _not_due = gathering.judge(rows, now)
    held = muting.muted(rows, now)
    return [row for row in rows if row.pk in due and row not in held]


def _copy(row: Reminder, again: Delivery, now: dt.datetime) -> Reminder:
    of_one_thing = Reminder.objects.filter(
        kind=row.kind, about_id=row.about_id, version=row.version, recipient_id=row.recipient_id, step=row.step
    )
    times = of_one_thing.aggregate(most=Max("resent"))["most"]
    return Reminder(due_at=now, resent=times + 1, delivery=again, **{name: getattr(row, name) for name in COPIED})
