"""Small pictures of pages that were kept before there were any: made by the worker, page by page, resumable."""

import time

import structlog
from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.db.models import QuerySet

from cases.documents.models import PageImage, Version
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Refusal
from cases.documents.worker import checking
from portal.vault import files, store
from portal.vault.keys import KeyGone

AT_ONCE = 25  # pages shrunk by one process
ONE_ROUND = 120  # seconds; the next round goes on where this one stopped

log = structlog.get_logger(__name__)


def missing() -> QuerySet[PageImage]:
    """Pages that people can open and that have no small picture yet."""
    ready = {"version__state": Version.State.READY, "version__case__key__destroyed_at": None}
    return PageImage.objects.filter(small=None, **ready).order_by("pk")


def make_missing() -> int:
    """Make them until the round's time is over; how many were made. Two at once do no harm: the first one stays."""
    started, made = time.monotonic(), 0
    waiting = list(missing().values_list("pk", flat=True))
    for first in range(0, len(waiting), AT_ONCE):
        if time.monotonic() - started > ONE_ROUND:
            break
        due = missing().filter(pk__in=waiting[first : first + AT_ONCE]).select_related("file__key", "version__case")
        try:
            made += _shrink(list(due))
        except (sandbox.Busy, store.Away):
            break
        except Refusal:  # one of them cannot be opened: the others one by one
            made += sum(_shrink_alone(page) for page in due)
    return made


def _shrink_alone(page: PageImage) -> int:
    try:
        return _shrink([page])
    except Refusal:
        log.warning("page_without_small_picture", page=str(page.pk))
        return 0


def _shrink(pages: list[PageImage]) -> int:
    """Raises Busy, Away, Refusal."""
    made = 0
    with sandbox.room(checking.rooms()) as folder:
        laid_out = {}
        for number, page in enumerate(pages, start=1):
            try:
                (folder / f"page-{number}.webp").write_bytes(files.read_bytes(page.file))
            except store.Away:
                raise
            except (InvalidTag, KeyGone, OSError, ValueError):  # told by the look over the store
                continue
            laid_out[number] = page
        if laid_out:
            sandbox.shrink(folder)
        for number, page in laid_out.items():
            made += _keep(page, (folder / f"small-{number}.webp").read_bytes())
    return made


@transaction.atomic
def _keep(page: PageImage, small: bytes) -> bool:
    stored = files.put([small], key=page.file.key)
    try:
        if PageImage.objects.filter(pk=page.pk, small=None).update(small=stored):
            return True
    except BaseException:
        files.discard(stored)
        raise
    files.remove(stored)  # another worker was faster, or the page is gone
    return False
