"""Tells the rooms above that a call was booked, in the same transaction, and asks them what stands on its page besides.

They register here, in their apps.py.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from django.http import HttpRequest

from bookings.models import Consultation
from portal.actors import Actor


class OfCall(Protocol):
    def __call__(self, call: Consultation, *, by: Actor) -> object: ...


class Moved(Protocol):
    def __call__(self, call: Consultation, before: datetime, *, by: Actor) -> object: ...


Asking = Callable[[Consultation, Any], list[str]]

Part = Callable[[Consultation, HttpRequest], dict[str, Any] | None]

_parts: list[Part] = []
_of_calls: list[OfCall] = []
_of_moves: list[Moved] = []
_asking: list[Asking] = []


def on_booked(listener: OfCall) -> None:
    """Call `listener(call, by=actor)` in each transaction that books one."""
    if listener not in _of_calls:
        _of_calls.append(listener)


def booked(call: Consultation, *, by: Actor) -> None:
    for listener in _of_calls:
        listener(call, by=by)


def on_moved(listener: Moved) -> None:
    """Call `listener(call, before, by=actor)` in each transaction that moves one; `before` is when it was to start."""
    if listener not in _of_moves:
        _of_moves.append(listener)


def moved(call: Consultation, before: datetime, *, by: Actor) -> None:
    for listener in _of_moves:
        listener(call, before, by=by)


def says_what_is_asked(teller: Asking) -> None:
    """`teller(call, user)` says what the patient wants from a call, as far as this person may read it."""
    if teller not in _asking:
        _asking.append(teller)


def asked_in(call: Consultation, user: Any) -> list[str]:
    return [line for teller in _asking for line in teller(call, user)]


def stands_on_page(part: Part) -> None:
    """`part(call, request)` is what a room above shows on the page of a call: its `template`, and what that takes as
    `part`; None for nothing.
    """
    if part not in _parts:
        _parts.append(part)


def parts_of(call: Consultation, request: HttpRequest) -> list[dict[str, Any]]:
    return [found for part in _parts if (found := part(call, request))]
