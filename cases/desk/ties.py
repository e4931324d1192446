"""What the parts of the desk keep of the directory of offices, as one room."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from cases.case.models import Office
from cases.case.office_ties import Moved, Ties
from cases.desk.letters.ties import TIES as LETTERS
from cases.desk.links.ties import TIES as LINKS
from portal.actors import Actor

PARTS = (LINKS, LETTERS)


def cases_of(offices: Iterable[UUID]) -> set[UUID]:
    offices = list(offices)
    return {case for part in PARTS for case in part.cases_of(offices)}


def counted(office: Office) -> list[str]:
    return [words for part in PARTS for words in part.counted(office)]


def counted_back(office: Office, moved: Moved) -> list[str]:
    return [words for part in PARTS for words in part.counted_back(office, moved)]


def move(source: Office, target: Office, *, by: Actor) -> Moved:
    """Each part names its own tables, so that none takes another's rows back."""
    moved: Moved = {}
    for part in PARTS:
        moved |= part.move(source, target, by=by)
    return moved


def move_back(source: Office, target: Office, moved: Moved, *, by: Actor) -> None:
    for part in PARTS:
        part.move_back(source, target, moved, by=by)


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    for part in PARTS:
        part.follow(office, before, by=by)


TIES = Ties(
    columns=tuple(column for part in PARTS for column in part.columns),
    cases_of=cases_of,
    counted=counted,
    counted_back=counted_back,
    move=move,
    move_back=move_back,
    follow=follow,
)
