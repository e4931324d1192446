"""What a file can be: the plan, a kind of record, or something else. The room above adds its kinds in its apps.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.documents.models import OTHER, PLAN


@dataclass(frozen=True)
class Subject:
    """`place` is its number in lists and addresses: a number tells a bystander nothing."""

    code: str
    name: str
    what: str = ""
    place: int = 0


Source = Callable[[], Iterable[Subject]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Call `source()` for the kinds of record whenever people choose what a file is."""
    if source not in _sources:
        _sources.append(source)


def records() -> list[Subject]:
    return [subject for source in _sources for subject in source()]


def choices() -> list[Subject]:
    """Everything that a file can be, in the order of lists."""
    plan = Subject(PLAN, _("Treatment plan"))
    return [plan, *records(), Subject(OTHER, _("Something else"))]


def at(place: int) -> Subject | None:
    """The kind of record at a place of the list."""
    return next((subject for subject in records() if subject.place == place), None)
