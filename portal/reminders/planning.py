"""Planning some things anew: what is wanted of them now is laid beside what stands, and only what differs changes."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from portal.celery import nudge
from portal.reminders.actions import SEND_DUE, row_of
from portal.reminders.models import Delivery, Outcome, RecipientType, Reminder

Asking = tuple[str, UUID, int, str, int]  # kind, thing, version, recipient, step
CHANGED = ["due_at", "useful_until", "put_off_at", "settled_at", "settled_as", "delivery"]


class Plan:
    """All that is due about some things from `now` on. A room fills it and writes it once, in its action.

    A row that is wanted and stands already keeps its day if the person put it off, the message it is in, those it
    was handed on to, and what is asked again. What is neither wanted nor kept is withdrawn.
    """

    def __init__(self, now: dt.datetime, kinds: Iterable[str] = ()) -> None:
        """With `kinds`, rows of others are left as they are."""
        self._now = now
        self._kinds = tuple(kinds)
        self._about: set[UUID] = set()
        self._wanted: dict[Asking, Reminder] = {}
        self._late: dict[Asking, Reminder] = {}
        self._kept: set[tuple[str, UUID, int]] = set()

    def covers(self, *things: models.Model) -> None:
        """Open rows about these are withdrawn unless they are wanted or kept."""
        self._about |= {thing.pk for thing in things}

    def want(
        self,
        kind: str,
        about: models.Model,
        *,
        version: int,
        recipient: object,
        due_at: dt.datetime,
        useful_until: dt.datetime,
        case: Any = None,
        step: int = 0,
        is_late: bool = False,
    ) -> None:
        """Plan one row, as `actions.plan` does. `is_late`: its moment has passed; it is planned only if the one of
        that moment, of whichever version, has not gone out.
        """
        row = row_of(
            kind,
            about,
            version=version,
            recipient=recipient,
            due_at=due_at,
            useful_until=useful_until,
            case=case,
            step=step,
        )
        self.want_row(row, is_late=is_late)

    def want_row(self, row: Reminder, *, is_late: bool = False) -> None:
        """`want` for a row that `actions.row_of` made."""
        if row.useful_until > max(row.due_at, self._now):
            (self._late if is_late else self._wanted)[_asking(row)] = row

    def keep(self, kind: str, about: models.Model, *, version: int) -> None:
        """The question still stands: a row that is due and has not gone stays, and one put off, and one asked again."""
        self._kept.add((kind, about.pk, version))

    @transaction.atomic
    def write(self) -> None:
        """Change the rows that differ. Twice changes nothing more."""
        alive = Q(settled_at=None) | Q(settled_as=Outcome.WITHDRAWN)
        about = Reminder.objects.filter(about_id__in=self._about)
        if self._kinds:
            about = about.filter(kind__in=self._kinds)
        # In the order of their keys, as the sender locks them; read once they are held, so that nothing has moved.
        locked = about.filter(alive).order_by("pk").select_for_update(of=("self",))
        held = set(locked.values_list("pk", flat=True))
        rows = list(about.order_by("pk"))
        self._take_up_late(rows)
        judge = _Judge(self._wanted, self._kept, rows, self._now)
        changed, over = [], []
        for row in rows:
            if row.pk not in held:
                continue
            if judge.stays(row):
                changed += [row] if judge.change(row) else []
            elif row.settled_at is None and not judge.has_passed(row):
                over.append(row.pk)
        _leave_messages(changed)
        Reminder.objects.bulk_update(changed, CHANGED)
        withdrawn = Reminder.objects.filter(pk__in=over)  # held by their locks, and open
        withdrawn.update(settled_at=self._now, settled_as=Outcome.WITHDRAWN)
        there = {_asking(row) for row in rows if not row.resent}
        new = [row for asking, row in self._wanted.items() if asking not in there]
        Reminder.objects.bulk_create(new, ignore_conflicts=True)
        if any(row.due_at <= self._now for row in [*new, *changed]):
            nudge(SEND_DUE)

    def _take_up_late(self, rows: Iterable[Reminder]) -> None:
        """What was due at a moment that passed, and waits: its message did not go, or was withdrawn just now."""
        waits = {(row.kind, row.about_id, row.recipient_id, row.step, row.due_at) for row in rows if _waits(row)}
        for asking, row in self._late.items():
            if (row.kind, row.about_id, row.recipient_id, row.step, row.due_at) in waits:
                self._wanted[asking] = row


class _Judge:
    """What becomes of the rows that stand."""

    def __init__(
        self,
        wanted: dict[Asking, Reminder],
        kept: set[tuple[str, UUID, int]],
        rows: Iterable[Reminder],
        now: dt.datetime,
    ) -> None:
        self._wanted, self._kept, self._now = wanted, kept, now
        self._role_of: dict[tuple[str, UUID, int, int], Asking] = {}
        self._first_sent: dict[tuple[str, UUID, int, str], int] = {}
        for row in rows:
            if row.settled_as == Outcome.HANDED_ON and row.recipient_type == RecipientType.ROLE:
                self._role_of[row.kind, row.about_id, row.version, row.step] = _asking(row)
            if row.settled_as == Outcome.SENT:
                series = (row.kind, row.about_id, row.version, row.recipient_id)
                self._first_sent[series] = min(row.step, self._first_sent.get(series, row.step))

    def wanted(self, row: Reminder) -> Reminder | None:
        """What is wanted of a row; of one that a role's row was handed on to, what is wanted of that."""
        if asked := self._wanted.get(_asking(row)):
            return asked
        role = self._role_of.get((row.kind, row.about_id, row.version, row.step))
        return self._wanted.get(role) if role else None

    def stays(self, row: Reminder) -> bool:
        return self.wanted(row) is not None or self._is_kept(row)

    def has_passed(self, row: Reminder) -> bool:
        """Whether it came to nothing without anybody's doing: the sender settles it, and tells staff."""
        return (row.kind, row.about_id, row.version) in self._kept and row.useful_until <= self._now

    def _is_kept(self, row: Reminder) -> bool:
        if (row.kind, row.about_id, row.version) not in self._kept or row.useful_until <= self._now:
            return False
        first = self._first_sent.get((row.kind, row.about_id, row.version, row.recipient_id), row.step)
        is_due = _waits(row) and row.due_at <= self._now
        return is_due or row.put_off_at is not None or row.step > first

    def change(self, row: Reminder) -> bool:
        """Open it again, or give it the day that is wanted now. False when it stays as it is."""
        was_open, is_over, wanted = row.settled_at is None, row.useful_until <= self._now, self.wanted(row)
        if was_open and is_over:
            return False
        before = row.due_at, row.useful_until
        row.settled_at, row.settled_as = None, ""
        is_due = wanted is not None and max(row.due_at, wanted.due_at) <= self._now
        if wanted is None or row.resent or (is_due and not is_over):
            return not was_open
        if row.put_off_at is None or not wanted.due_at <= row.due_at < wanted.useful_until:
            row.due_at, row.put_off_at = wanted.due_at, None
        row.useful_until = wanted.useful_until
        return not was_open or (row.due_at, row.useful_until) != before


def _asking(row: Reminder) -> Asking:
    return row.kind, row.about_id, row.version, row.recipient_id, row.step


def _waits(row: Reminder) -> bool:
    """Whether it has not gone: open, or withdrawn when it was due already."""
    return row.settled_at is None or (row.settled_as == Outcome.WITHDRAWN and row.settled_at >= row.due_at)


def _leave_messages(rows: list[Reminder]) -> None:
    """Rows that open again or got another day leave their message, unless it may be going out at this moment."""
    messages = {row.delivery_id for row in rows if row.delivery_id}
    going = set(Delivery.objects.going_out().filter(pk__in=messages).values_list("pk", flat=True)) if messages else {}
    for row in rows:
        if row.delivery_id not in going:
            row.delivery = None
