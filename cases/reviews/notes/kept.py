"""What was typed into the forms of notes and not sent: they open with it again, also after a new sign-in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.reviews.models import Review
from cases.reviews.notes.showing import NEW, Row
from portal.accounts import drafts
from portal.accounts.models import Draft, User

Typed = Mapping[str, Mapping[str, Any]]  # the fields of each form


def rows(person: User, review: Review, *, also: str = NEW) -> QuerySet[Draft]:
    """What this person typed into any of them, and into one more form about the case."""
    return drafts.lasting(person, [NEW, also], review.case_id, numbered=f"{NEW}-")


def drop(person: User, review: Review, name: str) -> None:
    """Forget it, once that form was sent."""
    drafts.drop(person, name, review.case_id)


def new_one(typed: Typed, notes: Iterable[Row]) -> dict[str, Any]:
    """For the form of a new note; nothing where that note was added meanwhile."""
    found = _words(typed.get(NEW, {}), ("page", "place", "x", "y", "words", "belongs", "pk"))
    if not found.get("words", "").strip() or not _is_id(found.get("pk", "")):
        return {}
    return {} if found["pk"] in {str(row.note.pk) for row in notes} else found


def put_into(notes: Iterable[Row], typed: Typed) -> list[Row]:
    """The list, in which a form that was left half-way is open with its words, beside what stands."""
    return [_with_words(row, typed.get(row.draft, {})) for row in notes]


def _with_words(row: Row, typed: Mapping[str, Any]) -> Row:
    start = row.form.initial
    found = _words(typed, ("words", "belongs"))
    if not found.get("words", "").strip() or start | found == start:
        return row
    start |= found
    return replace(row, is_open=True)


def _words(typed: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {name: typed[name] for name in names if isinstance(typed.get(name), str)}


def _is_id(said: str) -> bool:
    try:
        UUID(said)
    except ValueError:
        return False
    return True
