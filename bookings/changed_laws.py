"""Calls whose hour a changed law on clocks has moved away: found, moved to what was promised, both people told.

A call keeps beside its instant the wall time and zone that were promised. When newer rules of that zone make another
instant of these, the promise holds and the instant follows. Safe to run again: what is right is left alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction

from bookings import actions, follow_up, slots
from bookings.models import Consultation, Reservation
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.actions import record


class Outcome(StrEnum):
    MOVED = "moved"
    IN_THE_WAY = "another call is in the way"
    NO_SUCH_TIME = "the clock skips this time now, or shows it twice"
    PASSED = "that time has passed already"


@dataclass(frozen=True)
class Found:
    """One call that is not when it was promised; without `right_at`, no instant can be told."""

    call: Consultation
    right_at: datetime | None

    @property
    def shift(self) -> timedelta:
        return self.right_at - self.call.starts_at if self.right_at else timedelta()


def found(now: datetime) -> list[Found]:
    """The booked calls to come whose instant is not the promised wall time any more, soonest first."""
    calls = Consultation.objects.booked().filter(starts_at__gt=now).order_by("starts_at")
    wrong = []
    for call in calls.select_related("case", "patient", "consultant", "service"):
        promised = datetime.fromisoformat(call.wall_at)
        if call.starts_at.astimezone(call.zone).replace(tzinfo=None) != promised:
            wrong.append(Found(call, slots.instant(promised, call.zone)))
    return wrong


def put_right(consultant: User, *, by: Actor) -> list[tuple[Found, Outcome]]:
    """Move a consultant's calls to the hour that was promised. Who is moved later goes last, so that calls one after
    the other make room for each other.
    """
    now = clock.now()
    with transaction.atomic():
        actions.let_go_expired(actions.lock_practice(consultant), now)
        wrong = [one for one in found(now) if one.call.consultant_id == consultant.pk]
        return [(one, _move(one, now, by)) for one in _in_order(wrong)]


def _in_order(wrong: list[Found]) -> Iterable[Found]:
    earlier = [one for one in wrong if one.shift <= timedelta()]
    later = [one for one in wrong if one.shift > timedelta()]
    return [*earlier, *reversed(later)]


def _move(one: Found, now: datetime, by: Actor) -> Outcome:
    if one.right_at is None:
        return Outcome.NO_SUCH_TIME
    if one.right_at <= now:
        return Outcome.PASSED
    try:
        with transaction.atomic():
            call = Consultation.objects.select_for_update(of=("self",)).get(pk=one.call.pk)
            call.starts_at, call.ends_at = call.starts_at + one.shift, call.ends_at + one.shift
            call.version += 1
            call.save(update_fields=["starts_at", "ends_at", "version"])
            _shift_reservations(call, one.shift)
            follow_up.clocks_changed(call, now)
            record(by, "consultation.clocks_changed", call, patient=call.patient_id, case=call.case_id)
    except IntegrityError as error:
        if isinstance(error.__cause__, actions.RIVALS):
            return Outcome.IN_THE_WAY
        raise
    return Outcome.MOVED


def _shift_reservations(call: Consultation, shift: timedelta) -> None:
    """Its stretches, as long as they were: written anew, since one of its own would be in the other's way."""
    kept = list(call.reservations.all())
    call.reservations.all().delete()
    for row in kept:
        row.starts_at, row.ends_at = row.starts_at + shift, row.ends_at + shift
    Reservation.objects.bulk_create(
        Reservation(
            consultant_id=row.consultant_id,
            kind=row.kind,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            consultation=call,
            note=row.note,
        )
        for row in kept
    )
