"""Pages of a paper: turned, and parted into two papers where two came in one fax."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from cases.desk.tray import checking, reading, rules, sealing, tasks
from cases.desk.tray.adding import must_be_coordinator
from cases.desk.tray.models import Incoming
from cases.desk.tray.states import Check, TrayState
from cases.documents import kinds, verdicts
from cases.documents.sandbox import run as sandbox
from cases.documents.worker import checking as document_checking
from portal.actors import Actor
from portal.celery import nudge
from portal.errors import Refused
from portal.history.actions import record
from portal.vault import files

QUARTER = 90
SEALED_WITH = ("key", "case__key", "original__key", "file__key")


def locked(incoming: Incoming) -> Incoming:
    """The row under lock, with what it is sealed by."""
    return Incoming.objects.select_for_update(of=("self",)).select_related(*SEALED_WITH).get(pk=incoming.pk)


def turn(incoming: Incoming, page: int, *, by: Actor) -> None:
    """One page a quarter with the clock; what was read on it is read anew. Raises Refused."""
    must_be_coordinator(by)
    if not 1 <= page <= incoming.pages:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    chosen = [[number, QUARTER if number == page else 0] for number in range(1, incoming.pages + 1)]
    with _picked(incoming, chosen, draw=page) as folder:  # outside the transaction: it takes a second
        _keep_turned(incoming, folder, page, by=by)


@transaction.atomic
def _keep_turned(incoming: Incoming, folder: Path, number: int, *, by: Actor) -> None:
    row = _still_as_it_was(incoming)
    page = row.page_images.select_related("file", "small").get(number=number)
    gone = [row.file, page.file, page.small]
    page.delete()
    with sealing.or_discard() as kept:
        row.file = files.put(document_checking.pieces(folder / "clean"), key=row.sealing_key)
        kept.append(row.file)
        row.read_at, row.reading_since, row.read_tries = None, None, 0
        row.save(update_fields=["file", "read_at", "reading_since", "read_tries"])
        checking.keep_page(row, folder, number, kept)
        record(by, "incoming.turned", row)
        nudge(tasks.check_incoming, str(row.pk))
    for stored in gone:
        files.remove(stored)


def split(incoming: Incoming, after: int, *, by: Actor) -> Incoming:
    """The pages behind page `after` become a paper of their own, under a key of its own. Raises Refused."""
    must_be_coordinator(by)
    if refused := rules.why_not_split(after, incoming.pages):
        raise Refused(refused, code="page")
    numbers = [[number, 0] for number in range(1, incoming.pages + 1)]
    with _picked(incoming, numbers[:after]) as first, _picked(incoming, numbers[after:]) as second:
        return _part(incoming, first, second, after, by=by)


@transaction.atomic
def _part(incoming: Incoming, first: Path, second: Path, after: int, *, by: Actor) -> Incoming:
    row = _still_as_it_was(incoming)
    pages = list(row.page_images.select_related("file__key", "small__key"))
    for page in pages:
        page.incoming = row
    gone = row.file
    with sealing.or_discard() as kept:
        other = _like(row)
        other.file = files.put(document_checking.pieces(second / "clean"), key=other.sealing_key)
        kept.append(other.file)
        other.pages, other.size = row.pages - after, other.file.size
        other.save(force_insert=True)
        sealing.take_pages(pages[after:], other, kept)
        row.file = files.put(document_checking.pieces(first / "clean"), key=row.sealing_key)
        kept.append(row.file)
        row.pages, row.size, row.digest = after, row.file.size, ""
        for paper in (row, other):
            paper.read_at, paper.reading_since, paper.read_tries = None, None, 0  # each is read for itself
            paper.paper_code = ""
            reading.propose(paper)
            paper.save()
        record(by, "incoming.split", row)
        record(by, "incoming.split", other)
        for paper in (row, other):
            nudge(tasks.check_incoming, str(paper.pk))
    if gone:
        files.remove(gone)
    return other


def _like(row: Incoming) -> Incoming:
    """A paper that came with this one."""
    other = Incoming(
        how=row.how,
        came_at=row.came_at,
        put_in_by=row.put_in_by,
        put_in_at=row.put_in_at,
        key=sealing.new_key(),
        kind=row.kind,
        file_kind=row.file_kind,
        check_state=row.check_state,
        notes=row.notes,
        checked_for_viruses=row.checked_for_viruses,
    )
    for name in sealing.WORDS:
        setattr(other, name, getattr(row, name))
    return other


def _still_as_it_was(incoming: Incoming) -> Incoming:
    """The row under lock. Raises Refused when somebody changed or filed it while the copy was made."""
    row = locked(incoming)
    if (row.state, row.file_id, row.pages) != (TrayState.WAITING, incoming.file_id, incoming.pages):
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    return row


@contextmanager
def _picked(incoming: Incoming, chosen: list[list[int]], *, draw: int = 0) -> Iterator[Path]:
    """A folder in which these pages of the copy lie as a copy of their own."""
    if incoming.state != TrayState.WAITING or incoming.check_state != Check.READY or incoming.file is None:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    with sandbox.room(document_checking.rooms()) as folder:
        try:
            files.lay_out(incoming.file, folder / "clean")
            sandbox.pick(folder, kinds.KINDS[incoming.file_kind], chosen, draw=draw)
        except (sandbox.Busy, verdicts.Refusal, OSError) as error:
            raise Refused(_("This did not work just now. Try again in a minute."), code="busy") from error
        yield folder
