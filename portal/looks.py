"""Whose rows a page has found, and whether it wrote of the look itself. `portal.history.looks` notes the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Model


@dataclass
class Looked:
    """What one page came upon."""

    found: list[Model] = field(default_factory=list)
    told: set[UUID] = field(default_factory=set)  # cases, or patients where there is none, whose record tells of it


_page: ContextVar[Looked | None] = ContextVar("looked", default=None)


@contextmanager
def page() -> Iterator[Looked]:
    """While one page is made."""
    looked = Looked()
    token = _page.set(looked)
    try:
        yield looked
    finally:
        _page.reset(token)


def found(row: Model) -> None:
    """The page stands on this row."""
    if (looked := _page.get()) is not None:
        looked.found.append(row)


def told(whose: UUID | None) -> None:
    """This case's, or this patient's, record tells of the look already."""
    if whose is not None and (looked := _page.get()) is not None:
        looked.told.add(whose)
