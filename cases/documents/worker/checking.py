"""The worker's work on a file: claim it, open it in the sandbox, ask the scanner, keep copy and pages."""

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from cases.case.actions import ask_to_do
from cases.documents import kinds, ready, reminders, verdicts, words
from cases.documents.describing import first_look
from cases.documents.models import Document, PageImage, Version
from cases.documents.sandbox import pages
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Verdict
from cases.documents.worker import making, scanner
from cases.documents.worker.rounds import ONE_ROUND as ONE_ROUND
from cases.documents.worker.rounds import Checks
from cases.documents.worker.rounds import ClaimLost as ClaimLost
from cases.documents.worker.rounds import rooms as rooms
from cases.documents.worker.rounds import virus_scanner as virus_scanner
from portal import clock
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.vault import files
from portal.vault.models import StoredFile

TEMPORARY_FOR = dt.timedelta(hours=6)  # no slow upload lives so long
ROOM_FOR = dt.timedelta(hours=1)  # and no check so long
NOT_CLEAN = {scanner.FOUND: "virus", scanner.NOT_SCANNED: "unscannable", scanner.LOCKED_INSIDE: "locked_inside"}


class _Versions(Checks[Version]):
    """The files of a case."""

    def due(self, now: dt.datetime) -> QuerySet[Version]:
        return Version.objects.waiting(now)

    def whole(self) -> QuerySet[Version]:
        together = ("case__key", "case__patient", "document", "original__key", "file__key", "put_in_by")
        return Version.objects.select_related(*together)

    def examine(self, row: Version, folder: Path) -> Verdict:
        return _examine(row, folder)

    def settle(self, row: Version, verdict: Verdict, folder: Path) -> None:
        settle(row, verdict, folder)

    def told(self, row: Version, verb: str) -> None:
        about = {"patient": row.case.patient_id, "case": row.case_id}
        if verb == "give_up":
            record(SYSTEM, "document.stuck", row, **about)
            ask_to_do("file_failed", row.document, case=row.case, due_on=clock.today(row.case.patient.zone), by=SYSTEM)
        elif row.tries == 1:
            record(SYSTEM, "document.waiting", row, **about)


CHECKS = _Versions()
check, check_waiting, claim = CHECKS.check, CHECKS.check_waiting, CHECKS.claim
put_off = CHECKS.put_off


def _examine(version: Version, folder: Path) -> Verdict:
    """The verdict; a ready file's clean copy lies in the folder and its pages are kept.

    Raises Busy, Away, ClaimLost, OSError when the disk is full.
    """
    if version.made_of:
        _forget_pages(version)
        verdict = making.make(version, folder, partial(CHECKS.still_ours, version))
        return _with_pages(version, verdict, folder)
    kind = kinds.KINDS[version.file_kind] if version.file else version.own_kind
    files.lay_out(version.file or version.original, folder / "source")
    with translation.override(version.case.patient.language):
        mark, labels = words.mark_of(kind), words.scan_labels()
    verdict = sandbox.judge(folder, kind, mark=mark, labels=labels, draw=pages.BATCH)
    if verdict.state != verdicts.READY:
        return verdict
    scanned = scan(folder, partial(CHECKS.still_ours, version))
    if scanned in NOT_CLEAN:
        return Verdict(verdicts.REFUSED, NOT_CLEAN[scanned])
    version.checked_for_viruses = scanned == scanner.CLEAN
    return _with_pages(version, verdict, folder)


@transaction.atomic
def _forget_pages(version: Version) -> None:
    """Of an earlier try that died: the photos may have been put in another order since."""
    for stored in without_pages(version):
        files.remove(stored)


def _with_pages(version: Version, verdict: Verdict, folder: Path) -> Verdict:
    if verdict.state != verdicts.READY:
        return verdict
    try:
        _keep_pages(version, verdict, folder)
    except verdicts.Refusal as refusal:
        return Verdict(verdicts.REFUSED, refusal.reason)
    return verdict


def scan(folder: Path, still_ours: Callable[[], None]) -> str:
    """What the scanner says of folder/source and of the files inside it; "" when there is no scanner at all."""
    there = virus_scanner()
    if there is None:
        return ""
    for path in (folder / "source", *sorted(folder.glob("attached-*"))):
        with path.open("rb") as stream:
            said = there.scan(stream)
        if said != scanner.CLEAN:
            return said
        still_ours()  # a slow scanner may take its minute for each
    return scanner.CLEAN


def _keep_pages(version: Version, verdict: Verdict, folder: Path) -> None:
    """Draw and keep the pages in batches; those of an earlier try that died are not drawn again."""
    kind = kinds.KINDS[verdict.kind]
    drawn = set(version.page_images.values_list("number", flat=True))
    for first in range(1, verdict.pages + 1, pages.BATCH):
        last = min(first + pages.BATCH - 1, verdict.pages)
        if drawn.issuperset(range(first, last + 1)):
            continue
        if first > 1:  # the first ones were drawn by the process that judged
            sandbox.draw(folder, kind, first, last)
        for number in range(first, last + 1):
            if number not in drawn:
                _keep_page(version, folder, number)
        CHECKS.still_ours(version)


def _keep_page(version: Version, folder: Path, number: int) -> None:
    left = [folder / f"page-{number}.webp", folder / f"small-{number}.webp", folder / f"page-{number}.json"]
    picture, small, layer = left
    found = json.loads(layer.read_text(encoding="utf-8"))
    kept: list[StoredFile] = []
    with transaction.atomic():
        if CHECKS.ours(version) is None:
            raise ClaimLost
        try:
            kept += [files.put(pieces(picture), key=version.case.key)]
            kept += [files.put(pieces(small), key=version.case.key)]
            page = PageImage(version=version, number=number, width=found["width"], height=found["height"])
            page.file, page.small = kept
            page.text = json.dumps(found["lines"], ensure_ascii=False)
            page.reading = PageImage.Reading.OWN if found["lines"] else PageImage.Reading.WAITING
            page.save(force_insert=True)
        except BaseException:
            for stored in kept:
                files.discard(stored)
            raise
    for path in left:
        path.unlink()


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(1024 * 1024):
            yield piece


@transaction.atomic
def settle(version: Version, verdict: Verdict, folder: Path) -> None:
    """Write the verdict: the clean copy of a ready file is kept, a refused file's bytes go."""
    row = CHECKS.ours(version)
    if row is None:
        return
    verb = {verdicts.READY: "pass", verdicts.LOCKED: "lock", verdicts.REFUSED: "refuse"}[verdict.state]
    CHECKS.move(row, verb)
    row.claimed_at, row.judged_at, row.tries = None, clock.now(), 0
    row.reason, row.notes, row.pages = verdict.reason, verdict.notes, verdict.pages
    row.checked_for_viruses = version.checked_for_viruses
    if verb == "pass":
        _save_ready(row, verdict, folder)
    elif verb == "refuse":
        _save_refused(row)
        for changed in making.withdraw_outdated(row) if row.made_of else ():
            ready.changed(changed)
    else:
        row.save()
    told = {"pass": "document.checked", "lock": "document.locked", "refuse": "document.refused"}[verb]
    record(SYSTEM, told, row, patient=row.case.patient_id, case=row.case_id, why=verdict.reason)
    if verb == "pass":
        first_look.guess(row, verdict.made_on, verdict.made_from)
        for changed in (row.document, *Document.objects.filter(page_of__joined=row.document)):
            ready.changed(changed)  # its photos are read in it from now on
        reminders.tell_consultants(row, row.judged_at)
    elif row.withdrawn_at is None:
        reminders.tell_owner(row, row.judged_at)


def _save_ready(row: Version, verdict: Verdict, folder: Path) -> None:
    earlier = row.file  # the copy that a password opened
    clean = files.put(pieces(folder / "clean"), key=row.case.key)
    try:
        row.file, row.file_kind = clean, verdict.kind
        row.size = clean.size if row.made_of else row.size
        row.save()
    except BaseException:
        files.discard(clean)
        raise
    if earlier is not None:
        files.remove(earlier)


def _save_refused(row: Version) -> None:
    gone = [stored for stored in (row.original, row.file) if stored is not None]
    gone += without_pages(row)
    row.original = row.file = None
    row.save()
    for stored in gone:
        files.remove(stored)


def without_pages(row: Version) -> list[StoredFile]:
    """The page pictures' files, once their rows are gone."""
    gone = []
    for page in row.page_images.select_related("file", "small"):
        gone += [page.file] if page.small is None else [page.file, page.small]
    row.page_images.all().delete()
    return gone


@contextmanager
def opened_copy(version: Version, password: str) -> Iterator[Path | None]:
    """Where a locked PDF lies opened while the block lasts, whole but for its password; None when that is wrong.

    Raises Busy, OSError.
    """
    with sandbox.room(rooms()) as folder:
        files.lay_out(version.file or version.original, folder / "source")
        sandbox.judge(folder, version.own_kind, password=password)  # what it thinks of the rest is told by the check
        opened = folder / "opened"
        yield opened if opened.exists() else None


def sweep_rooms() -> None:
    """Empty what dead processes left open."""
    _sweep(rooms(), clock.real_now())


def _sweep(folder: Path, now: dt.datetime) -> None:
    for left in folder.iterdir() if folder.exists() else ():
        lives = ROOM_FOR if left.is_dir() else TEMPORARY_FOR
        if left.stat().st_mtime < (now - lives).timestamp():
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
