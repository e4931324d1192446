"""The comparison as its page shows it: topic by topic, each line with its doctor, its page and who wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case.models import Case
from cases.case.people import CONSULTANT, COORDINATOR, HELPER, PATIENT, may, role_in
from cases.opinions.comparing import rules
from cases.opinions.comparing.forms import said
from cases.opinions.comparing.models import Point, Source
from cases.opinions.comparing.rules import OF_ONE, Topic
from cases.opinions.deciding.showing import Opinion
from portal import when

SIGNS = {Topic.FOR: ("for", "plus"), Topic.AGAINST: ("against", "minus")}

AS_WHAT: dict[str, Promise] = {
    PATIENT: gettext_lazy("patient"),
    HELPER: gettext_lazy("helper"),
    CONSULTANT: gettext_lazy("consultant"),
    COORDINATOR: gettext_lazy("coordinator"),
}


@dataclass(frozen=True)
class Line:
    """One line. `sources`: the words "Dr. Keller, page 2" with where that page opens, "" where no file is here.
    `mark`: who entered it and when, "" where one sentence says it of all.
    """

    point: Point
    sources: tuple[tuple[str, str], ...]
    may_change: bool
    mark: str


@dataclass(frozen=True)
class Cell:
    """What stands under a doctor. `before`: lines of those who were named in this role before, by their name."""

    doctor: str
    number: int
    lines: tuple[Line, ...]
    before: tuple[tuple[str, tuple[Line, ...]], ...]


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

    @property
    def written(self) -> set[int]:
        """The numbers of the doctors of whom something stands, said by themselves."""
        return {cell.number for row in self.rows for cell in row.cells if cell.lines}


def of_case(case: Case, reader: Any, opinions: Sequence[Opinion]) -> Comparison:
    """All lines of a case. Three queries, however many they are."""
    if case.key.destroyed_at:  # erased: no line has words any more
        return Comparison(rows=(), agree=(), differ=(), removed=(), written_by="", is_empty=True)
    points = list(
        Point.objects.visible_to(reader)
        .filter(case=case)
        .select_related("put_in_by", "changed_by")
        .prefetch_related(Prefetch("sources", Source.objects.select_related("clinician").order_by("role")))
        .order_by("put_in_at", "pk")
    )
    for point in points:
        point.case = case
    may_write = may("write_opinions", case, reader) and case.state != Case.State.CLOSED
    role = role_in(case, reader) if may_write else ""
    named = {each.role: each for each in opinions}
    standing = [point for point in points if point.removed_at is None]
    is_mixed = len({(each.put_in_by_id, each.put_in_as) for each in standing} | _others(standing)) > 1
    marks = {point.pk: _mark(point, reader) for point in standing if is_mixed}
    lines = {point.pk: _line(point, named, role, reader, marks.get(point.pk, "")) for point in points}
    of_topic = {topic: tuple(lines[each.pk] for each in standing if each.topic == topic) for topic in Topic}
    return Comparison(
        rows=tuple(_row(topic, of_topic[topic], opinions) for topic in OF_ONE if of_topic[topic]),
        agree=of_topic[Topic.AGREE],
        differ=of_topic[Topic.DIFFER],
        removed=tuple(point for point in points if point.removed_at and lines[point.pk].may_change),
        written_by="" if is_mixed else _written_by(standing, reader),
        is_empty=not standing,
    )


def _row(topic: Topic, lines: Sequence[Line], opinions: Sequence[Opinion]) -> Row:
    return Row(topic, *SIGNS.get(topic, ("", "")), tuple(_cell(lines, each) for each in opinions))


def _cell(lines: Sequence[Line], opinion: Opinion) -> Cell:
    own: list[Line] = []
    before: dict[str, list[Line]] = {}
    for line in lines:
        if line.point.role != opinion.role:
            continue
        [source] = line.point.sources.all()
        is_theirs = opinion.link.clinician.is_called(source.clinician.name)
        (own if is_theirs else before.setdefault(source.clinician.name, [])).append(line)
    return Cell(
        opinion.doctor, opinion.number, tuple(own), tuple((name, tuple(found)) for name, found in before.items())
    )


def _line(point: Point, named: Mapping[str, Opinion], role: str, reader: Any, mark: str) -> Line:
    is_mine = bool(role) and rules.may_change(role, point.put_in_by_id == reader.pk)
    order = list(named)
    sources = sorted(point.sources.all(), key=lambda each: order.index(each.role) if each.role in order else len(order))
    return Line(point, tuple(_source(each, named.get(each.role)) for each in sources), is_mine, mark)


def _source(source: Source, opinion: Opinion | None) -> tuple[str, str]:
    """The page opens in the one paper of that doctor that is here; with several, or with another doctor in that role
    since, nobody guesses in which.
    """
    is_theirs = opinion is not None and opinion.link.clinician.is_called(source.clinician.name)
    paper = opinion.papers[0] if opinion and is_theirs and len(opinion.papers) == 1 else None
    href = f"{paper.get_absolute_url()}?page={source.page}#page-{source.page}" if paper else ""
    return source_words(source), href


def source_words(source: Source) -> str:
    """ "Dr. Keller, page 2"."""
    pages = ngettext("page %(pages)s", "pages %(pages)s", 2 if source.page_to else 1)
    page = pages % {"pages": said(source.page, source.page_to)}
    return _("%(name)s, %(page)s") % {"name": source.clinician.name, "page": page}


def _others(points: Sequence[Point]) -> set[tuple[Any, str]]:
    """Who changed a line that somebody else had entered."""
    return {(each.changed_by_id, "") for each in points if each.changed_by_id not in {None, each.put_in_by_id}}


def _mark(point: Point, reader: Any) -> str:
    """Who entered this line and as what, and who changed it last."""
    said = {"name": _name(point, reader), "day": when.month_day(point.put_in_at, year=True)}
    entered = _("Entered by %(name)s, %(day)s.") % said
    if point.changed_by is None or point.changed_at is None:
        return entered
    name = _("you") if point.changed_by == reader else point.changed_by.name
    changed = {"name": name, "day": when.month_day(point.changed_at, year=True)}
    return f"{entered} {_('Changed by %(name)s, %(day)s.') % changed}"


def _name(point: Point, reader: Any) -> str:
    """ "you", or "Joanne Pike, consultant": as what she was of the case when she entered it."""
    if point.put_in_by == reader:
        return _("you")
    return _("%(name)s, %(role)s") % {"name": point.put_in_by.name, "role": AS_WHAT[point.put_in_as]}


def _written_by(points: Sequence[Point], reader: Any) -> str:
    """Who wrote all of it, and when it was last touched."""
    if not points:
        return ""
    last = max(point.changed_at or point.put_in_at for point in points)
    said = {"name": _name(points[0], reader), "day": when.month_day(last, year=True)}
    return _("Written by %(name)s, last on %(day)s.") % said
