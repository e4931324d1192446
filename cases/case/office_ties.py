"""What the rooms above keep about offices: each says so here, in its apps.py, so that an entry can change or merge.

Naming an office in a case and merging or changing one must not cross. Whoever names one holds the case first, then
shares one lock; a merge or change holds every case that names the entry, then takes that lock alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Field, QuerySet
from django.utils.translation import gettext as _

from cases.case.models import Case, CaseClinician, Clinician, Office
from portal.actors import Actor
from portal.errors import Refused

NAMING = 0x0FF1CE  # the key of the one lock, among PostgreSQL's advisory locks
TRIES = 5


class Follow(Protocol):
    """Live by what an entry says now; `before` is what it said, by field that was changed. Every case is locked."""

    def __call__(self, office: Office, before: Mapping[str, Any], *, by: Actor) -> object: ...


Moved = dict[str, list[str]]  # ids by table, fit for JSON


class Move(Protocol):
    """Let every row that names `source` name `target`, and live by it. Answers which. Every case is locked."""

    def __call__(self, source: Office, target: Office, *, by: Actor) -> Moved: ...


class MoveBack(Protocol):
    """Let those of the rows that still name `target` name `source` again. Every case is locked."""

    def __call__(self, source: Office, target: Office, moved: Moved, *, by: Actor) -> object: ...


@dataclass(frozen=True)
class Ties:
    """What one room keeps: its columns that name an office, and what to do about them."""

    columns: tuple[Field, ...]
    cases_of: Callable[[Iterable[UUID]], Iterable[UUID]]
    counted: Callable[[Office], list[str]]  # "2 records", for the preview of a merge
    counted_back: Callable[[Office, Moved], list[str]]  # the same of what still names the entry that stands
    move: Move
    move_back: MoveBack
    follow: Follow

    @property
    def room(self) -> str:
        return self.columns[0].model._meta.app_label


@dataclass(frozen=True)
class Rows:
    """The rows of one column that names an office: whose they are, and what a merge counts and takes back of them."""

    field: Field
    case: str  # the path to their case
    key: str  # under which a merge notes them
    called: Callable[[int], str]  # "2 letters", by their number

    def of(self, office: Office) -> QuerySet[Any]:
        return self.field.model._default_manager.filter(**{self.field.name: office})

    def still(self, office: Office, moved: Moved) -> QuerySet[Any]:
        """Of what was moved, what names this entry: the rest was given to another since."""
        return self.of(office).filter(pk__in=moved.get(self.key, []))

    def cases_of(self, offices: Iterable[UUID]) -> set[UUID]:
        found = self.field.model._default_manager.filter(**{f"{self.field.name}__in": list(offices)})
        return set(found.values_list(self.case, flat=True))

    def counted(self, office: Office) -> list[str]:
        return self._counted(self.of(office))

    def counted_back(self, office: Office, moved: Moved) -> list[str]:
        return self._counted(self.still(office, moved))

    def _counted(self, found: QuerySet[Any]) -> list[str]:
        count = found.count()
        return [self.called(count)] if count else []


_rooms: list[Ties] = []


def register(ties: Ties) -> None:
    if ties not in _rooms:
        _rooms.append(ties)


def rooms() -> tuple[Ties, ...]:
    return tuple(_rooms)


def move(source: Office, target: Office, *, by: Actor) -> dict[str, Moved]:
    """Let all that names `source` name `target`; answers what moved, by room. The caller holds the lock."""
    doctors = Clinician.objects.filter(office=source)
    # Flat: every entry that was ever merged leads to one that stands, in one step.
    entries = Office.objects.filter(merged_into=source)
    own = {"doctors": ids(doctors), "entries": ids(entries)}
    doctors.update(office=target)
    entries.update(merged_into=target)
    return {"case": own} | {room.room: room.move(source, target, by=by) for room in _rooms}


def move_back(source: Office, target: Office, moved: Mapping[str, Moved], *, by: Actor) -> None:
    """Let what was moved and still names `target` name `source` again. The caller holds the lock."""
    own = moved["case"]
    Clinician.objects.filter(pk__in=own["doctors"], office=target).update(office=source)
    Office.objects.filter(pk__in=own["entries"], merged_into=target).update(merged_into=source)
    for room in _rooms:
        if room.room in moved:
            room.move_back(source, target, moved[room.room], by=by)


def ids(rows: QuerySet[Any]) -> list[str]:
    return [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]


def columns() -> set[Any]:
    """Every column that a merge moves, this room's own among them."""
    own = {Clinician._meta.get_field("office"), Office._meta.get_field("merged_into")}
    return own | {column for room in _rooms for column in room.columns}


def cases_of(offices: Iterable[UUID]) -> set[UUID]:
    """The cases that name one of the offices, or were the first to."""
    offices = list(offices)
    found = set(CaseClinician.objects.filter(clinician__office__in=offices).values_list("case", flat=True))
    found |= set(Office.objects.filter(pk__in=offices, for_case__isnull=False).values_list("for_case", flat=True))
    return found.union(*(room.cases_of(offices) for room in _rooms))


class _OneMoreCase(Exception):
    """Somebody named the office between our look and our lock."""


def lock(*offices: UUID) -> tuple[dict[UUID, Office], set[UUID]]:
    """The offices and the cases that name them, locked. Raises Refused when they keep being named meanwhile."""
    for _try in range(TRIES):
        cases = cases_of(offices)
        try:
            with transaction.atomic():  # taken back, it gives its locks back
                list(Case.objects.select_for_update(no_key=True).filter(pk__in=cases).order_by("pk").values("pk"))
                _take("pg_advisory_xact_lock")
                if not cases_of(offices) <= cases:
                    raise _OneMoreCase
                rows = Office.objects.select_for_update(of=("self",)).filter(pk__in=offices).order_by("pk")
                return {office.pk: office for office in rows}, cases
        except _OneMoreCase:
            continue
    raise Refused(_("Others work with this office right now. Press once more."), code="state")


def standing(office: Office) -> Office:
    """The entry that stands for this office now, safe from merging until the transaction ends.

    Call it under the case's lock, before the case is made to name the office.
    """
    _take("pg_advisory_xact_lock_shared")
    found = Office.objects.select_related("merged_into").get(pk=office.pk)
    return found.merged_into or found


def differs(office: Office, details: Mapping[str, Any]) -> set[str]:
    """The names of what an entry does not say yet."""
    return {name for name, value in details.items() if getattr(office, name) != value}


def set_details(office: Office, details: Mapping[str, Any]) -> dict[str, Any]:
    """Write what differs; answers what it said before, by field. The caller holds the lock."""
    before = {name: getattr(office, name) for name in differs(office, details)}
    for name in before:
        setattr(office, name, details[name])
    if before:
        office.save(update_fields=before)
    return before


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """Tell the rooms above what of an entry has changed. The caller holds the lock."""
    for room in _rooms:
        room.follow(office, before, by=by)


def _take(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [NAMING])
