"""The worker's work on a copy of an ID: opened in the sandbox, scanned, its clean copy kept. Nothing in it is read.

The same sandbox, scanner and verdicts as for the files of a case; no pictures of its pages are made, and no words.
"""

import time
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import F

from cases.documents import rules as document_rules
from cases.documents import verdicts
from cases.documents.models import CLAIM_LASTS
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Verdict
from cases.documents.worker import checking, scanner
from cases.records.items.telling import lock_case
from cases.records.wants import copies, keeping, rules
from cases.records.wants.models import IdentityCopy
from cases.records.wants.states import CopyState
from portal import clock, moves
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.vault import files, store


def check_waiting() -> None:
    """Check every copy that is due, oldest first."""
    now, started = clock.now(), time.monotonic()
    due = IdentityCopy.objects.to_check(now, now - CLAIM_LASTS)
    for pk in list(due.order_by("due_at").values_list("pk", flat=True)):
        if time.monotonic() - started > checking.ONE_ROUND:
            return
        check(pk)


def check(pk: UUID) -> None:
    """Claim one copy and bring it to a verdict. Does nothing when it is not due, or another worker has it."""
    copy = claim(pk)
    if copy is None:
        return
    try:
        with sandbox.room(checking.rooms()) as folder:
            settle(copy, _examine(copy, folder), folder)
    except sandbox.Busy:
        put_off(copy)
    except scanner.Away:  # it stays closed, and is looked at again by itself
        put_off(copy, counts=False)
    except checking.ClaimLost:
        return
    except OSError as error:
        if not isinstance(error, store.Away) and error.errno not in sandbox.DISK_FULL:
            raise
        put_off(copy, counts=False)  # it says nothing about the file


def claim(pk: UUID) -> IdentityCopy | None:
    """One conditional UPDATE: of two workers only one gets the copy."""
    now = clock.now()
    free = IdentityCopy.objects.to_check(now, now - CLAIM_LASTS).filter(pk=pk)
    if not free.update(state=CopyState.CHECKING, claimed_at=now, tries=F("tries") + 1):
        return None
    return IdentityCopy.objects.select_related("visit__case__key", "original__key").get(pk=pk)


def _examine(copy: IdentityCopy, folder: Path) -> Verdict:
    """The verdict; a ready one's clean copy lies in the folder. Raises Busy, Away, ClaimLost, OSError."""
    files.lay_out(copy.original, folder / "source")
    verdict = sandbox.judge(folder, copy.own_kind)
    if verdict.state == verdicts.LOCKED:
        return Verdict(verdicts.REFUSED, "locked_inside")
    if verdict.state != verdicts.READY:
        return verdict
    if verdict.pages > rules.MOST_PAGES:
        return Verdict(verdicts.REFUSED, verdicts.TOO_LONG)
    scanned = checking.scan(folder, partial(_still_ours, copy))
    if scanned in checking.NOT_CLEAN:
        return Verdict(verdicts.REFUSED, checking.NOT_CLEAN[scanned])
    copy.checked_for_viruses = scanned == scanner.CLEAN
    return verdict


def _still_ours(copy: IdentityCopy) -> None:
    """Renew the claim, so that a slow scanner is not taken for a dead check."""
    now = clock.now()
    ours = IdentityCopy.objects.filter(pk=copy.pk, state=CopyState.CHECKING, claimed_at=copy.claimed_at)
    if not ours.update(claimed_at=now):
        raise checking.ClaimLost
    copy.claimed_at = now


@transaction.atomic
def settle(copy: IdentityCopy, verdict: Verdict, folder: Path) -> None:
    """Write the verdict: the clean copy of a good one is kept and what waited for it goes on; a refused one goes."""
    row = _ours(copy)
    if row is None:
        return
    verb = {verdicts.READY: "pass", verdicts.REFUSED: "refuse"}[verdict.state]
    row.state = moves.check(rules.COPY_MOVES, verb, row.state, rules.SYSTEM)
    gone = [row.original] if row.original else []
    row.original, row.claimed_at, row.tries, row.reason = None, None, 0, verdict.reason
    row.checked_for_viruses = copy.checked_for_viruses
    if verb == "pass":
        row.file = files.put(checking.pieces(folder / "clean"), key=row.sealing_key)
        row.file_kind, row.pages = verdict.kind, verdict.pages
    try:
        row.save()
        case = row.visit.case
        record(SYSTEM, f"identity.{row.state}", row, patient=case.patient_id, case=case.pk, why=verdict.reason)
        copies.remove(gone)
        if verb == "pass":
            keeping.copy_is_here(row.visit, row.office)
    except BaseException:
        if row.file:
            files.discard(row.file)
        raise


def _ours(copy: IdentityCopy) -> IdentityCopy | None:
    """The row under the lock of its case, or None when it was erased or another worker has taken it over since."""
    lock_case(copy.visit.case)
    rows = IdentityCopy.objects.select_for_update(of=("self",)).select_related(*copies.TOGETHER)
    return rows.filter(pk=copy.pk, state=CopyState.CHECKING, claimed_at=copy.claimed_at).first()


@transaction.atomic
def put_off(copy: IdentityCopy, *, counts: bool = True) -> None:
    """Look again soon; after try after try of ours, once a day. It says nothing about the copy, which is kept."""
    if row := _ours(copy):
        row.tries -= not counts
        row.state = moves.check(rules.COPY_MOVES, "put_off", row.state, rules.SYSTEM)
        is_stuck = row.tries >= document_rules.MOST_TRIES
        row.due_at = clock.now() + (document_rules.TRY_AGAIN if is_stuck else document_rules.WAIT_FOR_SCANNER)
        row.claimed_at = None
        row.save(update_fields=["state", "claimed_at", "due_at", "tries"])
