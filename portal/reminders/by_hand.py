"""Messages that a person brings: posted as a letter or said by phone, decided again in that moment."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders import gathering, muting, rules
from portal.reminders.actions import settle
from portal.reminders.models import Delivery, Outcome, RecipientType, Reminder
from portal.reminders.readers import Reader, readers


def due_rows(delivery: Delivery, now: dt.datetime) -> list[Reminder]:
    """What the message holds and is still due, the leading thing first; nothing while its reader rests."""
    return due_in([delivery], now)[delivery.pk]


def due_in(deliveries: Iterable[Delivery], now: dt.datetime) -> dict[UUID, list[Reminder]]:
    """The same of several messages, by their ids: all of them are judged together."""
    deliveries = list(deliveries)
    known = readers({each.recipient for each in deliveries}, now)
    going = {each.pk for each in deliveries if _goes(each, known.get(each.recipient))}
    rows = Reminder.objects.unsettled().filter(delivery__in=going)
    live = [row for row in rows if row.useful_until > now]
    held = muting.muted(live, now)
    due, _not_due = gathering.judge([row for row in live if row not in held], now)
    own = {each.pk: [row for row in live if row.delivery_id == each.pk and row.pk in due] for each in deliveries}
    return {pk: rules.leading(rows) for pk, rows in own.items()}


def _goes(delivery: Delivery, reader: Reader | None) -> bool:
    if delivery.sent_at or delivery.withdrawn_at or reader is None:
        return False
    return not (reader.is_paused and delivery.is_gathered)


def seen(rows: Iterable[Reminder]) -> str:
    """A short sign of which things stood in a message when it was looked at."""
    joined = ",".join(sorted(str(row.pk) for row in rows))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def lock(delivery: Delivery) -> None:
    """Hold its row until the transaction ends."""
    Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)


@transaction.atomic
def said_by_phone(delivery: Delivery, *, by: Actor) -> Delivery:
    """A person called instead of a mail: what it says counts as given."""
    return _given(delivery, Delivery.Channel.CALL, "reminder.said_by_phone", by)


@transaction.atomic
def posted(delivery: Delivery, *, as_seen: str = "", by: Actor) -> Delivery:
    """A letter was posted: what it says counts as given. Raises Refused where it no longer says what `as_seen` says."""
    return _given(delivery, Delivery.Channel.LETTER, "reminder.posted", by, as_seen)


@transaction.atomic
def not_posted(delivery: Delivery, *, by: Actor) -> Delivery:
    """ "Posted" was pressed by mistake: what of the letter still holds waits in the tray again. Twice is once.

    Raises Refused where nothing of it holds, and where it was answered: then it has arrived.
    """
    now = clock.now()
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.channel != Delivery.Channel.LETTER or delivery.reply:
        raise Refused(_("This was no letter, or somebody has answered it. It stays as it is."))
    if delivery.sent_at is None:
        return delivery
    said = Reminder.objects.filter(delivery=delivery, settled_as=Outcome.SENT, useful_until__gt=now)
    due, _not_due = gathering.judge(list(said), now)
    if not due:
        raise Refused(_("What it said no longer holds, so nothing has to be posted."))
    delivery.sent_at = delivery.sent_by = None
    delivery.save(update_fields=["sent_at", "sent_by"])
    Reminder.objects.filter(pk__in=due).update(settled_at=None, settled_as="")
    record(by, "reminder.not_posted", delivery, case=delivery.case_id, patient=_patient(delivery))
    return delivery


@transaction.atomic
def call_again(delivery: Delivery, at: dt.datetime, *, by: Actor) -> Delivery:
    """Nobody was reached: it waits until then."""
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.sent_at is None:
        delivery.next_try_at = at
        delivery.save(update_fields=["next_try_at"])
        record(by, "reminder.call_again", delivery, case=delivery.case_id, patient=_patient(delivery))
    return delivery


def _given(delivery: Delivery, channel: str, verb: str, by: Actor, as_seen: str = "") -> Delivery:
    now = clock.now()
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.sent_at or delivery.withdrawn_at:
        raise Refused(_("This one has gone out by now, or is no longer needed."))
    rows = due_rows(delivery, now)
    if not rows:
        raise Refused(_("Nothing of this is due any more. It leaves the list by itself."))
    if as_seen and as_seen != seen(rows):
        raise Refused(_("A part of this letter is done by now. Print it once more, and post that one."))
    delivery.channel, delivery.sent_at, delivery.sent_by, delivery.failed_at = channel, now, by.user, None
    delivery.save(update_fields=["channel", "sent_at", "sent_by", "failed_at"])
    gathering.settle_not_needed(_left_out(delivery, rows), now)
    settle(Reminder.objects.filter(delivery=delivery), Outcome.SENT, now)
    record(by, verb, delivery, case=delivery.case_id, patient=_patient(delivery))
    return delivery


def _left_out(delivery: Delivery, said: list[Reminder]) -> list[Reminder]:
    given = {row.pk for row in said}
    return [row for row in Reminder.objects.unsettled().filter(delivery=delivery) if row.pk not in given]


def _patient(delivery: Delivery) -> UUID | None:
    """In whose history it stands where the message speaks of no single case."""
    is_of_a_person = delivery.recipient_type == RecipientType.USER and delivery.case_id is None
    return UUID(delivery.recipient_id) if is_of_a_person else None
