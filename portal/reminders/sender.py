"""Sending: claim, read again what is due, seal, hand to the server, stamp. Safe beside itself and after a kill."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from portal import clock, mail, texting
from portal.actors import SYSTEM
from portal.history.actions import record_each
from portal.reminders import gathering, rules
from portal.reminders.claiming import SENT_BY_US, Claim, claim_some, give_back, still_holds
from portal.reminders.models import Delivery, Outcome, Reminder, Run
from portal.reminders.readers import address_is_wrong, address_works, tell_sent
from portal.reminders.staff import tell_staff_of_missed

# A decision older than this is looked at again before its message goes; a claim older is given back.
LOOKED_AT_LASTS = dt.timedelta(seconds=0.2)
HANDFUL_LASTS = dt.timedelta(seconds=10)


def run(now: dt.datetime | None = None) -> int:
    """Send what is due at this moment. Returns how many messages the server took."""
    now = now or clock.now()
    began = clock.real_now()
    if not Run.objects.filter(pk=1).update(at=began):
        Run.objects.update_or_create(pk=1, defaults={"at": began})
    gathering.gather(now)
    sent = Tally()
    open_channels = list(SENT_BY_US)
    with mail.Line() as line:
        while open_channels:
            try:
                if not send_some(now, line, sent, open_channels):
                    break
            except texting.GatewayAway:
                open_channels.remove(Delivery.Channel.TEXT)
            except mail.ServerAway:
                open_channels.remove(Delivery.Channel.MAIL)
    _note_end(is_away=Delivery.Channel.MAIL not in open_channels)
    return sent.count


def last_run() -> Run | None:
    """The sender's last turn, for the health page; None before the first."""
    return Run.objects.filter(pk=1).first()


def _note_end(*, is_away: bool) -> None:
    ended = clock.real_now()
    since = Coalesce("mail_away_since", Value(ended, DateTimeField())) if is_away else None
    Run.objects.filter(pk=1).update(finished_at=ended, mail_away_since=since)


@dataclass
class Tally:
    """How many messages the server took."""

    count: int = 0


def send_some(now: dt.datetime, line: mail.Line, sent: Tally, channels: Sequence[Delivery.Channel]) -> bool:
    """Claim a handful and send it. False when nothing was left to claim. ServerAway when no other would go either."""
    claims, failed, is_any = claim_some(now, channels)
    for each in failed:
        _note_failure(each.pk, Delivery.Failure.BROKEN, now, is_final=each.is_final)
    taken: list[UUID] = []
    try:
        hand_over(claims, taken, now, line)
    finally:
        # Together: until here the server's word is all there is, and a sender that dies sends the same bytes again.
        if taken:
            stamp(taken, now)
            sent.count += len(taken)
            address_works(claim.delivery for claim in claims if claim.delivery.pk in taken)
    return is_any


def hand_over(claims: Sequence[Claim], taken: list[UUID], now: dt.datetime, line: mail.Line) -> None:
    """Hand each to the server; what it took is added to `taken`. What cannot go now is given back."""
    decided_at = clock.real_now()
    for at, claim in enumerate(claims):
        age = clock.real_now() - decided_at
        if at and age > HANDFUL_LASTS:
            give_back(claims[at:])
            return
        if age > LOOKED_AT_LASTS and not still_holds(claim, now):
            give_back([claim])
            continue
        try:
            _hand_over_one(claim, line)
        except mail.MailError as error:
            _take_back(claim, error, now)
            if isinstance(error, mail.ServerAway):
                give_back(claims[at + 1 :])
                raise
            continue
        taken.append(claim.delivery.pk)


def _hand_over_one(claim: Claim, line: mail.Line) -> None:
    if claim.delivery.channel == Delivery.Channel.TEXT:
        texting.send(claim.raw.decode(), claim.to, str(claim.delivery.pk))
    else:
        line.send(claim.raw, claim.to)


@transaction.atomic
def stamp(taken: Sequence[UUID], now: dt.datetime) -> None:
    """The server took them. A second stamp, by a sender that was thought dead, changes nothing."""
    deliveries = list(Delivery.objects.filter(pk__in=taken, sent_at=None).order_by("pk").select_for_update())
    ids = [delivery.pk for delivery in deliveries]
    Delivery.objects.filter(pk__in=ids).update(
        sent_at=now, failed_at=None, withdrawn_at=None, next_try_at=None, failure=""
    )
    # Withdrawn in this very moment, but out all the same: the ledger tells the truth.
    rows = Reminder.objects.filter(delivery__in=ids).filter(Q(settled_at=None) | Q(settled_as=Outcome.WITHDRAWN))
    said = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    Reminder.objects.filter(pk__in=said).update(settled_at=now, settled_as=Outcome.SENT)
    record_each(SYSTEM, "reminder.sent", [(delivery, delivery.case_id) for delivery in deliveries])
    tell_sent(deliveries)


@transaction.atomic
def _take_back(claimed: Claim, error: mail.MailError, now: dt.datetime) -> None:
    """It did not go, or may not have: free the claim, and forget the words only if it surely went to nobody."""
    failure, is_final = {
        mail.AddressRefused: (Delivery.Failure.REFUSED, True),
        mail.Deferred: (Delivery.Failure.DEFERRED, False),
        mail.ServerAway: (Delivery.Failure.AWAY, False),
        texting.GatewayAway: (Delivery.Failure.AWAY, False),
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


def old_bodies(now: dt.datetime) -> QuerySet[Delivery]:
    """Messages of 90 days ago whose words are still here."""
    return Delivery.objects.filter(created_at__lte=now - rules.BODIES_KEPT).exclude(body=b"")


def forget_bodies(now: dt.datetime) -> int:
    """Forget their words, not that they went; how many."""
    return old_bodies(now).update(body=b"", subject="")
