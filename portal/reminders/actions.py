"""What rooms and readers do with reminders: plan, put off, pause, answer; what staff do: try again."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.celery import app, nudge
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders import kinds, rules
from portal.reminders.models import Delivery, Outcome, Pause, RecipientType, Reminder
from portal.reminders.readers import Reader, address_is_wrong, address_of, reader_of

# By name: the task's module imports the sender, which imports this one.
SEND_DUE = app.signature("portal.reminders.tasks.send_due")


def plan(
    kind: str,
    about: models.Model,
    *,
    version: int,
    recipient: object,
    due_at: dt.datetime,
    useful_until: dt.datetime,
    case: Any = None,
    step: int = 0,
) -> Reminder | None:
    """Plan one row, inside the action that makes it due. The same row again is kept as it is; a withdrawn one opens.

    Open rows of lower versions are withdrawn. None when it could never be useful. KeyError for an unknown kind.
    """
    wanted = row_of(
        kind,
        about,
        version=version,
        recipient=recipient,
        due_at=due_at,
        useful_until=useful_until,
        case=case,
        step=step,
    )
    return plan_row(wanted)


def row_of(
    kind: str,
    about: models.Model,
    *,
    version: int,
    recipient: object,
    due_at: dt.datetime,
    useful_until: dt.datetime,
    case: Any = None,
    step: int = 0,
) -> Reminder:
    """The row that `plan` plans, not written yet. KeyError for an unknown kind."""
    recipient_type, recipient_id = address_of(recipient)
    return Reminder(
        kind=kind,
        about_type=about._meta.label_lower,
        about_id=about.pk,
        version=version,
        case_id=getattr(case, "pk", case),
        recipient_type=recipient_type,
        recipient_id=recipient_id,
        step=step,
        message_class=kinds.kind_of(kind).message_class,
        due_at=due_at,
        useful_until=useful_until,
    )


@transaction.atomic
def plan_row(row: Reminder, reopens: Iterable[str] = (Outcome.WITHDRAWN,)) -> Reminder | None:
    """Plan a row that may know its thing by id only. `reopens`: which settled rows open again."""
    now = clock.now()
    row.message_class = kinds.kind_of(row.kind).message_class
    same = Reminder.objects.filter(kind=row.kind, about_id=row.about_id, recipient_id=row.recipient_id)
    if row.version:
        settle(same.filter(version__lt=row.version), Outcome.WITHDRAWN, now)
    if row.useful_until <= max(row.due_at, now):
        return None
    Reminder.objects.bulk_create([row], ignore_conflicts=True)
    same = same.filter(version=row.version, step=row.step, resent=0)
    planned = same.get()
    if planned.pk != row.pk:  # it stood there already
        also = {"due_at": row.due_at, "useful_until": row.useful_until, "put_off_at": row.put_off_at}
        _reopen(same.filter(settled_as__in=reopens), **also)
        planned = same.get()
        if planned.settled_as == Outcome.SENT:
            _reopen_askings(planned, now)
    if row.due_at <= now:
        nudge(SEND_DUE)
    return planned


def plan_rows(rows: Iterable[Reminder]) -> None:
    """Plan many new rows in one statement. What is planned, settled or withdrawn already stays as it is, and what
    could never be useful is left out.
    """
    now, wanted = clock.now(), []
    for row in rows:
        row.message_class = kinds.kind_of(row.kind).message_class
        if row.useful_until > max(row.due_at, now):
            wanted.append(row)
    Reminder.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=1000)
    if any(row.due_at <= now for row in wanted):
        nudge(SEND_DUE)


def _reopen_askings(row: Reminder, now: dt.datetime) -> None:
    """A room plans anew by unplanning all: what was sent stays sent, and "not yet" is still asked about again."""
    if kinds.kind_of(row.kind).answer is not None:
        _reopen(_steps_from(row).filter(step__gt=row.step, settled_as=Outcome.WITHDRAWN, useful_until__gt=now))


def _reopen(rows: models.QuerySet[Reminder], **also: dt.datetime | None) -> None:
    """Open settled rows again. One whose message may be going out stays in it, so that its stamp finds the row."""
    rows.exclude(delivery__in=Delivery.objects.going_out()).update(delivery=None)
    rows.update(settled_at=None, settled_as="", **also)


@transaction.atomic
def unplan(about: models.Model, kinds: Iterable[str] | None = None) -> int:
    """Withdraw every open row about a thing, or those of some kinds. Returns how many."""
    rows = Reminder.objects.about(about)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    return settle(rows, Outcome.WITHDRAWN, clock.now())


@transaction.atomic
def settle(rows: models.QuerySet[Reminder], outcome: str, now: dt.datetime) -> int:
    """Settle the open ones of these rows. Returns how many."""
    # In the order of their keys, as the sender locks them: two transactions never wait for each other.
    locked = rows.filter(settled_at=None).order_by("pk").select_for_update(of=("self",))
    ids = list(locked.values_list("pk", flat=True))
    return Reminder.objects.filter(pk__in=ids).update(settled_at=now, settled_as=outcome)


@transaction.atomic
def put_off(row: Reminder, *, by: Actor) -> Reminder:
    """ "Later": move an open row two mornings on, or one. Raises Refused when it would come too late to help."""
    now = clock.now()
    row = Reminder.objects.select_for_update().get(pk=row.pk)
    if row.settled_at or row.delivery_id:
        raise Refused(_("This one has already gone out or is done."))
    reader = must_find_reader(row.recipient, now)
    moved = rules.later(row, now, reader.zone)
    if moved is None:
        raise Refused(_("This can’t wait longer: after that it would be too late to help."))
    row.due_at, row.put_off_at = moved, now
    row.save(update_fields=["due_at", "put_off_at"])
    record(by, "reminder.put_off", row, case=row.case_id)
    return row


@transaction.atomic
def pause(person: User, *, until: dt.datetime | None, why: str = Pause.Why.ASKED, by: Actor) -> Pause:
    """Rest from reminders until an instant, or until the person says so. A running pause is replaced."""
    now = clock.now()
    if until is not None and until <= now:
        raise Refused(_("Choose a day that is still to come."))
    User.objects.select_for_update().get(pk=person.pk)  # one at a time: two presses make one pause
    Pause.objects.filter(person=person, ended_at=None).update(ended_at=now)
    made = Pause.objects.create(person=person, from_at=now, until=until, why=why)
    record(by, "reminder.paused", made, patient=person.own_record)
    return made


@transaction.atomic
def resume(person: User, *, by: Actor) -> None:
    """End the pause. What still helps comes at the next 9 am."""
    now = clock.now()
    for running in Pause.objects.select_for_update().filter(person=person, ended_at=None):
        running.ended_at = now
        running.save(update_fields=["ended_at"])
        record(by, "reminder.resumed", running, patient=person.own_record)


@transaction.atomic
def answer(row: Reminder, choice: str, *, by: Actor) -> Reminder:
    """Take the answer to a row's question. Pressing again, or another one, is fine while the thing is not over.

    Once it is over the same press changes nothing. Another one takes a wrong "done" back for ten minutes; else Refused.
    """
    now = clock.now()
    kind = kinds.known(row.kind)
    if kind is None or kind.answer is None or choice not in kinds.CHOICES:
        raise Refused(_("This question can’t be answered here."))
    if row.useful_until <= now:
        raise Refused(_("This is over. There is nothing left to do."), code="over")
    if row.pk not in kind.still_due([row], now):
        if _was_said(row, choice):
            return row
        if not may_mend(row, now) or kind.take_back is None:
            raise Refused(_("This is over. There is nothing left to do."), code="over")
        # From here on as if this asking had not been: under the new version, before its step.
        row.version, row.step = kind.take_back(row, by), row.step - 1
    # The message first, then what the room locks, then rows: the order of the sender, so that nobody waits in a ring.
    Delivery.objects.filter(rows=row.pk).update(reply=choice, replied_at=now)
    kind.answer(row, choice, by)
    if choice == kinds.DONE:
        settle(_steps_from(row), Outcome.ANSWERED, now)
        # The room may have withdrawn it in this very breath: it was answered all the same.
        withdrawn_now = Reminder.objects.filter(pk=row.pk, settled_as=Outcome.WITHDRAWN, settled_at__gte=now)
        withdrawn_now.update(settled_as=Outcome.ANSWERED)
    elif choice == kinds.NOT_YET:
        _ask_again(row, kind, now)
    record(by, "reminder.answered", row, case=row.case_id, why=choice)
    return row


def _was_said(row: Reminder, choice: str) -> bool:
    if row.delivery:
        return row.delivery.reply == choice
    return choice == kinds.DONE and Reminder.objects.filter(pk=row.pk, settled_as=Outcome.ANSWERED).exists()


def may_mend(row: Reminder, now: dt.datetime) -> bool:
    """Whether a "done" was pressed so lately that another press takes it back."""
    kind, delivery = kinds.known(row.kind), row.delivery
    if kind is None or kind.take_back is None or delivery is None or delivery.replied_at is None:
        return False
    return delivery.reply == kinds.DONE and now - delivery.replied_at <= rules.MEND_FOR


def next_asking(row: Reminder, now: dt.datetime) -> dt.datetime | None:
    """When a "not yet" is asked about again: the planned next step, else some mornings on."""
    planned = _next_planned(row)
    if planned:
        return planned.due_at
    kind, reader = kinds.known(row.kind), reader_of(row.recipient, now)
    if kind is None or reader is None:
        return None
    return rules.asked_again(now, kind.again_after, row.useful_until, reader.zone)


def _next_planned(row: Reminder) -> Reminder | None:
    return _steps_from(row).filter(step__gt=row.step, settled_at=None).order_by("due_at").first()


def _steps_from(row: Reminder) -> models.QuerySet[Reminder]:
    return Reminder.objects.filter(
        kind=row.kind,
        about_id=row.about_id,
        version=row.version,
        recipient_id=row.recipient_id,
        step__gte=row.step,
    )


def _ask_again(row: Reminder, kind: kinds.Kind, now: dt.datetime) -> None:
    again_at = next_asking(row, now)
    if again_at is None or _next_planned(row):
        return
    same = ("kind", "about_type", "about_id", "version", "case_id", "recipient_type", "recipient_id", "useful_until")
    following = Reminder(
        step=row.step + 1, due_at=again_at, put_off_at=now, **{name: getattr(row, name) for name in same}
    )
    plan_row(following, reopens=(Outcome.WITHDRAWN, Outcome.ANSWERED))


def must_find_reader(recipient: tuple[str, str], now: dt.datetime) -> Reader:
    """The reader of a row. Raises Refused when there is none any more."""
    reader = reader_of(recipient, now)
    if reader is None:
        raise Refused(_("We can’t find who this is for."))
    return reader


@transaction.atomic
def not_for_me(delivery: Delivery, *, by: Actor) -> None:
    """ "Not for you?": stop messages to this address, make the links in this one false, and let staff see it."""
    now = clock.now()
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.reply, delivery.replied_at = Delivery.Reply.NOT_ME, now
    delivery.generation += 1
    delivery.save(update_fields=["reply", "replied_at", "generation"])
    Reminder.objects.filter(delivery=delivery).update(generation=models.F("generation") + 1)
    if delivery.recipient_type == RecipientType.USER:
        pause(User.objects.get(pk=delivery.recipient_id), until=None, why=Pause.Why.NOT_ME, by=by)
    address_is_wrong(delivery)
    record(by, "reminder.not_for_me", delivery, case=delivery.case_id)


@transaction.atomic
def try_again(delivery: Delivery, *, by: Actor) -> Delivery:
    """Open a message that could not go. A gathered one of an earlier day joins today's."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.sent_at or delivery.withdrawn_at:
        raise Refused(_("This one has gone out by now, or is no longer needed."))
    delivery.failed_at = delivery.next_try_at = delivery.claimed_at = None
    delivery.failures, delivery.failure = 0, ""
    delivery.save(update_fields=["failed_at", "next_try_at", "claimed_at", "failures", "failure"])
    record(by, "reminder.tried_again", delivery, case=delivery.case_id)
    nudge(SEND_DUE)
    return delivery
