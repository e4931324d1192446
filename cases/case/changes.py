"""Tells the rooms above when the planned start of treatment moves: they register here, in their apps.py."""

from typing import Protocol

from cases.case.models import Case
from portal.actors import Actor


class Listener(Protocol):
    def __call__(self, case: Case, *, by: Actor) -> object: ...


_listeners: list[Listener] = []


def on_treatment_moved(listener: Listener) -> None:
    """Call `listener(case, by=actor)` in each transaction that changes the day."""
    if listener not in _listeners:
        _listeners.append(listener)


def treatment_moved(case: Case, *, by: Actor) -> None:
    for listener in _listeners:
        listener(case, by=by)
