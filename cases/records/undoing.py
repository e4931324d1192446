"""One step back: how a row stood before its last move, kept on the row itself."""

from datetime import datetime
from typing import TypeVar

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


def keep(thing: Undoable, *, now: datetime, by: Actor) -> None:
    """Note how the row stands, just before a move changes it. The caller saves it."""
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
