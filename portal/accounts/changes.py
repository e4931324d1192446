"""Tells the rooms above when a person is reached another way, or loses a role: they register here, in their apps.py."""

from collections.abc import Set
from typing import Protocol

from portal.accounts.models import User
from portal.actors import Actor


class OfReach(Protocol):
    def __call__(self, person: User, changed: Set[str], *, by: Actor) -> object: ...


class OfAccess(Protocol):
    def __call__(self, person: User, *, by: Actor) -> object: ...


_of_reach: list[OfReach] = []
_of_access: list[OfAccess] = []


def on_reach_changed(listener: OfReach) -> None:
    """Call `listener(person, changed, by=actor)` in each transaction that changes how a person is reached."""
    if listener not in _of_reach:
        _of_reach.append(listener)


def reach_changed(person: User, changed: Set[str], *, by: Actor) -> None:
    for listener in _of_reach:
        listener(person, changed, by=by)


def on_access_changed(listener: OfAccess) -> None:
    """Call `listener(person, by=actor)` in each transaction that changes a role or closes an account."""
    if listener not in _of_access:
        _of_access.append(listener)


def access_changed(person: User, *, by: Actor) -> None:
    for listener in _of_access:
        listener(person, by=by)
