"""The worker's work on a paper: opened in the sandbox, scanned, its copy and pages kept.

The same rounds, sandbox, scanner and verdicts as for the files of a case; only where the result goes differs.
"""

import json
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from cases.desk.tray import rules, sealing
from cases.desk.tray.models import Incoming, IncomingPage
from cases.documents import kinds, verdicts
from cases.documents.sandbox import pages
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Refusal, Verdict
from cases.documents.worker import checking, scanner
from cases.documents.worker.rounds import Checks
from portal.actors import SYSTEM as US
from portal.history.actions import record
from portal.vault import files
from portal.vault.models import StoredFile


class _Papers(Checks[Incoming]):
    state = "check_state"

    def due(self, now: datetime) -> QuerySet[Incoming]:
        return Incoming.objects.to_check(now)

    def whole(self) -> QuerySet[Incoming]:
        return Incoming.objects.select_related("key", "case__key", "original__key")

    def examine(self, row: Incoming, folder: Path) -> Verdict:
        return _examine(row, folder)

    def settle(self, row: Incoming, verdict: Verdict, folder: Path) -> None:
        settle(row, verdict, folder)

    def told(self, row: Incoming, verb: str) -> None:
        """It stands in the tray, where the coordinators look."""
        if verb == "give_up":
            record(US, "incoming.stuck", row)


CHECKS = _Papers()
check, check_waiting = CHECKS.check, CHECKS.check_waiting


def _examine(incoming: Incoming, folder: Path) -> Verdict:
    """The verdict; a ready paper's clean copy and pages lie in the folder. Raises Busy, Away, ClaimLost, OSError."""
    files.lay_out(incoming.original, folder / "source")
    verdict = sandbox.judge(folder, incoming.own_kind, draw=pages.BATCH)
    if verdict.state != verdicts.READY:
        return verdict
    if verdict.pages > rules.MOST_PAGES:
        return Verdict(verdicts.REFUSED, verdicts.TOO_LONG)
    scanned = checking.scan(folder, partial(CHECKS.still_ours, incoming))
    if scanned in checking.NOT_CLEAN:
        return Verdict(verdicts.REFUSED, checking.NOT_CLEAN[scanned])
    incoming.checked_for_viruses = scanned == scanner.CLEAN
    try:
        for first in range(pages.BATCH + 1, verdict.pages + 1, pages.BATCH):
            last = min(first + pages.BATCH - 1, verdict.pages)
            sandbox.draw(folder, kinds.KINDS[verdict.kind], first, last)
            CHECKS.still_ours(incoming)
    except Refusal as refusal:
        return Verdict(verdicts.REFUSED, refusal.reason)
    return verdict


@transaction.atomic
def settle(incoming: Incoming, verdict: Verdict, folder: Path) -> None:
    """Write the verdict: copy and pages of a ready paper are kept, a refused one's bytes go."""
    row = CHECKS.ours(incoming)
    if row is None:
        return
    verb = {verdicts.READY: "pass", verdicts.LOCKED: "lock", verdicts.REFUSED: "refuse"}[verdict.state]
    CHECKS.move(row, verb)
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
