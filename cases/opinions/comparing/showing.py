"""The comparison as its page shows it: topic by topic, each line with its doctor, its page and who wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.case.models import Case
from cases.case.people import may, role_in
from cases.opinions.comparing import rules
from cases.opinions.comparing.forms import said
from cases.opinions.comparing.models import Point, Source
from cases.opinions.comparing.rules import OF_ONE, Topic
from cases.opinions.deciding.showing import Opinion
from portal import when

SIGNS = {Topic.FOR: ("for", "plus"), Topic.AGAINST: ("against", "minus")}


@dataclass(frozen=True)
class Line:
    """One line. `sources`: the words "Dr. Keller, page 2" with where that page opens, "" where no file is here."""

    point: Point
    sources: tuple[tuple[str, str], ...]
    may_change: bool


@dataclass(frozen=True)
class Cell:
    doctor: str
    number: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Row:
    topic: Topic
    sign: str
    icon: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Comparison:
    rows: tuple[Row, ...]
    agree: tuple[Line, ...]
    differ: tuple[Line, ...]
    removed: tuple[Point, ...]
    written_by: str
    is_empty: bool


def of_case(case: Case, reader: Any, opinions: Sequence[Opinion]) -> Comparison:
    """All lines of a case. Three queries, however many they are."""
    points = list(
        Point.objects.visible_to(reader)
        .filter(case=case)
        .select_related("put_in_by", "changed_by")
        .prefetch_related(Prefetch("sources", Source.objects.order_by("role")))
        .order_by("put_in_at", "pk")
    )
    for point in points:
        point.case = case
    role = role_in(case, reader) if may("write_opinions", case, reader) else ""
    named = {each.role: each for each in opinions}
    lines = {point.pk: _line(point, named, role, reader) for point in points}
    standing = [point for point in points if point.removed_at is None]
    of_topic = {topic: tuple(lines[each.pk] for each in standing if each.topic == topic) for topic in Topic}
    return Comparison(
        rows=tuple(_row(topic, of_topic[topic], opinions) for topic in OF_ONE if of_topic[topic]),
        agree=of_topic[Topic.AGREE],
        differ=of_topic[Topic.DIFFER],
        removed=tuple(point for point in points if point.removed_at and lines[point.pk].may_change),
        written_by=_written_by(standing, reader),
        is_empty=not standing,
    )


def _row(topic: Topic, lines: Sequence[Line], opinions: Sequence[Opinion]) -> Row:
    cells = tuple(
        Cell(each.doctor, each.number, tuple(line for line in lines if line.point.role == each.role))
        for each in opinions
    )
    return Row(topic, *SIGNS.get(topic, ("", "")), cells)


def _line(point: Point, named: Mapping[str, Opinion], role: str, reader: Any) -> Line:
    is_mine = bool(role) and rules.may_change(role, point.put_in_by_id == reader.pk)
    order = list(named)
    sources = sorted(point.sources.all(), key=lambda each: order.index(each.role) if each.role in order else len(order))
    return Line(point, tuple(_source(each, named.get(each.role)) for each in sources), is_mine)


def _source(source: Source, opinion: Opinion | None) -> tuple[str, str]:
    """The page opens in the one paper of that doctor that is here; with several nobody guesses in which."""
    pages = ngettext("page %(pages)s", "pages %(pages)s", 2 if source.page_to else 1)
    words = {"name": opinion.doctor if opinion else "?", "page": pages % {"pages": said(source.page, source.page_to)}}
    paper = opinion.papers[0] if opinion and len(opinion.papers) == 1 else None
    href = f"{paper.get_absolute_url()}?page={source.page}#page-{source.page}" if paper else ""
    return _("%(name)s, %(page)s") % words, href


def _written_by(points: Sequence[Point], reader: Any) -> str:
    """Who wrote it and when it was last touched."""
    if not points:
        return ""
    people: dict[UUID, str] = {}
    for point in points:
        for person in (point.put_in_by, point.changed_by):
            if person:
                people.setdefault(person.pk, _("you") if person == reader else person.name)
    last = max(point.changed_at or point.put_in_at for point in points)
    names = ", ".join(people.values())
    return _("Written by %(names)s, last on %(day)s.") % {"names": names, "day": when.month_day(last, year=True)}
