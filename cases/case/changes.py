"""Tells the rooms above when the planned start of treatment moves: they register here, in their apps.py."""

from collections.abc import Callable

from cases.case.models import Case
from portal.actors import Actor

Listener = Callable[[Case, Actor], object]
_listeners: list[Listener] = []


def on_treatment_moved(listener: Listener) -> None:
    """Call `listener(case, by)` in each transaction that changes the day."""
    if listener not in _listeners:
        _listeners.append(listener)


def treatment_moved(case: Case, by: Actor) -> None:
    for listener in _listeners:
        listener(case, by)
