"""One step back: how a row stood before its last move, kept on the row itself."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from cases.case.actions import must_be_theirs
from cases.case.models import Case
from cases.records.models import RecordItem, Referral, ReportLoop, Undoable, Visit
from portal.actors import Actor

KEPT: dict[type[Undoable], tuple[str, ...]] = {
    Visit: ("state", "on_date", "at_time", "way", "booked_at"),
    Referral: ("state", "known_by", "asked_on", "answered_on", "sent_on"),
    RecordItem: (
        "state",
        "need",
        "stopped_in",
        "route",
        "known_by",
        "asked_by_us",
        "asked_on",
        "acknowledged_on",
        "chased_on",
        "held_on",
        "sent_on",
        "arrived_on",
        "opens_on",
        "carrier",
        "tracking",
        "due_back_on",
        "back_on",
    ),
    ReportLoop: (
        "state",
        "known_by",
        "came",
        "asked_on",
        "sent_on",
        "missed_on",
        "received_on",
        "confirmed_on",
        "no_use_at",
    ),
}
MOVED = ("moved_at", "moved_by", "before")
Thing = TypeVar("Thing", bound=Undoable)


def register(model: type[Undoable], names: tuple[str, ...]) -> None:
    """For rooms above, in their apps.py: which fields of their model go one step back."""
    KEPT[model] = names


def take_over(thing: Undoable, *, by: Actor) -> None:
    """A person or an office changes the row: it is theirs from now on, out of sight of whoever only began the case
    and put it in. Raises Refused where such a one changes what others put in. The caller saves it.
    """
    if thing.put_in_by_id and by.kind == "system":
        return  # follows what somebody put in, and says whose that is: `pass_on`
    case = _case_of(thing)
    must_be_theirs(case, thing.put_in_by_id, by)
    thing.put_in_by_id = by.user.pk if by.user else None


def pass_on(thing: Undoable, owner: UUID | None) -> None:
    """The row tells from now on of something that another put in than the row itself: it is `owner`'s."""
    if thing.put_in_by_id != owner:
        thing.put_in_by_id = owner
        thing.save(update_fields=["put_in_by"])


def _case_of(thing: Any) -> Case:
    return thing.case if hasattr(thing, "case_id") else thing.visit.case  # type: ignore[no-any-return]


def keep(thing: Undoable, *, now: datetime, by: Actor) -> None:
    """Note how the row stands, just before a move changes it. The caller saves it."""
    take_over(thing, by=by)
    thing.before = {name: _plain(thing, name) for name in KEPT[type(thing)]}
    thing.moved_at, thing.moved_by = now, by.user


def put_back(thing: Thing) -> list[str]:
    """Set the fields back to how they stood before; returns the names of the fields to save."""
    before = thing.before or {}
    for name, value in before.items():
        setattr(thing, name, thing._meta.get_field(name).to_python(value))
    thing.before = thing.moved_at = thing.moved_by = None
    return [*before, *MOVED]


def _plain(thing: Undoable, name: str) -> object:
    value = getattr(thing, name)
    return value.isoformat() if hasattr(value, "isoformat") else value
