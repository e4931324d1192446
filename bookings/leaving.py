"""Somebody works here no more in a role: their calls need another of us."""

from bookings import asked_ending, asked_moves
from bookings.models import AskedHold, Practice
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor


def wait_for_bookings(person: User, *, by: Actor) -> None:
    """What is booked with them at this moment is there before their calls are looked at; what comes later is refused.

    Before the cases are locked, in the order of a booking.
    """
    Practice.objects.select_for_update(no_key=True).filter(pk=person.pk).first()


def left(person: User, role: str, to: User | None, *, by: Actor) -> None:
    """In the transaction in which it is said. A call cannot be handed on: hours of another are needed, and her word."""
    if role == User.Role.CONSULTANT:
        asked_moves.consultant_left(person, by=by)
        asked_ending.gone(AskedHold.objects.filter(consultant=person), clock.now(), by=by)
