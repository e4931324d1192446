"""Somebody works here no more in a role: their calls need another of us."""

from bookings import asked_moves
from portal.accounts.models import User
from portal.actors import Actor


def left(person: User, role: str, to: User | None, *, by: Actor) -> None:
    """In the transaction in which it is said. A call cannot be handed on: hours of another are needed, and her word."""
    if role == User.Role.CONSULTANT:
        asked_moves.consultant_left(person, by=by)
