"""Tells the rooms above when a person is reached another way, loses a role or leaves: they register in apps.py."""

from collections.abc import Set
from typing import Protocol

from portal.accounts.models import User
from portal.actors import Actor


class OfReach(Protocol):
    def __call__(self, person: User, changed: Set[str], *, by: Actor) -> object: ...


class OfAccess(Protocol):
    def __call__(self, person: User, *, by: Actor) -> object: ...


class OfLeaving(Protocol):
    def __call__(self, person: User, role: str, to: User | None, *, by: Actor) -> object: ...


_of_leaving: list[OfLeaving] = []
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


def on_left(listener: OfLeaving) -> None:
    """Call `listener(person, role, to, by=actor)` in each transaction in which somebody stops working here in a role;
    `to` is the colleague who takes over, if one is named.
    """
    if listener not in _of_leaving:
        _of_leaving.append(listener)


def left(person: User, role: str, to: User | None, *, by: Actor) -> None:
    for listener in _of_leaving:
        listener(person, role, to, by=by)
