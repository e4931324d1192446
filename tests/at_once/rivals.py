"""Presses that happen at once, each on a connection of its own, and the guards that can be taken away."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, connections
from psycopg import sql

from bookings import actions
from bookings.models import Consultation, Practice, Reservation
from bookings.preparing import actions as preparing
from portal.accounts.models import User
from tests import database

WAIT = 60


@dataclass
class Outcome:
    """What one press came to: its result or what it raised, and the seconds until its person knew."""

    result: Any = None
    error: BaseException | None = None
    seconds: float = 0.0


def at_once(*presses: Callable[[], Any]) -> list[Outcome]:
    """Run all presses together, released by one barrier; each thread gives its connection back."""
    start, outcomes = threading.Barrier(len(presses)), [Outcome() for _ in presses]

    def run(press: Callable[[], Any], outcome: Outcome) -> None:
        try:
            connection.ensure_connection()
            start.wait(WAIT)
            begun = time.perf_counter()
            try:
                outcome.result = press()
            except Exception as error:
                outcome.error = error
            outcome.seconds = time.perf_counter() - begun
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(presses, outcomes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes


@contextmanager
def window_held_open(rivals: int, seconds: float = 0.5) -> Iterator[None]:
    """Between "is it free" and "take it", wait for the other rivals as long as the guard lets them come."""
    meet = threading.Barrier(rivals)

    def then_wait(judge: Callable[..., None]) -> Callable[..., None]:
        def judge_then_wait(*args: Any, **kwargs: Any) -> None:
            judge(*args, **kwargs)
            try:
                meet.wait(seconds)
            except threading.BrokenBarrierError:
                return

        return judge_then_wait

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "check_free", then_wait(actions.check_free))
        patch.setattr(preparing, "check_fits", then_wait(preparing.check_fits))
        yield


@contextmanager
def meeting_after(*places: tuple[Any, str], seconds: float) -> Iterator[None]:
    """Two rivals, each of whom waits for the other after one of these functions: (where it stands, its name)."""
    meet = threading.Barrier(len(places) if len(places) > 1 else 2)

    def then_wait(do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*args: Any, **kwargs: Any) -> Any:
            said = do(*args, **kwargs)
            with suppress(threading.BrokenBarrierError):
                meet.wait(seconds)
            return said

        return done

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in places:
            patch.setattr(owner, name, then_wait(getattr(owner, name)))
        yield


@contextmanager
def without_locks() -> Iterator[None]:
    """Read the rows that are locked otherwise, without locking them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "lock_practice", lambda consultant: Practice.objects.get(pk=consultant.pk))
        patch.setattr(actions, "lock_patient", lambda case: User.objects.get(pk=case.patient_id))
        patch.setattr(actions, "lock_open", lambda case, by: None)
        yield


@contextmanager
def without_constraints(*names: tuple[str, str]) -> Iterator[None]:
    """Take constraints (table, name) away as the owner, and put them back when the rows are gone."""
    with database.owner(connection.settings_dict["NAME"]) as db:
        taken = []
        for table, name in names:
            (definition,) = db.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
            ).fetchone()
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
            db.execute(drop.format(sql.Identifier(table), sql.Identifier(name)))
            taken.append((table, name, definition))
        try:
            yield
        finally:
            Reservation.objects.all().delete()
            db.execute("DELETE FROM bookings_hold")
            db.execute("DELETE FROM bookings_consultation")
            for table, name, definition in taken:
                add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} " + definition)
                db.execute(add.format(sql.Identifier(table), sql.Identifier(name)))


def overlapping(rows: Any, owner: str) -> int:
    """How many pairs of rows of one owner overlap in time; asked in Python, not of the guard."""
    stretches = sorted(rows.values_list(owner, "starts_at", "ends_at"))
    return sum(
        first[0] == second[0] and second[1] < first[2]
        for number, first in enumerate(stretches)
        for second in stretches[number + 1 :]
    )


def double_bookings() -> int:
    """Overlaps in a consultant's time, and in a patient's."""
    booked = Consultation.objects.filter(state="booked")
    return overlapping(Reservation.objects.all(), "consultant_id") + overlapping(booked, "patient_id")
