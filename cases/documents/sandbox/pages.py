"""Pages as pictures with their words and where these stand. Runs in the sandbox; plain Python."""

import json
from pathlib import Path

# WebP by name: a format that is not there yet makes Pillow load all forty of its own.
from PIL import Image, WebPImagePlugin  # noqa: F401

from cases.documents import kinds, verdicts
from cases.documents.verdicts import Refusal

DPI = 120
LONGEST = 1700  # pixels of a page picture's longest side
MAX_LETTERS = 60_000  # of one page
SMALL = (200, 260)  # pixels of the small picture by which a page is chosen, at most
BATCH = 25  # pages drawn by one process, so that a long file never meets the process's time limit


def draw(clean: Path, kind: kinds.Kind, folder: Path, first: int, last: int) -> None:
    """Write page-N.webp, small-N.webp and page-N.json (width, height, lines) for pages first to last, from 1."""
    if kind.is_picture:
        _save(_photo(clean, kind), [], folder, 1)
        return
    import pypdfium2  # a process that opens one photo need not load it

    try:
        pdf = pypdfium2.PdfDocument(clean)
        for number in range(first, last + 1):
            page = pdf[number - 1]
            scale = _scale(*page.get_size())
            image = page.render(scale=scale, rev_byteorder=True).to_pil()
            _save(image.convert("RGB"), lines_of(page, scale), folder, number)
            page.close()
    except pypdfium2.PdfiumError as error:
        raise Refusal(verdicts.DAMAGED) from error


def count(pdf: Path) -> int:
    """Pages of a PDF of our own making. Raises Refusal when there are too many."""
    import pypdfium2

    pages = len(pypdfium2.PdfDocument(pdf))
    if pages > verdicts.MAX_PAGES:
        raise Refusal(verdicts.TOO_LONG)
    return pages


def _photo(clean: Path, kind: kinds.Kind) -> Image.Image:
    from cases.documents.sandbox import pictures

    picture = pictures.open_picture(clean, kind)
    picture.draft("RGB", (LONGEST, LONGEST))
    picture = picture if picture.mode in {"RGB", "L"} else picture.convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    return picture


def _scale(width: float, height: float) -> float:
    longest = max(width, height)
    if longest <= 0:
        raise Refusal(verdicts.DAMAGED)
    return min(DPI / 72, LONGEST / longest)


def _save(image: Image.Image, lines: list[list], folder: Path, number: int) -> None:
    image.save(folder / f"page-{number}.webp", "WEBP", quality=82, method=3)
    _save_small(image, folder, number)
    layer = {"width": image.width, "height": image.height, "lines": lines}
    (folder / f"page-{number}.json").write_text(json.dumps(layer), encoding="utf-8")


def _save_small(image: Image.Image, folder: Path, number: int) -> None:
    small = image.copy()
    small.thumbnail(SMALL, reducing_gap=2.0)
    small.save(folder / f"small-{number}.webp", "WEBP", quality=70, method=3)


def shrink(folder: Path) -> None:
    """Write small-N.webp for each page-N.webp that lies in the folder: for pages kept before there were small ones."""
    for path in folder.glob("page-*.webp"):
        with Image.open(path, formats=["WEBP"]) as picture:
            _save_small(picture, folder, int(path.stem.removeprefix("page-")))


def lines_of(page, scale: float) -> list[list]:
    """[x, baseline, length, height, words] of each line of a PDF page, in pixels of its picture."""
    words = page.get_textpage()
    if words.count_chars() > MAX_LETTERS:
        return []
    height = page.get_height()
    lines = []
    for number in range(words.count_rects()):
        left, bottom, right, top = words.get_rect(number)
        text = " ".join(words.get_text_bounded(left, bottom, right, top).split())
        if not text or right <= left or top <= bottom:
            continue
        tall = (top - bottom) * scale
        lines.append(
            [
                round(left * scale, 1),
                round((height - bottom) * scale - tall * 0.2, 1),
                round((right - left) * scale, 1),
                round(tall, 1),
                text,
            ]
        )
    return lines
