"""Words found in the pages of one document, with the page and the place of each. Nothing of it is kept."""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cases.documents.models import PageImage
from cases.documents.reading import machine_words
from cases.documents.search.folding import folded_letters

MOST = 200  # hits told; more are a word too common to be looked for
FEWEST_LETTERS = 2
LONGEST = 100
AROUND = 60  # letters told before and after a hit

Box = dict[str, float]


@dataclass(frozen=True)
class Hit:
    """One place: the words around it and the boxes over them, in pixels of the page's picture."""

    page: int  # as the reader counts
    before: str
    words: str
    after: str
    boxes: list[Box] = field(default_factory=list)
    is_read_by_machine: bool = False


def wanted(asked: str) -> str:
    """The words looked for, as they were typed but for spaces; "" when there is too little to look for."""
    words = " ".join(asked.split())[:LONGEST]
    return words if len(_folded(words)) >= FEWEST_LETTERS else ""


def in_pages(pages: Iterable[tuple[int, PageImage]], words: str) -> list[Hit]:
    """Hits in (number, page) pairs, in order, up to MOST."""
    hits: list[Hit] = []
    for number, page in pages:
        hits += on_page(page, words, number)
        if len(hits) >= MOST:
            return hits[:MOST]
    return hits


def on_page(page: PageImage, words: str, number: int | None = None) -> list[Hit]:
    """Every place of a page where the words stand, also over the end of a line; large or small letters, with or
    without accents.
    """
    sought = _folded(words)
    lines = [[*line[:4], machine_words.marked(*line[4:])] for line in json.loads(page.text or "[]")]
    if not sought or sought not in _folded(" ".join(line[4] for line in lines)):
        return []
    letters = [(place, at, letter) for place, line in enumerate(lines) for at, letter in _letters(line[4])]
    text = "".join(letter for _place, _at, letter in letters)
    hits, start = [], text.find(sought)
    while start >= 0:
        hit = _hit(number or page.number, lines, letters[start : start + len(sought)])
        hits.append(replace(hit, is_read_by_machine=page.is_read_by_machine))
        start = text.find(sought, start + len(sought))
    return hits


def _folded(text: str) -> str:
    return "".join(letter for _at, letter in _letters(text)).strip()


def _letters(line: str) -> Iterable[tuple[int, str]]:
    """(place in the line, folded letter), and a space after the last: lines follow each other like words."""
    yield from folded_letters(line)
    yield len(line), " "


def _hit(number: int, lines: list[list], letters: list[tuple[int, int, str]]) -> Hit:
    (first, start, _), (last, end, _) = letters[0], letters[-1]
    boxes = [
        _box(lines[place], start if place == first else 0, end + 1 if place == last else len(lines[place][4]))
        for place in range(first, last + 1)
    ]
    said = [line[4] for line in lines]
    words = said[first][start:] + " " + " ".join(said[first + 1 : last]) + " " + said[last][: end + 1]
    return Hit(
        number,
        before=" ".join([*said[max(0, first - 1) : first], said[first][:start]])[-AROUND:],
        words=said[first][start : end + 1] if first == last else " ".join(words.split()),
        after=" ".join([said[last][end + 1 :], *said[last + 1 : last + 2]])[:AROUND],
        boxes=boxes,
    )


def _box(line: list, start: int, end: int) -> Box:
    """About where these letters stand: a line's letters share its length."""
    x, baseline, length, height, words = line
    share = length / max(1, len(words))
    left = x + length - end * share if is_from_the_right(words) else x + start * share
    return {
        "x": round(left, 1),
        "y": round(baseline - height * 0.9, 1),
        "width": round((min(end, len(words)) - start) * share, 1),
        "height": round(height * 1.2, 1),
    }


def is_from_the_right(words: str) -> bool:
    """Whether a line is written from right to left: what its first letter says."""
    kinds = (unicodedata.bidirectional(sign) for sign in words)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)
