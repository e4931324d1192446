"""Writing history, in the same transaction as the change it tells of."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from portal import clock, looks
from portal.actors import Actor
from portal.history import words
from portal.history.models import Digest, Event


@dataclass
class _Lines:
    """Lines that wait to be written, of a transaction within which so many savepoints were open."""

    savepoints: int
    waiting: list[Event] = field(default_factory=list)


_lines: ContextVar[_Lines | None] = ContextVar("lines", default=None)


@contextmanager
def lines_together() -> Iterator[None]:
    """Inside a transaction: what is recorded until the end of this is written then, in order, in one statement.

    What is recorded within a savepoint, which may be rolled back by itself, is written there at once.
    """
    lines = _Lines(len(connection.savepoint_ids))
    token = _lines.set(lines)
    try:
        yield
        Event.objects.bulk_create(lines.waiting)
    finally:
        _lines.reset(token)


def record(
    actor: Actor,
    verb: str,
    about: Model,
    *,
    patient: UUID | None = None,
    case: UUID | None = None,
    why: str = "",
) -> Event:
    """One line: who did what about which row, in whose record. `why` is a code; words are made when shown."""
    event, lines = _line(actor, verb, about, patient, case, why), _lines.get()
    looks.told(case or patient)
    if lines is None or len(connection.savepoint_ids) != lines.savepoints:
        event.save(force_insert=True)
        return event
    lines.waiting.append(event)
    return event


def record_once(
    actor: Actor, verb: str, about: Model, *, since: dt.datetime, patient: UUID, case: UUID, why: str = ""
) -> bool:
    """`record`, unless the same person's same line stands since then; of many at the same moment one writes it.

    One question, and whether it wrote.
    """
    looks.told(case)
    said, params = note_once(actor, verb, about, since=since, patient=patient, case=case, why=why)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {said}", params)
        return bool(cursor.fetchone()[0])


def note_once(
    actor: Actor, verb: str, about: Model, *, since: dt.datetime, patient: UUID, case: UUID, why: str = ""
) -> tuple[str, list[Any]]:
    """What `record_once` asks, to stand in a statement that changes something: true where the line was written."""
    line = _line(actor, verb, about, patient, case, why)
    fields = [field for field in Event._meta.concrete_fields if not field.primary_key]
    said = [field.get_db_prep_value(getattr(line, field.attname), connection) for field in fields]
    named = ", ".join(f"{field.column} => %s" for field in fields)
    return f"history_note_once(since => %s, {named})", [since, *said]


def record_each(
    actor: Actor, verb: str, things: Iterable[tuple[Model, UUID | None]], *, patients: Mapping[UUID, UUID] | None = None
) -> None:
    """The same line for many (row, case), in one statement; `patients` by row, where it is in their record."""
    whose = patients or {}
    Event.objects.bulk_create([_line(actor, verb, about, whose.get(about.pk), case, "") for about, case in things])


def record_reasons(actor: Actor, verb: str, about: Model, whys: Iterable[str], *, patient: UUID, case: UUID) -> None:
    """The same line about one row for each of several reasons, in one statement."""
    Event.objects.bulk_create([_line(actor, verb, about, patient, case, why) for why in whys])


def older_than(cut: dt.datetime) -> QuerySet[Event]:
    """What may go. A night that was sealed goes as a whole, once its youngest line is old enough."""
    night = Digest.objects.filter(upto_id__gte=OuterRef("pk")).order_by("upto_id", "pk").values("newest_at")[:1]
    lines = Event.objects.filter(at__lt=cut).alias(night_ended=Subquery(night))
    return lines.filter(Q(night_ended=None) | Q(night_ended__lt=cut))


def delete_older_than(cut: dt.datetime) -> int:
    """Through the one function of the database that may; it refuses what is younger than six years. How many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT history_delete_before(%s)", [cut])
        return cursor.fetchone()[0]


def _line(actor: Actor, verb: str, about: Model, patient: UUID | None, case: UUID | None, why: str) -> Event:
    return Event(
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        for_patient=actor.for_patient or _acts_for(actor, verb, patient),
        verb=verb,
        about_type=about._meta.label_lower,
        about_id=str(about.pk),
        patient=patient,
        case_id=case,
        why=why,
        address=actor.address or None,
    )


def _acts_for(actor: Actor, verb: str, patient: UUID | None) -> UUID | None:
    """The patient in whose place a person does this: a coordinator, a helper; nobody for a person's own doing."""
    is_another = actor.kind == "user" and patient is not None and actor.id != patient
    return patient if is_another and words.is_for_patient(verb) else None
