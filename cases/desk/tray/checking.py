"""The worker's work on a paper: claim it, open it in the sandbox, ask the scanner, keep copy and pages.

The same sandbox, scanner and verdicts as for the files of a case; only where the result goes differs.
"""

import json
import time
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import F

from cases.desk.tray import rules, sealing
from cases.desk.tray.models import Incoming, IncomingPage
from cases.desk.tray.states import Check
from cases.documents import kinds, verdicts
from cases.documents.rules import MOVES, SYSTEM
from cases.documents.sandbox import pages
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Refusal, Verdict
from cases.documents.worker import checking, scanner
from portal import clock, moves
from portal.actors import SYSTEM as US
from portal.history.actions import record
from portal.vault import files, store
from portal.vault.models import StoredFile


def check_waiting() -> None:
    """Check every paper that is due, oldest first. Those that wait for the scanner wait on while it is away."""
    due = Incoming.objects.to_check(clock.now())
    there = checking.virus_scanner()
    if there is not None and not there.answers():
        due = due.exclude(check_state=Check.UNSCANNED)
    started = time.monotonic()
    for pk in list(due.order_by("due_at").values_list("pk", flat=True)):
        if time.monotonic() - started > checking.ONE_ROUND:
            return
        check(pk)


def check(pk: UUID) -> None:
    """Claim one paper and bring it to a verdict. Does nothing when it is not due, or another worker has it."""
    incoming = claim(pk)
    if incoming is None:
        return
    try:
        with sandbox.room(checking.rooms()) as folder:
            settle(incoming, _examine(incoming, folder), folder)
    except sandbox.Busy:
        put_off(incoming)
    except scanner.Away:
        wait_for_scanner(incoming)
    except checking.ClaimLost:
        return
    except OSError as error:
        if not isinstance(error, store.Away) and error.errno not in sandbox.DISK_FULL:
            raise
        put_off(incoming, counts=False)  # it says nothing about the file


def claim(pk: UUID) -> Incoming | None:
    """One conditional UPDATE: of two workers only one gets the paper."""
    now = clock.now()
    free = Incoming.objects.to_check(now).filter(pk=pk)
    if not free.update(check_state=Check.CHECKING, claimed_at=now, tries=F("tries") + 1):
        return None
    return Incoming.objects.select_related("key", "original__key").get(pk=pk)


def _examine(incoming: Incoming, folder: Path) -> Verdict:
    """The verdict; a ready paper's clean copy and pages lie in the folder. Raises Busy, Away, ClaimLost, OSError."""
    if incoming.tries > rules.MOST_TRIES:
        return Verdict(verdicts.REFUSED, verdicts.FAILED)
    files.lay_out(incoming.original, folder / "source")
    verdict = sandbox.judge(folder, incoming.own_kind, draw=pages.BATCH)
    if verdict.state != verdicts.READY:
        return verdict
    if verdict.pages > rules.MOST_PAGES:
        return Verdict(verdicts.REFUSED, verdicts.TOO_LONG)
    scanned = checking.scan(folder, partial(_still_ours, incoming))
    if scanned in checking.NOT_CLEAN:
        return Verdict(verdicts.REFUSED, checking.NOT_CLEAN[scanned])
    incoming.checked_for_viruses = scanned == scanner.CLEAN
    try:
        for first in range(pages.BATCH + 1, verdict.pages + 1, pages.BATCH):
            last = min(first + pages.BATCH - 1, verdict.pages)
            sandbox.draw(folder, kinds.KINDS[verdict.kind], first, last)
            _still_ours(incoming)
    except Refusal as refusal:
        return Verdict(verdicts.REFUSED, refusal.reason)
    return verdict


def _still_ours(incoming: Incoming) -> None:
    """Renew the claim, so that a long paper is not taken for a dead check."""
    now = clock.now()
    ours = Incoming.objects.filter(pk=incoming.pk, check_state=Check.CHECKING, claimed_at=incoming.claimed_at)
    if not ours.update(claimed_at=now):
        raise checking.ClaimLost
    incoming.claimed_at = now


@transaction.atomic
def settle(incoming: Incoming, verdict: Verdict, folder: Path) -> None:
    """Write the verdict: copy and pages of a ready paper are kept, a refused one's bytes go."""
    row = _ours(incoming)
    if row is None:
        return
    verb = {verdicts.READY: "pass", verdicts.LOCKED: "lock", verdicts.REFUSED: "refuse"}[verdict.state]
    row.check_state = moves.check(MOVES, verb, row.check_state, SYSTEM)
    row.claimed_at, row.tries, row.reason, row.notes = None, 0, verdict.reason, verdict.notes
    row.checked_for_viruses, row.pages = incoming.checked_for_viruses, verdict.pages
    gone = [row.original] if verb != "lock" and row.original else []
    if verb != "lock":
        row.original = None
    with sealing.or_discard() as kept:
        if verb == "pass":
            row.file, row.file_kind = _put(folder / "clean", row, kept), verdict.kind
            for number in range(1, verdict.pages + 1):
                keep_page(row, folder, number, kept)
        row.save()
        record(US, f"incoming.{row.check_state}", row, why=verdict.reason)
    for stored in gone:
        files.remove(stored)


def keep_page(row: Incoming, folder: Path, number: int, kept: list[StoredFile]) -> IncomingPage:
    """A page as the sandbox drew it."""
    found = json.loads((folder / f"page-{number}.json").read_text(encoding="utf-8"))
    page = IncomingPage(incoming=row, number=number, width=found["width"], height=found["height"])
    page.file = _put(folder / f"page-{number}.webp", row, kept)
    page.small = _put(folder / f"small-{number}.webp", row, kept)
    page.text = json.dumps(found["lines"], ensure_ascii=False) if found["lines"] else ""
    page.save(force_insert=True)
    return page


def _put(path: Path, row: Incoming, kept: list[StoredFile]) -> StoredFile:
    stored = files.put(checking.pieces(path), key=row.sealing_key)
    kept.append(stored)
    return stored


def _ours(incoming: Incoming) -> Incoming | None:
    """The row under lock, or None when another worker has taken it over since."""
    rows = Incoming.objects.select_for_update(of=("self",)).select_related("key", "case__key", "original")
    return rows.filter(pk=incoming.pk, check_state=Check.CHECKING, claimed_at=incoming.claimed_at).first()


@transaction.atomic
def put_off(incoming: Incoming, *, counts: bool = True) -> None:
    """The machine had no time; look again soon. The try counts, unless the store was away or the disk full."""
    if row := _ours(incoming):
        row.tries -= not counts
        row.check_state = moves.check(MOVES, "put_off", row.check_state, SYSTEM)
        row.claimed_at, row.due_at = None, clock.now() + rules.PUT_OFF
        row.save(update_fields=["check_state", "claimed_at", "due_at", "tries"])


@transaction.atomic
def wait_for_scanner(incoming: Incoming) -> None:
    """The scanner is away: the paper stays closed and is looked at again by itself. The try does not count."""
    if row := _ours(incoming):
        row.check_state = moves.check(MOVES, "wait", row.check_state, SYSTEM)
        row.claimed_at, row.due_at, row.tries = None, clock.now() + rules.WAIT_FOR_SCANNER, 0
        row.save(update_fields=["check_state", "claimed_at", "due_at", "tries"])
