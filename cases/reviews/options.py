"""What each option asks and gives: an option's name, and its points, each with the page it comes from. Pure."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.reviews.lines import lines

MOST = 12  # options of one plan
MOST_POINTS = 30  # of one option
LONGEST_NAME = 120
LONGEST = 600
NAMESPACE = uuid.UUID("6f1d9c1e-3f0b-4c55-9a70-0a2f0e6c8d11")


class Kind(TextChoices):
    """What a point says of its option."""

    IS = "is", gettext_lazy("What it is")
    FOR = "for", gettext_lazy("For")
    AGAINST = "against", gettext_lazy("Against")
    UNKNOWN = "unknown", gettext_lazy("Still not known")


@dataclass(frozen=True)
class Point:
    """One thing said of an option, and the page of the plan it comes from."""

    kind: str
    text: str
    page: int | None = None


@dataclass(frozen=True)
class Option:
    """`key` stays the option's while its name and points change: notes belong to it."""

    key: uuid.UUID
    name: str
    points: tuple[Point, ...] = ()


def from_text(text: str) -> list[Option]:
    """Options as they were written before, a line each: "Watching: It spares the operation. (page 2)"."""
    found: list[Option] = []
    for number, line in enumerate(lines(text)):
        point = Point(Kind.IS, line.text, line.page)
        if found and found[-1].name == line.heading:
            found[-1] = Option(found[-1].key, line.heading, (*found[-1].points, point))
        else:
            # The same words always make the same key, so that a draft is shown twice as the same options.
            found.append(Option(uuid.uuid5(NAMESPACE, f"{number} {line.heading}"), line.heading, (point,)))
    return found


def as_text(options: Iterable[Option]) -> str:
    """All of them as one text, to tell whether they changed; "" for none."""
    plain = [
        [str(option.key), option.name, [[point.kind, point.text, point.page] for point in option.points]]
        for option in options
    ]
    return json.dumps(plain) if plain else ""


def readable(options: Iterable[Option]) -> str:
    """The same for people, a point a line."""
    said = []
    for option in options:
        said.append(option.name or _("An option without a name"))
        for point in option.points:
            page = " " + _("(page %(page)s)") % {"page": point.page} if point.page else ""
            said.append(f"{Kind(point.kind).label}: {point.text}{page}")
    return "\n".join(said)


def frozen(options: Iterable[Option]) -> list[dict[str, str | int | None]]:
    """As a summary keeps them: a flat list, each point with its option's name as heading and its kind."""
    return [
        {"heading": option.name, "kind": point.kind, "text": point.text, "page": point.page}
        for option in options
        for point in option.points
    ]


def unfinished(options: Iterable[Option]) -> tuple[str, ...]:
    """Names of options of which nothing is said."""
    return tuple(option.name for option in options if not option.points)


def without_page(options: Iterable[Option]) -> int:
    """How many points for or against do not name their page."""
    return sum(
        point.page is None and point.kind in (Kind.FOR, Kind.AGAINST) for option in options for point in option.points
    )


def nameless(options: Iterable[Option]) -> bool:
    """Whether points for or against stand without the name of their option."""
    return any(not option.name and {point.kind for point in option.points} - {Kind.IS} for option in options)
