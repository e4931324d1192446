"""Tells the rooms above that a call was booked, in the same transaction: they register here, in their apps.py."""

from typing import Protocol

from bookings.models import Consultation
from portal.actors import Actor


class OfCall(Protocol):
    def __call__(self, call: Consultation, *, by: Actor) -> object: ...


_of_calls: list[OfCall] = []


def on_booked(listener: OfCall) -> None:
    """Call `listener(call, by=actor)` in each transaction that books one."""
    if listener not in _of_calls:
        _of_calls.append(listener)


def booked(call: Consultation, *, by: Actor) -> None:
    for listener in _of_calls:
        listener(call, by=by)
