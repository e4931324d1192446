"""Many cleaned copies as one PDF with bookmarks. Runs in the sandbox; every part lies on the disk, none in memory."""

from contextlib import ExitStack
from pathlib import Path

import pikepdf
from pikepdf import Name, OutlineItem

from cases.documents import kinds, verdicts
from cases.documents.sandbox import pictures
from cases.documents.verdicts import Refusal


def append(folder: Path, parts: list[dict]) -> None:
    """Write folder/packet: the first part, a PDF of ours, as it is, and the others behind it. Raises Refusal."""
    with ExitStack() as opened:
        first, *others = [opened.enter_context(_open(folder, part)) for part in parts]
        for pdf, part in zip(others, parts[1:], strict=True):
            if len(pdf.pages) != part["pages"]:
                raise Refusal(verdicts.DAMAGED)
            first.pages.extend(pdf.pages)
        first.save(folder / "packet", deterministic_id=True)


def gather(folder: Path, parts: list[dict], title: str) -> None:
    """Write folder/packet: the parts in their order, a bookmark for each under one for its heading.

    A part is {file, kind, pages, heading, title}; one without a heading stands on the first level. Raises Refusal
    where a part has other pages than it should: the index names the page on which each begins.
    """
    with ExitStack() as opened:
        packet = opened.enter_context(pikepdf.new())
        starts = []
        for part in parts:
            pdf = opened.enter_context(_open(folder, part))
            if len(pdf.pages) != part["pages"]:
                raise Refusal(verdicts.DAMAGED)
            starts.append(len(packet.pages))
            packet.pages.extend(pdf.pages)
        _bookmark(packet, parts, starts)
        packet.docinfo[Name.Title] = title
        packet.Root.PageMode = Name.UseOutlines
        packet.save(folder / "packet")


def _open(folder: Path, part: dict) -> pikepdf.Pdf:
    path, kind = folder / part["file"], kinds.KINDS[part["kind"]]
    if kind.is_picture:
        path = _as_page(path, kind)
    # Read where it lies: a part in memory would be in memory until the end.
    return pikepdf.open(path, access_mode=pikepdf.AccessMode.stream)


def _as_page(path: Path, kind: kinds.Kind) -> Path:
    """A picture as a PDF of one page, beside it."""
    picture = pictures.open_picture(path, kind)
    if kind == kinds.JPEG and picture.mode in {"RGB", "L"}:
        jpeg = path
    else:
        picture, jpeg = pictures.decoded(picture), path.with_suffix(".jpg")
        picture.save(jpeg, "JPEG", quality=90)
    page = path.with_suffix(".pdf")
    with pikepdf.new() as pdf:
        pictures.add_page(pdf, jpeg.read_bytes(), picture)
        pdf.save(page)
    return page


def _bookmark(packet: pikepdf.Pdf, parts: list[dict], starts: list[int]) -> None:
    with packet.open_outline() as outline:
        heading, level = "", outline.root
        for part, start in zip(parts, starts, strict=True):
            if part["heading"] != heading:
                heading = part["heading"]
                above = OutlineItem(heading, start)
                outline.root.append(above)
                level = above.children
            level.append(OutlineItem(part["title"], start))
