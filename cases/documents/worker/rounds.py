"""How a worker takes a file that waits, brings it to a verdict and puts off what it cannot do now; for every room.

Each room says which of its rows wait, how one is looked at, and what becomes of it.
"""

import time
from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Model, QuerySet

from cases.documents import rules
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Verdict
from cases.documents.worker import scanner
from portal import clock, moves
from portal.vault import store

ONE_ROUND = 240  # seconds of looking for due files, well inside a task's time limit; the next round goes on
CHECKING, UNSCANNED = "checking", "unscanned"

Row = TypeVar("Row", bound=Model)


class ClaimLost(Exception):
    """Another worker took the file over, because this one was silent for too long; or it is gone."""


def rooms() -> Path:
    """Where files lie open for the seconds of a check: private, and emptied by `sweep_rooms` after a crash."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def virus_scanner() -> scanner.Scanner | None:
    return scanner.Scanner(settings.CLAMD_URL) if settings.CLAMD_URL else None


class Checks(ABC, Generic[Row]):
    """The checks of one kind of row: it has `tries`, `due_at` and `claimed_at`, and one of the states of a file."""

    state = "state"  # the name of its field

    @abstractmethod
    def due(self, now: datetime) -> QuerySet[Row]:
        """Those that wait for a worker, and those whose worker died."""

    @abstractmethod
    def whole(self) -> QuerySet[Row]:
        """All, with what the work on one needs; of these the row itself is locked where it is written."""

    @abstractmethod
    def examine(self, row: Row, folder: Path) -> Verdict:
        """The verdict; what is kept of a ready file lies in the folder. Raises Busy, Away, ClaimLost, OSError."""

    @abstractmethod
    def settle(self, row: Row, verdict: Verdict, folder: Path) -> None:
        """Write the verdict, if the claim still holds."""

    @abstractmethod
    def told(self, row: Any, verb: str) -> None:
        """It waits for the scanner ("wait"), or the check came to nothing ("give_up"): who is told, in one breath."""

    def check_waiting(self) -> None:
        """Check every file that is due, oldest first. Those that wait for the scanner wait on while it is away."""
        due = self.due(clock.now())
        there = virus_scanner()
        if there is not None and not there.answers():
            due = due.exclude(**{self.state: UNSCANNED})
        started = time.monotonic()
        for pk in list(due.order_by("due_at").values_list("pk", flat=True)):
            if time.monotonic() - started > ONE_ROUND:
                return
            self.check(pk)

    def check(self, pk: UUID) -> None:
        """Claim one file and bring it to a verdict. Does nothing when it is not due, or another worker has it."""
        row: Any = self.claim(pk)
        if row is None:
            return
        if row.tries > rules.MOST_TRIES:
            self.give_up(row)
            return
        try:
            with sandbox.room(rooms()) as folder:
                self.settle(row, self.examine(row, folder), folder)
        except sandbox.Busy:
            self.put_off(row)
        except scanner.Away:
            self.wait_for_scanner(row)
        except ClaimLost:
            return
        except OSError as error:
            if not self.whole().filter(pk=pk).exists():  # taken out for good meanwhile
                return
            if not isinstance(error, store.Away) and error.errno not in sandbox.DISK_FULL:
                raise
            self.put_off(row, counts=False)  # it says nothing about the file

    def claim(self, pk: UUID) -> Row | None:
        """One conditional UPDATE: of two workers only one gets the file."""
        now = clock.now()
        taken = self.due(now).filter(pk=pk)
        if not taken.update(**{self.state: CHECKING}, claimed_at=now, tries=F("tries") + 1):
            return None
        return self.whole().get(pk=pk)

    def _claimed(self, row: Any) -> QuerySet[Row]:
        return self.whole().filter(pk=row.pk, **{self.state: CHECKING}, claimed_at=row.claimed_at)

    def still_ours(self, row: Any) -> None:
        """Renew the claim, so that a long file is not taken for a dead check."""
        now = clock.now()
        if not self._claimed(row).update(claimed_at=now):
            raise ClaimLost
        row.claimed_at = now

    def ours(self, row: Any) -> Any:
        """The row under lock, or None when it is gone, or another worker has taken it over since."""
        return self._claimed(row).select_for_update(of=("self",)).first()

    def move(self, row: Any, verb: str) -> None:
        setattr(row, self.state, moves.check(rules.MOVES, verb, getattr(row, self.state), rules.SYSTEM))

    @transaction.atomic
    def put_off(self, row: Any, *, counts: bool = True) -> None:
        """The machine had no time; look again soon. The try counts, unless the store was away or the disk full."""
        if row := self.ours(row):
            row.tries -= not counts
            self._wait(row, "put_off", clock.now() + rules.PUT_OFF)

    @transaction.atomic
    def give_up(self, row: Any) -> None:
        """Try after try came to nothing, by our own fault: the file is kept as it is, and tomorrow we try again."""
        if row := self.ours(row):
            row.tries = 0
            self._wait(row, "give_up", clock.now() + rules.TRY_AGAIN)
            self.told(row, "give_up")

    @transaction.atomic
    def wait_for_scanner(self, row: Any) -> None:
        """The scanner is away: the file stays closed and is looked at again by itself. The try does not count."""
        if row := self.ours(row):
            self.told(row, "wait")
            row.tries = 0
            self._wait(row, "wait", clock.now() + rules.WAIT_FOR_SCANNER)

    def _wait(self, row: Any, verb: str, until: datetime) -> None:
        self.move(row, verb)
        row.claimed_at, row.due_at = None, until
        row.save(update_fields=[self.state, "claimed_at", "due_at", "tries"])
