"""The worker's work on a copy of an ID: opened in the sandbox, scanned, its clean copy kept. Nothing in it is read.

The same sandbox, scanner and verdicts as for the files of a case; no pictures of its pages are made, and no words.
"""

from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from cases.documents import verdicts
from cases.documents.models import CLAIM_LASTS
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Verdict
from cases.documents.worker import checking, scanner
from cases.documents.worker.rounds import Checks
from cases.records.items.telling import lock_case
from cases.records.wants import copies, keeping, rules
from cases.records.wants.models import IdentityCopy
from portal import moves
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.vault import files


class _Copies(Checks[IdentityCopy]):
    """Whatever keeps a copy from being checked, it stays received: nobody has anything to do for it but we."""

    def due(self, now: datetime) -> QuerySet[IdentityCopy]:
        return IdentityCopy.objects.to_check(now, now - CLAIM_LASTS)

    def whole(self) -> QuerySet[IdentityCopy]:
        return IdentityCopy.objects.select_related(*copies.TOGETHER)

    def ours(self, row: IdentityCopy) -> IdentityCopy | None:
        lock_case(row.visit.case)
        return super().ours(row)

    def examine(self, row: IdentityCopy, folder: Path) -> Verdict:
        return _examine(row, folder)

    def settle(self, row: IdentityCopy, verdict: Verdict, folder: Path) -> None:
        settle(row, verdict, folder)

    def move(self, row: IdentityCopy, verb: str) -> None:
        own = verb if verb in rules.COPY_MOVES else "put_off"
        row.state = moves.check(rules.COPY_MOVES, own, row.state, rules.SYSTEM)

    def told(self, row: IdentityCopy, verb: str) -> None:
        """Nobody: it is with us, and goes on by itself."""


CHECKS = _Copies()
check, check_waiting, claim, put_off = CHECKS.check, CHECKS.check_waiting, CHECKS.claim, CHECKS.put_off


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
    scanned = checking.scan(folder, partial(CHECKS.still_ours, copy))
    if scanned in checking.NOT_CLEAN:
        return Verdict(verdicts.REFUSED, checking.NOT_CLEAN[scanned])
    copy.checked_for_viruses = scanned == scanner.CLEAN
    return verdict


@transaction.atomic
def settle(copy: IdentityCopy, verdict: Verdict, folder: Path) -> None:
    """Write the verdict: the clean copy of a good one is kept and what waited for it goes on; a refused one goes."""
    row = CHECKS.ours(copy)
    if row is None:
        return
    verb = {verdicts.READY: "pass", verdicts.REFUSED: "refuse"}[verdict.state]
    CHECKS.move(row, verb)
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
