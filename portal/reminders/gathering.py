"""From due rows to messages: hand on a role's rows, settle what passed, make one Delivery for a reader and day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from uuid import UUID, uuid4

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM
from portal.history.actions import record_each
from portal.once import is_page
from portal.reminders import kinds, muting, post, rules
from portal.reminders.actions import settle
from portal.reminders.models import Delivery, Outcome, RecipientType, Reminder
from portal.reminders.readers import Reader, readers
from portal.reminders.staff import tell_staff_of_missed

log = structlog.get_logger(__name__)

READERS_AT_ONCE = 200
AHEAD = dt.timedelta(hours=24)  # a gathered message holds all of its day, so rows are looked for this far ahead


def gather(now: dt.datetime) -> int:
    """Make the messages that may go now; their words come when they are claimed. Returns how many were made."""
    hand_on_roles(now)
    settle_passed(now)
    look_at_what_waits_for_a_person(now)
    free_old_messages(now)
    groups = judged(ready(now), now)
    return sum(make_messages(groups[at : at + READERS_AT_ONCE], now) for at in range(0, len(groups), READERS_AT_ONCE))


def hand_on_roles(now: dt.datetime) -> None:
    """A row for a role becomes one row for each person who holds it now."""
    rows = Reminder.objects.unsettled().filter(recipient_type=RecipientType.ROLE, due_at__lte=now + AHEAD)
    for row in rows:
        people = User.objects.filter(role=row.recipient_id, can_sign_in=True).order_by("pk")
        with transaction.atomic():
            if people and settle(Reminder.objects.filter(pk=row.pk), Outcome.HANDED_ON, now):
                Reminder.objects.bulk_create([_for_person(row, person) for person in people], ignore_conflicts=True)


def _for_person(row: Reminder, person: User) -> Reminder:
    same = ("kind", "about_type", "about_id", "version", "case_id", "step", "message_class", "due_at", "useful_until")
    return Reminder(
        recipient_type=RecipientType.USER,
        recipient_id=str(person.pk),
        **{name: getattr(row, name) for name in same},
    )


@transaction.atomic
def settle_passed(now: dt.datetime) -> None:
    """Settle rows that are of no use any more. Those whose message is being sent are left to its sender."""
    is_being_sent = Q(
        delivery__claimed_at__gt=clock.real_now() - rules.CLAIM_LASTS, delivery__sent_at=None, delivery__failed_at=None
    )
    # Each is due before it is of no use: said as well, since the index of open rows goes by it.
    over = Reminder.objects.unsettled().filter(useful_until__lte=now, due_at__lt=now).exclude(is_being_sent)
    rows = list(over.order_by("pk"))
    if not rows:
        return
    found = readers({row.recipient for row in rows}, now)
    rested = {row.pk for row in rows if (reader := found.get(row.recipient)) and reader.is_paused}
    settle(Reminder.objects.filter(pk__in=rested), Outcome.PAUSED, now)
    muted = muting.muted([row for row in rows if row.pk not in rested], now)
    muting.settle_muted(muted, now)
    passed = [row for row in rows if row.pk not in rested and row not in muted]
    settle(Reminder.objects.filter(pk__in=[row.pk for row in passed]), Outcome.PASSED, now)
    if passed:
        tell_staff_of_missed(passed, now)


@transaction.atomic
def look_at_what_waits_for_a_person(now: dt.datetime) -> None:
    """What a person should post or say is looked at again each time, like what goes by mail."""
    waiting = list(Delivery.objects.by_hand())
    if not waiting:
        return
    rows = list(Reminder.objects.unsettled().filter(delivery__in=waiting))
    muted = muting.muted(rows, now)
    muting.settle_muted(muted, now)
    _, not_due = judge([row for row in rows if row not in muted], now)
    settle_not_needed([row for row in rows if row.pk in not_due], now)
    _find_its_way(waiting, [row for row in rows if row not in muted and row.pk not in not_due], now)


def _find_its_way(waiting: Sequence[Delivery], rows: Sequence[Reminder], now: dt.datetime) -> None:
    """A reader chose another way, rests, or a letter was not posted in time: its rows find their way anew."""
    found = readers({delivery.recipient for delivery in waiting}, now)
    has_letters = any(reader.has_letters for reader in found.values())
    closed = post.closed(now) if has_letters else frozenset()
    for delivery in waiting:
        reader = found.get(delivery.recipient)
        own = [row for row in rows if row.delivery_id == delivery.pk]
        if reader is None or not own:
            continue
        rests = reader.is_paused and delivery.is_gathered
        wanted = post.channel_for(own, reader, now, closed)
        if rests or (wanted != delivery.channel and delivery.channel == Delivery.Channel.LETTER):
            give_up(delivery.pk, now)
        elif wanted not in (delivery.channel, Delivery.Channel.LETTER):
            Delivery.objects.open().filter(pk=delivery.pk).update(channel=wanted)


def free_old_messages(now: dt.datetime) -> None:
    """A gathered message speaks of its day ("tomorrow"). Past it, what is left joins the next one.

    So does a message in which nothing is left to say.
    """
    unclaimed = Delivery.objects.open().filter(
        Q(claimed_at=None) | Q(claimed_at__lte=clock.real_now() - rules.CLAIM_LASTS)
    )
    has_rows = Exists(Reminder.objects.unsettled().filter(delivery=OuterRef("pk")))
    waiting = list(unclaimed.filter(Q(is_gathered=True) | ~has_rows).annotate(has_rows=has_rows))
    found = readers({delivery.recipient for delivery in waiting}, now)
    for delivery in waiting:
        reader = found.get(delivery.recipient)
        is_old = reader is None or (delivery.local_on < rules.local_day(now, reader.zone) and not _keeps(delivery))
        if not delivery.has_rows or is_old:
            give_up(delivery.pk, now)


def _keeps(delivery: Delivery) -> bool:
    """A letter speaks of days by their date, and may be posted on the next."""
    return delivery.channel == Delivery.Channel.LETTER


@transaction.atomic
def give_up(pk: UUID, now: dt.datetime) -> None:
    """Let a message go no more and free its rows: forgotten when it surely never went, else kept as withdrawn."""
    delivery = Delivery.objects.open().select_for_update().filter(pk=pk).first()
    if delivery is None or rules.is_claimed(delivery.claimed_at, clock.real_now()):
        return
    withdraw(delivery, now)


def withdraw(delivery: Delivery, now: dt.datetime) -> None:
    """The same for a message whose row the caller holds."""
    rows = Reminder.objects.filter(delivery=delivery, settled_at=None).order_by("pk").select_for_update(of=("self",))
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(delivery=None)
    if delivery.body:
        delivery.withdrawn_at, delivery.claimed_at = now, None
        delivery.save(update_fields=["withdrawn_at", "claimed_at"])
    else:
        delivery.delete()


def ready(now: dt.datetime) -> list[tuple[Reader, list[Reminder]]]:
    """Each reader with the rows that may go at this moment. Reads only."""
    waiting = Reminder.objects.unsettled().filter(delivery=None, due_at__lte=now + AHEAD)
    by_recipient: dict[tuple[str, str], list[Reminder]] = defaultdict(list)
    rows = list(waiting.exclude(recipient_type=RecipientType.ROLE).order_by("due_at", "pk"))
    for row in rows + post.early_rows(now, now + AHEAD):
        by_recipient[row.recipient].append(row)
    if not by_recipient:
        return []
    found = readers(by_recipient, now)
    used = _days_used(now)
    closed = post.closed(now) if any(reader.has_letters for reader in found.values()) else frozenset()
    grouped = []
    for recipient, rows in by_recipient.items():
        reader = found.get(recipient)
        if reader is None:
            continue
        has_had_one = (*recipient, rules.local_day(now, reader.zone)) in used
        going = [row for row in _may_go(rows, reader, now, closed) if rules.goes_at_once(row, now) or not has_had_one]
        if going:
            grouped.append((reader, going))
    return grouped


def _may_go(rows: list[Reminder], reader: Reader, now: dt.datetime, closed: frozenset[dt.date]) -> list[Reminder]:
    """Those that may go now. Where one is too near for the mail a person calls, and what is early waits for its day."""
    days = closed if reader.has_letters else None
    rests = reader.is_paused or reader.is_shut
    going = [row for row in rows if rules.may_go(row, now, reader.zone, is_paused=rests, closed=days)]
    gathered = [row for row in going if not rules.goes_at_once(row, now)]
    if reader.has_letters and post.must_be_said(gathered, reader, now, closed):
        return [row for row in going if not post.is_early(row, reader, now)]
    return going


def _days_used(now: dt.datetime) -> set[tuple[str, str, dt.date]]:
    """(type, id, local day) of the gathered messages of these days."""
    near = Delivery.objects.filter(is_gathered=True, local_on__gte=now.date() - dt.timedelta(days=1))
    return set(near.values_list("recipient_type", "recipient_id", "local_on"))


def judged(groups: Iterable[tuple[Reader, list[Reminder]]], now: dt.datetime) -> list[tuple[Reader, list[Reminder]]]:
    """The same without what is done, moved or cancelled; that is settled here. Each kind is asked once."""
    groups = list(groups)
    if not groups:
        return []
    muted = muting.muted([row for _, going in groups for row in going], now)
    muting.settle_muted(muted, now)
    groups = [(reader, [row for row in going if row not in muted]) for reader, going in groups]
    rows = [row for _, going in groups for row in going]
    due, not_due = judge(rows, now)
    old = {pk for _, going in groups for pk in rules.superseded(going)}
    # A row made early for a letter may become due by its own day.
    early = {
        row.pk for reader, going in groups if reader.has_letters for row in going if post.is_early(row, reader, now)
    }
    over = [row for row in rows if row.pk in (not_due - early) or (row.pk in due and row.pk in old)]
    with transaction.atomic():
        settle_not_needed(over, now)
    kept = [(reader, [row for row in going if row.pk in due and row.pk not in old]) for reader, going in groups]
    return [(reader, going) for reader, going in kept if going]


def judge(rows: Iterable[Reminder], now: dt.datetime) -> tuple[set[UUID], set[UUID]]:
    """(still due, not due any more). Rows of a kind that fails to answer are in neither: they wait."""
    by_kind: dict[str, list[Reminder]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    due: set[UUID] = set()
    not_due: set[UUID] = set()
    for code, still in _answers(by_kind, now).items():
        due |= still
        not_due |= {row.pk for row in by_kind[code]} - still
    return due, not_due


def _answers(by_kind: Mapping[str, list[Reminder]], now: dt.datetime) -> dict[str, set[UUID]]:
    """The rows of each kind that are still due. Asked together; one by one where that fails, without those that do.

    What fails spoils the transaction that it is in; a page that is shown has none.
    """
    try:
        with nullcontext() if is_page() else transaction.atomic():
            return {code: _still_due(code, rows, now) for code, rows in by_kind.items()}
    except Exception:  # one room's mistake must not keep back the others' messages
        return dict(_answers_one_by_one(by_kind, now))


def _answers_one_by_one(by_kind: Mapping[str, list[Reminder]], now: dt.datetime) -> Iterator[tuple[str, set[UUID]]]:
    for code, rows in by_kind.items():
        try:
            with transaction.atomic():
                still = _still_due(code, rows, now)
        except Exception as error:
            log.error("kind_failed", kind=code, error=type(error).__name__)
            continue
        yield code, still


def _still_due(code: str, rows: list[Reminder], now: dt.datetime) -> set[UUID]:
    kind = kinds.known(code)
    return set(kind.still_due(rows, now)) & {row.pk for row in rows} if kind else set()


def settle_not_needed(rows: Sequence[Reminder], now: dt.datetime) -> None:
    """Done, moved or cancelled meanwhile: nothing goes, and history says so."""
    if not rows:
        return
    settle(Reminder.objects.filter(pk__in=[row.pk for row in rows]), Outcome.NOT_NEEDED, now)
    record_each(SYSTEM, "reminder.not_needed", [(row, row.case_id) for row in rows])


@transaction.atomic
def make_messages(groups: Sequence[tuple[Reader, list[Reminder]]], now: dt.datetime) -> int:
    """For each reader one message for each row that goes at once, one for all others. Returns how many were made."""
    ids = [row.pk for _, rows in groups for row in rows]
    free = Reminder.objects.unsettled().filter(pk__in=ids, delivery=None).order_by("pk")
    locked = {row.pk: row for row in free.select_for_update(skip_locked=True, of=("self",))}
    closed = post.closed(now) if any(reader.has_letters for reader, _ in groups) else frozenset()
    made: list[tuple[Delivery, list[Reminder]]] = []
    for reader, rows in groups:
        own = [locked[row.pk] for row in rows if row.pk in locked]
        gathered = [row for row in own if not rules.goes_at_once(row, now)]
        made += [(_message(reader, [row], now, closed), [row]) for row in own if rules.goes_at_once(row, now)]
        made += [(_message(reader, gathered, now, closed, is_gathered=True), gathered)] if gathered else []
    # The day's message may have been made by another sender in this moment: then these wait for the next day's.
    Delivery.objects.bulk_create([delivery for delivery, _ in made], ignore_conflicts=True)
    there = set(Delivery.objects.filter(pk__in=[delivery.pk for delivery, _ in made]).values_list("pk", flat=True))
    said = []
    for delivery, rows in made:
        if delivery.pk in there:
            for row in rows:
                row.delivery = delivery
            said += rows
    Reminder.objects.bulk_update(said, ["delivery"])
    return len(there)


def _message(
    reader: Reader, rows: Sequence[Reminder], now: dt.datetime, closed: frozenset[dt.date], *, is_gathered: bool = False
) -> Delivery:
    cases = {row.case_id for row in rows}
    return Delivery(
        id=uuid4(),
        recipient_type=reader.type,
        recipient_id=reader.id,
        case_id=cases.pop() if len(cases) == 1 else None,
        channel=post.channel_for(rows, reader, now, closed),
        message_class=rules.leading(rows)[0].message_class if not is_gathered else kinds.REMINDER,
        is_gathered=is_gathered,
        local_on=rules.local_day(now, reader.zone),
        created_at=now,
    )
