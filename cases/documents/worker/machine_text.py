"""The worker's reading of pages that are pictures: one at a time, after files are ready, behind every check."""

import datetime as dt
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from cases.documents import kinds, rules, verdicts
from cases.documents.describing import first_look
from cases.documents.models import PageImage, Version
from cases.documents.sandbox import run as sandbox
from cases.documents.worker import checking
from portal import clock, moves
from portal.vault import files, keys, store

ONE_ROUND = 20  # seconds; then other tasks have their turn
PAGE_SECONDS = 50  # for the program to say which way is up, and again for the words; its processor time ends sooner
ANSWER_SECONDS = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Engine:
    """The program that reads pictures, and the languages it is asked to read."""

    program: str
    languages: str

    def answers(self) -> bool:
        """Whether it runs here and has its languages."""
        try:
            told = subprocess.run([self.program, "--list-langs"], capture_output=True, timeout=ANSWER_SECONDS)
        except (OSError, subprocess.SubprocessError):
            return False
        has = told.stdout.decode("utf-8", "replace").split()
        return told.returncode == 0 and set(self.languages.split("+")) <= set(has)


def engine() -> Engine | None:
    """The one that the settings name, or None: then pictures stay pictures."""
    return Engine(settings.TEXT_ENGINE, settings.TEXT_LANGUAGES) if settings.TEXT_ENGINE else None


def read_waiting() -> bool:
    """Read pages until the round is over, a file waits for its check, or none is left. True: go on at once.

    A page that fails ends the round too: whatever is the matter, it has half a minute to pass.
    """
    there = engine()
    if there is None or not _is_something_left():
        return False
    if not there.answers():
        log.warning("text_engine_away")
        return False
    until = time.monotonic() + ONE_ROUND
    while page := _next(until):
        if not _read_file(page, there, until):
            return False
    return time.monotonic() >= until and not Version.objects.waiting(clock.now()).exists()


def _is_something_left() -> bool:
    return PageImage.objects.to_read().exists() or PageImage.objects.given_up(clock.now()).exists()


def _next(until: float, version_id: Any = None) -> PageImage | None:
    """The next page, claimed, unless the round is over or a file waits for its check."""
    if time.monotonic() >= until or Version.objects.waiting(clock.now()).exists():
        return None
    return claim(version_id)


def _read_file(page: PageImage | None, there: Engine, until: float) -> bool:
    """Read a claimed page, and then others of its file, which is laid out once. False when one failed."""
    with sandbox.room(checking.rooms()) as folder:
        while page is not None:
            if not _read_page(page, there, folder):
                return False
            page = _next(until, page.version_id)
    return True


def claim(version_id: Any = None) -> PageImage | None:
    """The next page, of one file or of all; None when there is none, or another worker reads one now."""
    now = clock.now()
    try:
        with transaction.atomic():
            _free_dead(now)
            chosen = choose(version_id)
            taken = chosen and PageImage.objects.filter(pk=chosen, reading=PageImage.Reading.WAITING).update(
                reading=PageImage.Reading.READING, read_claimed_at=now, read_tries=F("read_tries") + 1
            )
    except IntegrityError:  # another worker was quicker: the database lets one page be read at a time
        return None
    mine = PageImage.objects.select_related("version__case__key", "version__file__key")
    return mine.filter(pk=chosen).first() if taken else None  # gone when it was erased since


def choose(version_id: Any = None) -> Any:
    """The id of the page whose turn it is, or None while another is read."""
    if PageImage.objects.filter(reading=PageImage.Reading.READING).exists():
        return None
    waiting = PageImage.objects.to_read()
    waiting = waiting.filter(version=version_id) if version_id else waiting
    order = ("read_tries", "version__judged_at", "version", "number")
    return waiting.order_by(*order).values_list("pk", flat=True).first()


def _free_dead(now: dt.datetime) -> None:
    """A page whose reader was killed waits again; one that killed several readers stays a picture."""
    dead = PageImage.objects.given_up(now)
    dead.filter(read_tries__gte=rules.MOST_READINGS).update(reading=PageImage.Reading.UNREAD, read_claimed_at=None)
    dead.update(reading=PageImage.Reading.WAITING, read_claimed_at=None)


def _read_page(page: PageImage, there: Engine, folder: Path) -> bool:
    """Read one page and keep what it says. False when that failed."""
    version = page.version
    order = {"program": there.program, "languages": there.languages, "seconds": PAGE_SECONDS}
    try:
        if not (folder / "clean").exists():
            _lay_out(version, folder / "clean")
        size = (page.width, page.height)
        found = sandbox.read(folder, kinds.KINDS[version.file_kind], page.number, size, order)
    except (sandbox.Busy, store.Away):
        put_off(page, counts=False)
    except OSError as error:
        put_off(page, counts=error.errno not in sandbox.DISK_FULL)
    except (verdicts.Refusal, keys.KeyGone, InvalidTag, ValueError):
        put_off(page)
    else:
        keep(page, found)
        return True
    return False


def _lay_out(version: Version, path: Path) -> None:
    """Under its name only when it is whole."""
    half = path.with_suffix(".half")
    files.lay_out(version.file, half)
    half.rename(path)


def let_wait(*, with_empty: bool) -> int:
    """Let pages that stayed pictures be read once more; how many."""
    over = [PageImage.Reading.UNREAD, *([PageImage.Reading.EMPTY] if with_empty else [])]
    return PageImage.objects.filter(reading__in=over).update(reading=PageImage.Reading.WAITING, read_tries=0)


@transaction.atomic
def keep(page: PageImage, found: dict) -> None:
    """Keep what the machine read, sealed; a photo that does not stand upright is marked for its owner."""
    row = _ours(page)
    if row is None:
        return
    verb = "read" if found["lines"] else "find_nothing"
    row.reading = moves.check(rules.READING_MOVES, verb, row.reading, rules.SYSTEM)
    row.read_claimed_at, row.turn = None, found["turn"]
    if found["lines"]:
        row.text, row.certainty = json.dumps(found["lines"], ensure_ascii=False), found["certainty"]
    row.save(update_fields=["reading", "read_claimed_at", "turn", "text", "certainty"])
    if row.turn and row.version.own_kind.is_picture:
        note_lying(row.version, row.turn)
    if found["lines"] and row.number in (1, row.version.pages):
        first_look.guess(row.version)


def note_lying(version: Version, turn: int) -> None:
    """Say on the file that it does not stand upright. Nothing is refused for it."""
    row = Version.objects.select_for_update().get(pk=version.pk)
    note = verdicts.LYING[turn]
    if note not in row.notes:
        row.notes = [*row.notes, note]
        row.save(update_fields=["notes"])


@transaction.atomic
def put_off(page: PageImage, *, counts: bool = True) -> None:
    """Once more, later; a page that failed several times stays a picture. A busy machine does not count."""
    row = _ours(page)
    if row is None:
        return
    verb = "give_up" if counts and row.read_tries >= rules.MOST_READINGS else "put_off"
    row.reading = moves.check(rules.READING_MOVES, verb, row.reading, rules.SYSTEM)
    row.read_claimed_at, row.read_tries = None, row.read_tries - (not counts)
    row.save(update_fields=["reading", "read_claimed_at", "read_tries"])


def _ours(page: PageImage) -> PageImage | None:
    """The row under lock, or None when it is gone, or another worker has taken it over since."""
    return (
        PageImage.objects.select_for_update(of=("self",))
        .select_related("version__case__key", "version__case__patient", "version__document")
        .filter(pk=page.pk, reading=PageImage.Reading.READING, read_claimed_at=page.read_claimed_at)
        .first()
    )
