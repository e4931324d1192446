"""PDF: opened for real, and a copy without scripts, actions and attached files. Runs in the sandbox."""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from cases.documents import kinds, verdicts
from cases.documents.verdicts import Locked, Refusal

MAX_OBJECTS = 300_000
MAX_ATTACHED = 50
MAX_ATTACHED_BYTES = 100 * 2**20
MAX_INSIDE_EACH_OTHER = 3  # files attached to files attached to files

MAX_NESTING = 60

ACTIVE_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI", "/Rendition", "/Movie",
    "/Sound", "/RichMediaExecute", "/ResetForm", "/Hide", "/SetOCGState", "/Thread",
}  # fmt: skip
ACTION_TARGETS = (Name.F, Name.Win, Name.Unix, Name.Mac, Name.URI, Name.R, Name.T, Name.D)
ACTIVE_KEYS = (Name.AA, Name.OpenAction, Name.JS, Name.XFA, Name.AF, Name.Collection, Name.RichMediaContent)
ACTIVE_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}


def clean_pdf(source: Path, clean: Path, attached: Path, password: str = "") -> tuple[int, list[str]]:
    """(pages, notes); writes the harmless copy, and the files that were inside into the folder `attached`.

    A password leaves `attached`/opened too: the file as it is without it, to be checked as any other.
    Raises Locked, or Refusal when it is damaged, too long or too much to open.
    """
    try:
        pdf = pikepdf.open(source, password=password)
    except pikepdf.PasswordError as error:
        raise Locked from error
    except (pikepdf.PdfError, ValueError) as error:
        raise Refusal(verdicts.DAMAGED) from error
    with pdf:
        if password:
            _save(pdf, attached / "opened")
        pages = _count(pdf)
        notes = []
        if _take_out_attachments(pdf, attached):
            notes.append(verdicts.ATTACHMENTS_REMOVED)
        if _strip(pdf):
            notes.append(verdicts.SCRIPTS_REMOVED)
        _save(pdf, clean)
    return pages, notes


def _save(pdf, path: Path) -> None:
    try:
        pdf.save(path, encryption=False, deterministic_id=True)
    except (pikepdf.PdfError, RuntimeError) as error:
        raise Refusal(verdicts.DAMAGED) from error


def _count(pdf) -> int:
    try:
        pages = len(pdf.pages)
    except (pikepdf.PdfError, RuntimeError) as error:  # among others a tree of pages that holds itself
        raise Refusal(verdicts.DAMAGED) from error
    if pages == 0:
        raise Refusal(verdicts.DAMAGED)
    if pages > verdicts.MAX_PAGES:
        raise Refusal(verdicts.TOO_LONG)
    if len(pdf.objects) > MAX_OBJECTS:
        raise Refusal(verdicts.TOO_COMPLEX)
    return pages


def _take_out_attachments(pdf, folder: Path) -> bool:
    """Write attached files out, since a scanner does not look into compressed ones; True when there were any."""
    number, left = 0, MAX_ATTACHED_BYTES
    for number, content in enumerate(_attached(pdf, MAX_INSIDE_EACH_OTHER), 1):
        left -= len(content)
        if number > MAX_ATTACHED or left < 0:
            raise Refusal(verdicts.TOO_COMPLEX)
        (folder / f"attached-{number}").write_bytes(content)
    return number > 0


def _attached(pdf, depth: int) -> Iterator[bytes]:
    """Each attached file, and what is attached to those that are PDF themselves."""
    for spec in pdf.objects:
        if not (isinstance(spec, Dictionary) and isinstance(spec.get(Name.EF), Dictionary)):
            continue
        for stream in spec[Name.EF].values():
            if isinstance(stream, pikepdf.Stream):
                content = _content_of(stream)
                yield content
                yield from attached_inside(content, depth)


def attached_inside(content: bytes, depth: int) -> Iterator[bytes]:
    """What is attached to a file that came inside another. Raises Refusal when there is no end to it."""
    if kinds.kind_of(content[: kinds.HEAD])[0] is not kinds.PDF:
        return
    if depth == 0:
        raise Refusal(verdicts.TOO_COMPLEX)
    try:
        inner = pikepdf.open(io.BytesIO(content))
    except (pikepdf.PdfError, ValueError):  # broken, or under a password: the scanner tells of the latter
        return
    with inner:
        yield from _attached(inner, depth - 1)


def _content_of(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return stream.read_raw_bytes()


def _strip(pdf) -> bool:
    """Take every script, action and attached file out of all objects; True when a script or action was there."""
    found = False
    for thing in pdf.objects:
        found |= _strip_inside(thing, depth=0)
    names = pdf.Root.get(Name.Names)
    if isinstance(names, Dictionary):
        for key in (Name.JavaScript, Name.EmbeddedFiles, Name.Renditions):
            if key in names:
                del names[key]
                found |= key == Name.JavaScript
    return found


def _strip_inside(thing, depth: int) -> bool:
    """One object and what is written inside it; what it only refers to is an object of its own."""
    if depth > MAX_NESTING:
        raise Refusal(verdicts.TOO_COMPLEX)
    found = False
    if isinstance(thing, Array):
        for index in reversed(range(len(thing))):
            if _is_active_annotation(thing[index]):
                del thing[index]
        inner = list(thing)
    elif isinstance(thing, Dictionary | pikepdf.Stream):
        found = _strip_dictionary(thing)
        inner = [thing.get(key) for key in list(thing.keys())]
    else:
        return False
    for each in inner:
        if isinstance(each, Dictionary | Array) and not each.is_indirect:
            found |= _strip_inside(each, depth + 1)
    return found


def _is_active_annotation(thing) -> bool:
    return (
        isinstance(thing, Dictionary) and Name.Rect in thing and str(thing.get(Name.Subtype, "")) in ACTIVE_ANNOTATIONS
    )


def _strip_dictionary(thing) -> bool:
    found = False
    for key in ACTIVE_KEYS:
        if key in thing:
            del thing[key]
            found |= key not in (Name.AF, Name.Collection)
    if Name.EF in thing:
        del thing[Name.EF]
    # Actions hang in links, bookmarks and /Next chains: each is emptied where it stands.
    if str(thing.get(Name.S, "")) in ACTIVE_ACTIONS:
        for key in (*ACTION_TARGETS, Name.Next):
            if key in thing:
                del thing[key]
        found |= str(thing[Name.S]) != "/URI"
        thing[Name.S] = Name.Named
        thing[Name.N] = Name.NoAction
    return found
