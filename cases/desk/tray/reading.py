"""What a machine reads on a paper: the reference and mark of a letter of ours. It proposes and never files."""

import json
import time
from pathlib import Path
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.db.models import F

from cases.case.models import Case
from cases.desk.links import codes as office_codes
from cases.desk.links.models import OfficeLink
from cases.desk.tray import marks, rules
from cases.desk.tray.models import Incoming, IncomingPage
from cases.documents import kinds
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Refusal
from cases.documents.worker import checking, machine_text
from portal import clock
from portal.vault import files, keys, store

ONE_ROUND = 60  # seconds; the next round goes on

log = structlog.get_logger(__name__)


def read_waiting() -> None:
    """Read what no machine has looked at yet, the newest first: that is what a person opens first."""
    started = time.monotonic()
    for pk in list(Incoming.objects.to_read(clock.now()).order_by("-came_at").values_list("pk", flat=True)[:50]):
        if time.monotonic() - started > ONE_ROUND:
            return
        read(pk)


def read(pk: UUID) -> None:
    """Read one paper, unless another worker does. A page that cannot be read is left to the people."""
    now = clock.now()
    free = Incoming.objects.to_read(now).filter(pk=pk)
    if not free.update(reading_since=now, read_tries=F("read_tries") + 1):
        return
    incoming = Incoming.objects.select_related("key", "file__key").get(pk=pk)
    pages = list(incoming.page_images.all()[: rules.PAGES_READ])
    try:
        with sandbox.room(checking.rooms()) as folder:
            files.lay_out(incoming.file, folder / "clean")
            codes = sandbox.read_codes(folder, kinds.KINDS[incoming.file_kind], [page.number for page in pages])
            # What a code names need not be looked for among the words, which takes a machine much longer.
            is_named = bool(marks.found_in(text for _page, text in codes).references)
            said = {} if is_named else _words(incoming, pages, folder)
    except (sandbox.Busy, Refusal, keys.KeyGone, InvalidTag, OSError) as error:
        log.warning("paper_not_read", error=type(error).__name__)
        said, codes = {}, []
        if isinstance(error, sandbox.Busy | store.Away):
            busy = Incoming.objects.filter(pk=pk, reading_since=now)
            busy.update(reading_since=None, read_tries=F("read_tries") - 1)  # it says nothing about the paper
            return
    keep(incoming, said, [text for _page, text in codes])


def _words(incoming: Incoming, pages: list[IncomingPage], folder: Path) -> dict[UUID, list]:
    """The lines of those pages that have no words of their own, by page. Raises Busy, Refusal."""
    there = machine_text.engine()
    silent = [page for page in pages if not page.text]
    if there is None or not silent or not there.answers():
        return {}
    order = {"program": there.program, "languages": there.languages, "seconds": machine_text.PAGE_SECONDS}
    kind = kinds.KINDS[incoming.file_kind]
    return {
        page.pk: sandbox.read(folder, kind, page.number, (page.width, page.height), order)["lines"] for page in silent
    }


@transaction.atomic
def keep(incoming: Incoming, said: dict[UUID, list], codes: list[str]) -> None:
    """Keep the words, and the case that words and codes name where they name exactly one."""
    rows = Incoming.objects.select_for_update(of=("self",)).select_related("key")
    row = rows.filter(pk=incoming.pk, reading_since=incoming.reading_since, read_at=None, case=None).first()
    if row is None:  # filed, parted or turned since
        return
    for page in IncomingPage.objects.filter(pk__in=said, incoming=row):
        page.incoming = row
        page.text = json.dumps(said[page.pk], ensure_ascii=False) if said[page.pk] else ""
        page.is_read_by_machine = bool(said[page.pk])
        page.save(update_fields=["text", "is_read_by_machine"])
    propose(row, codes)
    row.read_at, row.reading_since = clock.now(), None
    row.save(update_fields=["read_at", "reading_since", "reference", "mark", "paper_code"])


def propose(row: Incoming, codes: list[str] | None = None) -> None:
    """Whose paper it may be: only by a reference that was read whole and that one open case has, or by an office's
    code. Where two things on the paper name two cases, it is nobody's. Without `codes`, as they were read before.
    """
    texts = list(codes or [])
    for page in row.page_images.all()[: rules.PAGES_READ]:
        page.incoming = row
        texts.append(page.words)
    if codes is not None:
        row.paper_code = next((office_codes.digest(code) for code in codes if marks.is_paper_code(code)), "")
    found = marks.found_in(texts)
    link = OfficeLink.objects.of_code(row.paper_code).select_related("visit__case").first()
    named = set(found.references) | ({link.visit.case.reference} if link else set())
    known = list(Case.objects.open().filter(reference__in=named).values_list("reference", flat=True))
    row.reference = known[0] if len(known) == 1 and len(named) == 1 else ""
    of_it = found.marks.get(row.reference, frozenset())
    row.mark = next(iter(of_it)) if len(of_it) == 1 else ""
