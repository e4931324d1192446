"""Notes as the pages show them: marks at their places, and a list that says where each stands and what it is for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from cases.documents.models import Version
from cases.documents.reading.viewing import Leaf
from cases.opinions.checklist import BY_CODE
from cases.reviews.models import Note, Review
from cases.reviews.notes.forms import ChangeForm
from cases.reviews.notes.targets import Targets
from cases.reviews.rules import PARTS

NEW = "pinned-note"  # the form of a new one, where its words are kept
EARLIER = "earlier-"  # before the id of a version: its pages as they were when they were read
OF_ONE_PLACE = (Note.Part.ANSWERS, Note.Part.QUESTIONS)  # the questions stand one under another, and say themselves
Run = Mapping[tuple[UUID, int], int]  # a version and its page: which page of a run that is


@dataclass(frozen=True)
class Pin:
    """A note's mark on a page of the run that is shown. Places are of the picture, from its left and its top."""

    number: int
    page: int
    left: str
    top: str


@dataclass(frozen=True)
class Row:
    """A note in the list. `page` is None once the plan that is read has no such page any more."""

    note: Note
    page: int | None
    where: str
    href: str
    belongs: str
    belongs_href: str
    form: ChangeForm
    draft: str  # what its form is called where its words are kept
    is_open: bool = False


def notes_of(review: Review) -> list[Note]:
    """All of them in their order; one query."""
    return list(review.notes.select_related("version").order_by("number"))


def run_of(leaves: Iterable[Leaf]) -> Run:
    """The run that the viewer shows."""
    return {(leaf.version, leaf.own_number): leaf.number for leaf in leaves}


def plan_run(review: Review, known: Iterable[Version]) -> Run:
    """The pages of the plan, where something else is shown; of the versions that the reader may open."""
    pages = {version.pk: version.pages for version in known}
    in_order = [(pk, own) for pk in review.plan for own in range(1, pages.get(pk, 0) + 1)]
    return {leaf: number for number, leaf in enumerate(in_order, start=1)}


def pins(notes: Iterable[Note], run: Run) -> list[Pin]:
    """The marks on the pages that are shown; a note on an older version is on none of the newer one's."""
    return [
        Pin(note.number, run[note.version_id, note.page], f"{note.x / 10}%", f"{note.y / 10}%")
        for note in notes
        if (note.version_id, note.page) in run
    ]


def rows(address: str, notes: Iterable[Note], run: Run, older: Iterable[UUID], targets: Targets) -> list[Row]:
    """The list, on the page of this address. `run` is the plan's; `older` are the versions that can still be looked at
    beside it."""
    known = set(older)
    return [_row(address, note, run.get((note.version_id, note.page)), known, targets) for note in notes]


def _row(address: str, note: Note, page: int | None, older: set[UUID], targets: Targets) -> Row:
    if page is not None:
        where = _("Page %(page)s, %(place)s") % {"page": page, "place": _near(note.y)}
        href = _href(address, {"page": page})
    else:
        where = _("Page %(page)s of an earlier version of the plan, %(place)s") % {
            "page": note.page,
            "place": _near(note.y),
        }
        shown = {"document": f"{EARLIER}{note.version_id}", "page": note.page}
        href = _href(address, shown) if note.version_id in older else ""
    form = ChangeForm(note, targets)
    return Row(note, page, where, href, targets.name(note), f"#part-{place_of(note)}", form, draft_of(note))


def draft_of(note: Note) -> str:
    """The name of the form that changes this note; not by its number, which another may have after it."""
    return f"{NEW}-{note.pk}"


def place_of(note: Note) -> str:
    """ "plain", or "checklist-goal": the part of the page that it belongs to."""
    is_alone = note.part in OF_ONE_PLACE or not note.key
    return note.part if is_alone else f"{note.part}-{note.key}"


def _href(address: str, query: dict[str, Any]) -> str:
    return f"{address}?{urlencode(query)}#page-{query['page']}"


def _near(y: int) -> str:
    if y < 334:
        return _("near the top")
    return _("in the middle") if y < 667 else _("near the bottom")


def linked(rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """The notes of each part, each of the twelve points ("checklist-goal") and each option."""
    found: dict[str, list[dict[str, Any]]] = {
        part: [] for part in ("answers", "plain", "words", "questions", "options")
    }
    found |= {f"checklist-{code}": [] for code in BY_CODE}
    for row in rows:
        if place := place_of(row.note):
            is_one = row.note.part in OF_ONE_PLACE and row.belongs != PARTS[row.note.part]
            said = {"number": row.note.number, "about": row.belongs if is_one else ""}
            found.setdefault(place, []).append(said)
    return found
