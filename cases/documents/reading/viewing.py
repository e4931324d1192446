"""The viewer: which page of a run of pages is shown, how large, turned how, and the addresses around it.

Size and turn live in the address of a view alone; nothing is written. A run is one version of a document, or several
in a row: the plan that is read beside its review.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, When
from django.db.models.functions import JSONObject
from django.http import QueryDict
from django.urls import reverse

from cases.documents.finding import number
from cases.documents.models import PageImage, Version
from cases.documents.reading import looks
from cases.documents.search import hits
from cases.documents.search.hits import Hit, is_from_the_right

SIZES = [50, 75, 100, 125, 150, 200, 300, 400]  # per cent of the width there is
WHOLE_WIDTH = 100
TURNS = [0, 90, 180, 270]
PARTS = {"page": "documents/_leaf.html", "rail": "documents/_rail.html", "found": "documents/_found.html"}
AROUND = 8  # thumbnails before and after the page shown; the rest is a link away


@dataclass(frozen=True)
class Leaf:
    """One page of the run, without its words."""

    number: int  # counted over the run
    pk: UUID
    width: int
    height: int
    has_small: bool
    version: UUID
    own_number: int  # in its version

    @property
    def small_url(self) -> str:
        return reverse("documents:thumbnail", args=[self.pk]) if self.has_small else ""


@dataclass(frozen=True)
class Choice:
    """A document that can be looked at in the same place; "" is the one that stands there first."""

    value: str
    name: str
    is_shown: bool


@dataclass(frozen=True)
class View:
    """What the viewer shows. `address` is its page's, `also` stays in every query, `find_url` takes words by POST."""

    leaves: Sequence[Leaf]
    page: PageImage
    number: int
    size: int = WHOLE_WIDTH
    turn: int = 0
    address: str = ""
    also: dict[str, str] = field(default_factory=dict)
    find_url: str = ""
    window: str = ""  # without script, leafing happens in this other window: words typed beside the viewer stay
    choices: Sequence[Choice] = ()
    notes: Sequence[Any] = ()  # marks on pages, each with page, number, left and top
    note_form: str = ""  # where somebody who may write notes does so
    found: str = ""  # the words looked for
    hits: Sequence[Hit] = ()
    pictures: int = 0  # pages without words to look through

    @property
    def last(self) -> int:
        return len(self.leaves)

    def href(self, **changes: int) -> str:
        shown = {"page": self.number, "size": self.size, "turn": self.turn} | changes
        quiet = {"size": WHOLE_WIDTH, "turn": 0}  # what needs no word in the address
        query = self.also | {name: str(value) for name, value in shown.items() if quiet.get(name) != value}
        return f"{self.address}?{urlencode(query)}#page-{shown['page']}"

    @property
    def base(self) -> str:
        """The address to which the script adds page, size and turn."""
        return f"{self.address}?{urlencode(self.also)}"

    @property
    def before(self) -> str:
        return self.href(page=self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self.href(page=self.number + 1) if self.number < self.last else ""

    @property
    def smaller(self) -> str:
        return self.href(size=max((size for size in SIZES if size < self.size), default=self.size))

    @property
    def larger(self) -> str:
        return self.href(size=min((size for size in SIZES if size > self.size), default=self.size))

    @property
    def fitting(self) -> str:
        return self.href(size=WHOLE_WIDTH)

    @property
    def turned(self) -> str:
        return self.href(turn=(self.turn + 90) % 360)

    @property
    def sizes(self) -> str:
        return ",".join(map(str, SIZES))

    @property
    def sheets(self) -> str:
        """The sizes of all pages, so that each has its place before it is loaded: "1020x1320*299,1320x1020*1"."""
        runs = groupby(self.leaves, key=lambda leaf: f"{leaf.width}x{leaf.height}")
        return ",".join(f"{size}*{len(list(leaves))}" for size, leaves in runs)

    @property
    def rail(self) -> list[dict[str, Any]]:
        """The thumbnails around the page shown."""
        first = max(0, min(self.number - 1 - AROUND, self.last - 2 * AROUND - 1))
        return [
            {"leaf": leaf, "href": self.href(page=leaf.number), "is_here": leaf.number == self.number}
            for leaf in self.leaves[first : first + 2 * AROUND + 1]
        ]

    @property
    def earlier(self) -> str:
        """Where the thumbnails before these are."""
        first = self.rail[0]["leaf"].number
        return self.href(page=max(1, first - AROUND)) if first > 1 else ""

    @property
    def later(self) -> str:
        final = self.rail[-1]["leaf"].number
        return self.href(page=min(self.last, final + AROUND)) if final < self.last else ""

    @property
    def is_on_its_side(self) -> bool:
        return self.turn in (90, 270)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The page's words with their places; a line in Arabic or Hebrew starts at its other end."""
        return [self._placed(line) for line in self.page.lines]

    @staticmethod
    def _placed(line: dict[str, Any]) -> dict[str, Any]:
        if not is_from_the_right(line["words"]):
            return line
        return line | {"x": str(round(float(line["x"]) + float(line["length"]), 1)), "direction": "rtl"}

    @property
    def pins(self) -> list[Any]:
        return [note for note in self.notes if note.page == self.number]

    @property
    def marks(self) -> list[Hit]:
        """The words looked for, on the page shown."""
        return [hit for hit in self.hits if hit.page == self.number]


def _page_at(place: int, versions: Sequence[UUID], user: Any) -> Any:
    """Of the pages of these versions in a row, as far as the person may open them, the one at a place or else the last;
    with all of them as its `leaves`, without their words, and whether a look at it stands on record. One query.
    """
    in_order = Case(*(When(version=version, then=place) for place, version in enumerate(versions)))
    known = PageImage.objects.visible_to(user).filter(version__in=versions)
    known = known.annotate(of=in_order).order_by("of", "number")
    leaf = JSONObject(pk="pk", version="version", number="number", width="width", height="height", small="small")
    found = PageImage.objects.filter(pk__in=known.values("pk")[:place]).annotate(of=in_order)
    noted = looks.noted_of("version", "version__case", user.pk)
    found = found.annotate(leaves=ArraySubquery(known.values(leaf=leaf)), is_look_noted=noted)
    page: Any = found.select_related("version__case__key", "version__document").order_by("-of", "-number").first()
    if page:
        page.version.is_look_noted = page.is_look_noted
    return page


def view_of(versions: Sequence[UUID], asked: QueryDict, user: Any, **more: Any) -> View | None:
    """The view that an address asks for, over the pages of these versions in a row: the nearest page, size and turn
    that exist. None without pages.
    """
    wanted = max(number(asked.get("page")), 1)
    page = _page_at(wanted, versions, user) if versions else None
    if page is None:
        return None
    leaves = [
        Leaf(
            number=place,
            pk=UUID(row["pk"]),
            width=row["width"],
            height=row["height"],
            has_small=row["small"] is not None,
            version=UUID(row["version"]),
            own_number=row["number"],
        )
        for place, row in enumerate(page.leaves, start=1)
    ]
    size = number(asked.get("size")) or WHOLE_WIDTH
    turn = number(asked.get("turn"))
    return View(
        leaves,
        page,
        min(wanted, len(leaves)),
        size=min(SIZES, key=lambda known: abs(known - size)),
        turn=turn if turn in TURNS else 0,
        **more,
    )


def of_version(version: Version, asked: QueryDict, user: Any, **more: Any) -> View | None:
    """The view of one version, on its document's own page."""
    more |= {"address": version.get_absolute_url(), "also": {"version": str(version.number)}}
    more["find_url"] = reverse("documents:find", args=[version.document_id])
    return view_of([version.pk], asked, user, **more)


def looked_through(view: View, asked: QueryDict, user: Any) -> View:
    """The view with the words looked for marked; without a page asked for, at the first place found.

    A page alone (`part`) is looked through by itself.
    """
    words = hits.wanted(asked.get("find", ""))
    if not words:
        return replace(view, found=asked.get("find", "").strip()[: hits.LONGEST])
    if asked.get("part") == "page":
        return replace(view, found=words, hits=hits.on_page(view.page, words, view.number))
    places = {leaf.pk: leaf.number for leaf in view.leaves}
    pages = PageImage.objects.visible_to(user).filter(pk__in=places).select_related("version__case__key")
    in_order = sorted(((places[page.pk], page) for page in pages), key=lambda pair: pair[0])
    pictures = sum(page.is_without_words for _number, page in in_order)
    found = replace(view, found=words, hits=hits.in_pages(in_order, words), pictures=pictures)
    if asked.get("page") or not found.hits:
        return found
    first = found.hits[0].page
    return replace(found, number=first, page=dict(in_order)[first])
