"""Taking messages into one's hands: claimed, read again, sealed, in one transaction for a handful at a time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from portal import clock, mail
from portal.reminders import emails, gathering, muting, rules, text_messages
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import Reader, readers
from portal.vault.keys import holding_house_key

log = structlog.get_logger(__name__)

AT_ONCE = 10
SENT_BY_US = (Delivery.Channel.MAIL, Delivery.Channel.TEXT)  # the others are a person's to say or to post


@dataclass(frozen=True)
class Claim:
    """A message in this sender's hands. `is_fresh`: nobody can have been sent it before."""

    delivery: Delivery
    to: str
    raw: bytes
    is_fresh: bool


@dataclass(frozen=True)
class NotMade:
    """A message that could not be made: a kind's words failed, or (`is_final`) the address is none."""

    pk: UUID
    is_final: bool


@dataclass(frozen=True)
class _Judged:
    """What a handful needs to be decided: its readers, and which of its rows are due."""

    readers: dict[tuple[str, str], Reader]
    rows: dict[UUID, list[Reminder]]
    due: set[UUID]
    not_due: set[UUID]


def waiting() -> list[UUID]:
    """Messages that may be claimed: answers first, then the oldest."""
    return list(_waiting().values_list("pk", flat=True))


def _waiting(*channels: Delivery.Channel):
    """Neither in another sender's hands nor waiting for the next try."""
    real = clock.real_now()
    is_free = Q(claimed_at=None) | Q(claimed_at__lte=real - rules.CLAIM_LASTS)
    is_its_time = Q(next_try_at=None) | Q(next_try_at__lte=real)
    found = Delivery.objects.open().filter(is_free & is_its_time, channel__in=channels or SENT_BY_US)
    return found.order_by("message_class", "created_at", "pk")


@transaction.atomic
def claim_some(
    now: dt.datetime, channels: Sequence[Delivery.Channel] = SENT_BY_US
) -> tuple[list[Claim], list[NotMade], bool]:
    """Take a handful of messages of these channels: decide again what is due, seal the words.

    Returns (those to send, those that could not be made, whether any was taken at all): what need not go any more
    is settled here and in neither list.
    """
    taken = list(_waiting(*channels).select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    if not taken:
        return [], [], False
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in taken]).update(claimed_at=clock.real_now())
    judged, claims, failed = _judge(taken, now), [], []
    with holding_house_key():
        house = emails.House()
        for delivery in taken:
            try:
                with transaction.atomic():
                    claims.append(_decide(delivery, judged, now, house))
            except Exception as error:  # only this message waits
                log.error("message_not_made", error=type(error).__name__)
                failed.append(NotMade(delivery.pk, is_final=isinstance(error, mail.AddressRefused)))
    return [claim for claim in claims if claim], failed, True


def _judge(taken: Sequence[Delivery], now: dt.datetime) -> _Judged:
    found = Reminder.objects.filter(delivery__in=[delivery.pk for delivery in taken])
    rows: dict[UUID, list[Reminder]] = defaultdict(list)
    for row in found.order_by("pk").select_for_update(of=("self",)):
        rows[row.delivery_id].append(row)
    live = [row for own in rows.values() for row in own if _is_live(row, now)]
    muted = muting.muted(live, now)
    muting.settle_muted(muted, now)
    due, not_due = gathering.judge([row for row in live if row not in muted], now)
    return _Judged(readers({delivery.recipient for delivery in taken}, now), rows, due, not_due)


def _is_live(row: Reminder, now: dt.datetime) -> bool:
    return row.settled_at is None and row.useful_until > now


def _decide(delivery: Delivery, judged: _Judged, now: dt.datetime, house: emails.House) -> Claim | None:
    """The message as it goes; None when it goes no more, which is settled here."""
    reader, rows = judged.readers.get(delivery.recipient), judged.rows[delivery.pk]
    going = [row for row in rows if _is_live(row, now) and row.pk in judged.due]
    goes = reader is not None and bool(going) and _is_its_hour(delivery, reader, now)
    is_chosen = reader is not None and reader.channel == delivery.channel
    if delivery.body and goes and is_chosen and len(going) == delivery.holds:
        # It may have gone out before its sender died: the same bytes, or nothing.
        return Claim(delivery, reader.address, delivery.body.encode(), is_fresh=False)
    if over := [row for row in rows if row.pk in judged.not_due]:
        gathering.settle_not_needed(over, now)
    if delivery.body or not goes:
        gathering.withdraw(delivery, now)
        return None
    if not is_chosen:
        # Chosen otherwise since it was made: it waits in that way's row, for its sender or for a person.
        delivery.channel, delivery.claimed_at = reader.channel, None
        delivery.save(update_fields=["channel", "claimed_at"])
        return None
    # What hangs on the message is what it says; the others are free for the next one.
    if others := {row.pk for row in rows} - {row.pk for row in going}:
        Reminder.objects.filter(pk__in=others).update(delivery=None)
    delivery.message_id = mail.message_id_for(str(delivery.pk))
    is_text = delivery.channel == Delivery.Channel.TEXT
    compose = text_messages.compose if is_text else emails.composer_for(delivery)
    delivery.subject, raw = compose(delivery, going, reader, now, house)
    delivery.body, delivery.holds = raw.decode(), len(going)
    delivery.save(update_fields=["message_id", "subject", "body", "holds"])
    return Claim(delivery, reader.address, raw, is_fresh=True)


def _is_its_hour(delivery: Delivery, reader: Reader, now: dt.datetime) -> bool:
    """What is gathered goes on its own day, outside quiet hours, to a reader who does not rest and is there."""
    if not delivery.is_gathered:
        return True
    is_today = delivery.local_on == rules.local_day(now, reader.zone)
    return is_today and not rules.is_quiet(now, reader.zone) and not (reader.is_paused or reader.is_shut)


def still_holds(claim: Claim, now: dt.datetime) -> bool:
    """Whether all that the message speaks of is still open."""
    rows = Reminder.objects.unsettled().filter(delivery=claim.delivery.pk, useful_until__gt=now)
    return rows.count() == claim.delivery.holds


@transaction.atomic
def give_back(claims: Iterable[Claim]) -> None:
    """Free messages that were not handed over; words that surely went to nobody are forgotten, to be made anew."""
    claims = list(claims)
    Delivery.objects.filter(pk__in=[claim.delivery.pk for claim in claims]).update(claimed_at=None)
    Delivery.objects.filter(pk__in=[claim.delivery.pk for claim in claims if claim.is_fresh]).update(body=b"")
