"""Words looked for in all files of one case that a person may read. The words are sealed, so they are opened here, page
by page, within bounds; nothing of what is looked for is kept.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Exists, Prefetch

from cases.case.models import Case
from cases.documents import words
from cases.documents.models import Document, PageImage, Version
from cases.documents.search.folding import folded, folded_letters

LONGEST = 100  # letters of what is looked for
MOST_WORDS = 10
MOST_PAGES = 5000  # looked through, the newest files first
SECONDS = 3.0
MOST_FILES = 20  # shown, and
MOST_PLACES = 5  # of each
BEFORE, AFTER = 60, 120  # letters told around a place
Row = TypeVar("Row")


@dataclass(frozen=True)
class Piece:
    """A stretch of a page's words; `is_found` where it is what was looked for."""

    words: str
    is_found: bool = False


@dataclass(frozen=True)
class Place:
    """One page on which words were found."""

    page: PageImage
    asked: list[str]

    @property
    def pieces(self) -> list[Piece]:
        """The words around the first of those found."""
        return pieces_of(self.page.words, self.asked)


@dataclass
class FoundFile:
    """A document with what was found in it: its name, some of its pages."""

    document: Document
    version: Version
    places: list[Place] = field(default_factory=list)
    more: int = 0  # pages beyond those shown

    @property
    def name(self) -> str:
        return self.document.title or self.version.name

    @property
    def about(self) -> str:
        return words.about(self.version)

    @property
    def find(self) -> str:
        """What the viewer marks: the words in a row where they stand so, else the longest that is there."""
        if not self.places:
            return ""
        in_a_row = " ".join(self.places[0].asked)
        texts = [" ".join(folded(place.page.words).split()) for place in self.places]
        if any(in_a_row in text for text in texts):
            return in_a_row
        return max((word for word in self.places[0].asked if word in texts[0]), key=len, default="")


@dataclass
class Answer:
    files: list[FoundFile] = field(default_factory=list)
    pictures: int = 0  # pages without words, in which nothing can be found
    is_whole: bool = True  # False when there is more than could be looked through or shown


def sought(asked: str) -> list[str]:
    """The words looked for, each once, without accents and capitals; none when nothing was typed."""
    return list(dict.fromkeys(folded(asked[:LONGEST]).split()))[:MOST_WORDS]


def in_case(case: Case, user: Any, asked: list[str]) -> Answer:
    """Files of the case in whose name, or on one of whose pages, all the words stand; the newest first."""
    known = {row.version.pk: row for row in _files(case, user)}
    names = {pk: folded(f"{row.document.title} {row.version.name}") for pk, row in known.items()}
    found = {pk for pk, name in names.items() if all(word in name for word in asked)}
    answer = Answer()
    looked = Within(_pages(user, [pk for pk, row in known.items() if row.version.is_ready]), MOST_PAGES)
    for page in looked:
        row = known[page.version_id]
        answer.pictures += page.is_without_words
        if place := on_page(page, asked, names[page.version_id]):
            found.add(page.version_id)
            if len(row.places) < MOST_PLACES:
                row.places.append(place)
            else:
                row.more += 1
    answer.files = [row for pk, row in known.items() if pk in found][:MOST_FILES]
    answer.is_whole = not looked.was_cut and len(found) <= MOST_FILES
    return answer


def on_page(page: PageImage, asked: list[str], also: str = "") -> Place | None:
    """The page, when all words stand on it; some may stand in `also`, the folded name of its file, instead."""
    here = folded(page.words)
    if not any(word in here for word in asked) or not all(word in here or word in also for word in asked):
        return None
    return Place(page, asked)


def _files(case: Case, user: Any) -> Iterator[FoundFile]:
    """Each file in its newest version that can be read, or in its newest, when it still waits to be read."""
    versions = Version.objects.visible_to(user).live().order_by("number")
    documents = Document.objects.visible_to(user).here().filter(case=case).order_by("-put_in_at", "pk")
    documents = documents.filter(~Exists(Version.objects.visible_to(user).showing("pk")))  # read there
    for document in documents.prefetch_related(Prefetch("versions", versions, to_attr="live")):
        if document.live:
            yield FoundFile(document, max(document.live, key=lambda version: (version.is_ready, version.number)))


def _pages(user: Any, versions: list[Any]) -> Iterator[PageImage]:
    pages = PageImage.objects.visible_to(user).filter(version__in=versions)
    pages = pages.order_by("-version__document__put_in_at", "version__document", "number")
    return pages.only("version", "number", "text", "reading").iterator(chunk_size=200)


class Within(Generic[Row]):
    """Rows until so many were looked at, or the time is over; `least` are looked at however long it takes."""

    def __init__(self, rows: Iterable[Row], most: int, least: int = 0):
        self.rows, self.most, self.least, self.was_cut = rows, most, least, False

    def __iter__(self) -> Iterator[Row]:
        until = time.monotonic() + SECONDS
        for number, row in enumerate(self.rows):
            if number >= self.most or (number >= self.least and time.monotonic() >= until):
                self.was_cut = True
                return
            yield row


def pieces_of(text: str, asked: list[str]) -> list[Piece]:
    """The words around the first place, with each place among them told apart."""
    letters = list(folded_letters(text))
    here = "".join(letter for _at, letter in letters)
    spans = sorted(
        (letters[start][0], letters[start + len(word) - 1][0] + 1) for word in asked for start in _all(here, word)
    )
    first = spans[0][0]
    begin, end = _window(text, first)
    pieces, at = [Piece("… ")] if begin else [], begin
    for start, stop in spans:
        if start >= end:
            break
        if stop > at:
            pieces += [Piece(text[at : max(start, at)]), Piece(text[max(start, at) : stop], is_found=True)]
            at = stop
    pieces.append(Piece(text[at : max(end, at)] + (" …" if end < len(text) else "")))
    return [piece for piece in pieces if piece.words]


def _all(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + len(word))


def _window(text: str, first: int) -> tuple[int, int]:
    """Some letters before and after a place, without words cut in two where there are spaces."""
    begin, end = max(0, first - BEFORE), min(len(text), first + AFTER)
    space = text.find(" ", begin, first) if begin else -1
    begin = space + 1 if space >= 0 else begin
    space = text.rfind(" ", first, end) if end < len(text) else -1
    return begin, space if space >= 0 else end
