"""The packet's one PDF, put together in the sandbox, and its ZIP; each leaves piece by piece."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from django.utils.translation import gettext as _

from cases.desk.packet.contents import Packet, Part
from cases.documents import kinds
from cases.documents.sandbox import run as sandbox
from cases.documents.verdicts import Refusal
from cases.documents.worker import checking
from portal import paper, when, zipping
from portal.errors import Refused
from portal.texts.words import organisation
from portal.vault import files

TEMPLATE = Path(__file__).with_name("index.typ")
PIECE = 256 * 1024
MOST_SETTINGS = 5  # of the index, which grows as it names later pages


def index(packet: Packet, now: datetime, *, starts_after: int | None) -> bytes:
    """The index page. `starts_after` pages the first part begins; None in the ZIP, where parts are files.

    Where none of our fonts has a letter of a name, the names are left out: the packet goes all the same.
    """
    for names in (True, False):
        try:
            words = _words(packet, starts_after, with_names=names)
            return paper.pdf(TEMPLATE, words, author=organisation().name, made_at=now)
        except paper.MissingLetters:
            if not names:
                raise
    raise AssertionError("one of the two returned or raised")


def _words(packet: Packet, starts_after: int | None, *, with_names: bool) -> dict[str, Any]:
    visit, patient = packet.visit, packet.case.patient
    page, rows = (starts_after or 0) + 1, []
    for part in packet.parts:
        pages, start = str(part.version.pages), str(page)
        if part.is_imaging:
            pages = start = _("in the ZIP")
        elif starts_after is None:
            start = _("file %(number)d") % {"number": part.number}
        rows.append([str(part.number), part.heading, *_named(part, with_names), part.dated, pages, start])
        page += 0 if part.is_imaging else part.version.pages
    lines = [patient.name if with_names else _("Case %(reference)s") % {"reference": packet.case.reference}]
    if patient.birth_date:
        lines.append(_("Born %(day)s") % {"day": when.month_day(patient.birth_date, year=True)})
    if visit.on_date:
        lines.append(_("For the visit on %(day)s") % {"day": when.day(visit.on_date, year=True)})
    if with_names:
        lines += [
            line for line in (visit.clinician and visit.clinician.name, visit.office and visit.office.name) if line
        ]
    ours = organisation()
    return {
        "title": _("Records for a visit"),
        "lines": lines,
        "heads": [_("No."), _("Kind"), _("What"), _("From"), _("Of"), _("Pages"), _("Starts")],
        "rows": rows,
        "notes": [
            _("Put together by %(name)s from what the patient let us pass on.") % {"name": ours.name},
            _("Copies were cleaned of scripts and attachments. Scan pictures are as they were sent, in the ZIP."),
        ],
    }


def _named(part: Part, with_names: bool) -> list[str]:
    return [part.title, part.author] if with_names else ["", ""]


def whole_index(packet: Packet, now: datetime) -> tuple[bytes, int]:
    """The index of the PDF and its pages: the parts begin behind it, so it is set until it has as many as it says."""
    pages = 1
    for _again in range(MOST_SETTINGS):
        content = index(packet, now, starts_after=pages)
        with pikepdf.open(io.BytesIO(content)) as pdf:  # our own, set just now
            found = len(pdf.pages)
        if found == pages:
            return content, pages
        pages = found
    raise Refused(_no_pdf(), code="busy")


def one_pdf(packet: Packet, now: datetime) -> BinaryIO:
    """The packet as one PDF with bookmarks, open to be read; it has no name on the disk any more.

    Raises Refused when it cannot be made, or nothing is there to make it of.
    """
    if not packet.in_pdf:
        raise Refused(_("There is no document for this visit yet."), code="empty")
    if not packet.fits_one_pdf:
        raise Refused(_("These are too large for one PDF. Take the ZIP instead."), code="size")
    content, pages = whole_index(packet, now)
    try:
        with sandbox.room(checking.rooms()) as folder:
            (folder / "index").write_bytes(content)
            first = {"file": "index", "kind": kinds.PDF.code, "pages": pages, "heading": "", "title": _("Index")}
            parts = [first, *(_laid_out(part, folder) for part in packet.in_pdf)]
            sandbox.gather(folder, parts, _("Records for a visit"))
            return (folder / "packet").open("rb")
    except (Refusal, sandbox.Busy) as error:
        raise Refused(_no_pdf(), code="busy") from error


def _no_pdf() -> str:
    return _("We couldn’t make the one PDF just now. Take the ZIP instead.")


def _laid_out(part: Part, folder: Path) -> dict[str, Any]:
    name = f"part-{part.number}"
    files.lay_out(part.stored, folder / name)
    named = {"heading": part.heading, "title": part.title}
    return {"file": name, "kind": part.kind.code, "pages": part.version.pages, **named}


def pieces(opened: BinaryIO) -> Iterator[bytes]:
    with opened:
        while piece := opened.read(PIECE):
            yield piece


def zipped(packet: Packet, now: datetime) -> Iterator[bytes]:
    """Every file as it is, behind the index; a piece at a time. They are packed already, so they are stored."""
    at = when.local(now, packet.visit.zone).timetuple()[:6]
    content, name = index(packet, now, starts_after=None), f"00 {_('Index')}.pdf"
    return _pieces_of_zip(packet, zipfile.ZipInfo(name, at), content, at)


def _pieces_of_zip(packet: Packet, first: zipfile.ZipInfo, content: bytes, at: Any) -> Iterator[bytes]:
    out = zipping.Outgoing()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type]
        archive.writestr(first, content)
        for part in packet.parts:
            entry = zipfile.ZipInfo(part.file_name, at)
            entry.file_size = part.stored.size
            with archive.open(entry, "w") as into:
                for chunk in files.read(part.stored):
                    into.write(chunk)
                    yield out.taken()
    yield out.taken()
