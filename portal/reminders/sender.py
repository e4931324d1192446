"""Sending: claim, read again what is due, seal, hand to the server, stamp. Safe beside itself and after a kill."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce

from portal import clock, mail
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.reminders import emails, gathering, muting, rules
from portal.reminders.models import Delivery, Outcome, Reminder, Run
from portal.reminders.readers import address_is_wrong, reader_of
from portal.reminders.staff import tell_staff_of_missed

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """A message in this sender's hands. `is_fresh`: nobody can have been sent it before."""

    delivery: Delivery
    to: str
    raw: bytes
    is_fresh: bool


def run(now: dt.datetime | None = None) -> int:
    """Send what is due at this moment. Returns how many messages the server took."""
    now = now or clock.now()
    began = clock.real_now()
    if not Run.objects.filter(pk=1).update(at=began):
        Run.objects.update_or_create(pk=1, defaults={"at": began})
    gathering.gather(now)
    sent, away = 0, False
    with mail.Line() as line:
        for pk in waiting():
            try:
                sent += send_one(pk, now, line)
            except mail.ServerAway:
                away = True
                break
    _note_end(is_away=away)
    return sent


def last_run() -> Run | None:
    """The sender's last turn, for the health page; None before the first."""
    return Run.objects.filter(pk=1).first()


def _note_end(*, is_away: bool) -> None:
    ended = clock.real_now()
    since = Coalesce("mail_away_since", Value(ended, DateTimeField())) if is_away else None
    Run.objects.filter(pk=1).update(finished_at=ended, mail_away_since=since)


def _free() -> Q:
    """Neither in another sender's hands nor waiting for its next try."""
    real = clock.real_now()
    return (Q(claimed_at=None) | Q(claimed_at__lte=real - rules.CLAIM_LASTS)) & (
        Q(next_try_at=None) | Q(next_try_at__lte=real)
    )


def waiting() -> list[UUID]:
    """Messages that may be claimed: answers first, then the oldest."""
    mails = Delivery.objects.open().filter(_free(), channel=Delivery.Channel.MAIL)
    return list(mails.order_by("message_class", "created_at", "pk").values_list("pk", flat=True))


def send_one(pk: UUID, now: dt.datetime, line: mail.Line | None = None) -> bool:
    """Claim one message and send it. True when the server took it. ServerAway when no other would go either."""
    try:
        claimed = claim(pk, now)
    except Exception as error:  # a kind's words failed, or the address is none: only this message waits
        log.error("message_not_made", error=type(error).__name__)
        _note_failure(pk, Delivery.Failure.BROKEN, now, is_final=isinstance(error, mail.AddressRefused))
        return False
    if claimed is None:
        return False
    try:
        (line.send if line else mail.send)(claimed.raw, claimed.to)
    except mail.MailError as error:
        _take_back(claimed, error, now)
        if isinstance(error, mail.ServerAway):
            raise
        return False
    stamp(claimed.delivery.pk, now)
    return True


@transaction.atomic
def claim(pk: UUID, now: dt.datetime) -> Claim | None:
    """Take a message, read again what is due, seal its words: in one transaction. None when nothing is to be sent."""
    if not Delivery.objects.open().filter(_free(), pk=pk).update(claimed_at=clock.real_now()):
        return None
    delivery = Delivery.objects.get(pk=pk)
    reader = reader_of(delivery.recipient, now)
    rows = list(Reminder.objects.filter(delivery=delivery).order_by("pk").select_for_update(of=("self",)))
    going, not_due = _still_going(rows, now)
    if delivery.body:
        # It may have gone out before its sender died: the same bytes, or nothing.
        if reader and going and len(going) == delivery.holds and _is_its_hour(delivery, reader, now):
            return Claim(delivery, reader.email, delivery.body.encode(), is_fresh=False)
        gathering.settle_not_needed([row for row in rows if row.pk in not_due], now)
        gathering.withdraw(delivery, now)
        return None
    gathering.settle_not_needed([row for row in rows if row.pk in not_due], now)
    if not reader or not going or not _is_its_hour(delivery, reader, now):
        gathering.withdraw(delivery, now)
        return None
    # What hangs on the message is what it says; the others are free for the next one.
    Reminder.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in going}).update(delivery=None)
    delivery.message_id = mail.message_id_for(str(delivery.pk))
    delivery.subject, raw = emails.compose(delivery, going, reader, now)
    delivery.body, delivery.holds = raw.decode("ascii"), len(going)
    delivery.save(update_fields=["message_id", "subject", "body", "holds"])
    return Claim(delivery, reader.email, raw, is_fresh=True)


def _still_going(rows: list[Reminder], now: dt.datetime) -> tuple[list[Reminder], set[UUID]]:
    """(rows that still belong in the message, ids of those not due any more)."""
    live = [row for row in rows if row.settled_at is None and row.useful_until > now]
    muted = muting.muted(live, now)
    muting.settle_muted(muted, now)
    due, not_due = gathering.judge([row for row in live if row not in muted], now)
    return [row for row in live if row.pk in due], not_due


def _is_its_hour(delivery, reader, now) -> bool:
    """What is gathered goes on its own day, outside quiet hours, to a reader who does not rest."""
    if not delivery.is_gathered:
        return True
    is_today = delivery.local_on == rules.local_day(now, reader.zone)
    return is_today and not rules.is_quiet(now, reader.zone) and not reader.is_paused


@transaction.atomic
def stamp(pk: UUID, now: dt.datetime) -> None:
    """The server took it. A second stamp, by a sender that was thought dead, changes nothing."""
    delivery = Delivery.objects.select_for_update().get(pk=pk)
    if delivery.sent_at:
        return
    delivery.sent_at, delivery.failed_at, delivery.withdrawn_at, delivery.next_try_at = now, None, None, None
    delivery.failure = ""
    delivery.save(update_fields=["sent_at", "failed_at", "withdrawn_at", "next_try_at", "failure"])
    # Withdrawn in this very moment, but out all the same: the ledger tells the truth.
    rows = Reminder.objects.filter(delivery=delivery).filter(Q(settled_at=None) | Q(settled_as=Outcome.WITHDRAWN))
    ids = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    Reminder.objects.filter(pk__in=ids).update(settled_at=now, settled_as=Outcome.SENT)
    record(SYSTEM, "reminder.sent", delivery, case=delivery.case_id)


@transaction.atomic
def _take_back(claimed: Claim, error: mail.MailError, now: dt.datetime) -> None:
    """It did not go, or may not have: free the claim, and forget the words only if it surely went to nobody."""
    failure, is_final = {
        mail.AddressRefused: (Delivery.Failure.REFUSED, True),
        mail.Deferred: (Delivery.Failure.DEFERRED, False),
        mail.ServerAway: (Delivery.Failure.AWAY, False),
        mail.Unsure: (Delivery.Failure.UNSURE, False),
    }[type(error)]
    if claimed.is_fresh and error.is_sure:
        claimed.delivery.body = ""
        claimed.delivery.save(update_fields=["body"])
    _note_failure(claimed.delivery.pk, failure, now, is_final=is_final)


@transaction.atomic
def _note_failure(pk: UUID, failure: str, now: dt.datetime, *, is_final: bool) -> None:
    """Count it and set the next try; the server being away never counts as the last."""
    Delivery.objects.filter(pk=pk).update(failures=F("failures") + 1)
    delivery = Delivery.objects.select_for_update().get(pk=pk)
    delivery.failure, delivery.claimed_at = failure, None
    delivery.next_try_at = clock.real_now() + rules.retry_after(delivery.failures)
    if is_final or (delivery.failures >= rules.TRIES and failure != Delivery.Failure.AWAY):
        delivery.failed_at, delivery.next_try_at = now, None
        tell_staff_of_missed(list(delivery.rows.all()), now)
        if is_final:
            address_is_wrong(delivery)
    delivery.save(update_fields=["failure", "claimed_at", "next_try_at", "failed_at"])


@transaction.atomic
def forget_bodies(now: dt.datetime) -> int:
    """Bodies of messages are kept for 90 days. Returns how many were forgotten."""
    old = Delivery.objects.filter(created_at__lte=now - rules.BODIES_KEPT).exclude(body=b"")
    return old.update(body=b"", subject="")
