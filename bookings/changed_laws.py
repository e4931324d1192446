"""Calls, and times that wait for a yes, whose hour a changed law on clocks has moved away: found, moved to what was
promised, both people told; what cannot be moved is asked of a coordinator.

Each keeps beside its instant the wall time and zone that were promised. When newer rules of that zone make another
instant of these, the promise holds and the instant follows. Safe to run again: what is right is left alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions, asked_ending, asked_notices, follow_up, rules, slots
from bookings.asked_moves import CLOCKS_LEFT
from bookings.models import AskedHold, Consultation, Reservation
from cases.case.actions import ask_to_do, drop_to_dos
from cases.case.models import ToDo
from portal import clock, when
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.actions import record
from portal.texts.words import organisation


class Outcome(StrEnum):
    MOVED = "moved"
    ENDED = "free again: nobody could answer in time any more"
    IN_THE_WAY = "another call is in the way"
    NO_SUCH_TIME = "the clock skips this time now, or shows it twice"
    PASSED = "that time has passed already"
    ANSWERED = "answered, or taken back, meanwhile"


DONE = (Outcome.MOVED, Outcome.ENDED, Outcome.ANSWERED)
FARTHEST = timedelta(days=2)  # a zone may change the side of the date line
# What a coordinator reads of one that is left.
WHY_LEFT = {
    Outcome.IN_THE_WAY: gettext_lazy("Another call is at that time now."),
    Outcome.NO_SUCH_TIME: gettext_lazy("The clock skips that time now, or shows it twice."),
    Outcome.PASSED: gettext_lazy("That time is over."),
}


@dataclass(frozen=True)
class Found:
    """A call, or a time that waits for a yes, that is not when it was promised; without `right_at`, no instant can be
    told.
    """

    thing: Consultation | AskedHold
    right_at: datetime | None

    @property
    def shift(self) -> timedelta:
        return self.right_at - self.thing.starts_at if self.right_at else timedelta()

    @property
    def name(self) -> str:
        """What it is called in a list: a call by its reference, what only waits by its case's."""
        return self.thing.reference if isinstance(self.thing, Consultation) else self.thing.case.reference


def found(now: datetime, consultant: UUID | None = None) -> list[Found]:
    """What is to come and whose instant is not the promised wall time any more, soonest first. A call that was kept too
    early is still to come while the promised hour is.
    """
    parts = ("case__patient", "patient", "consultant", "service")
    calls = Consultation.objects.booked().filter(starts_at__gt=now - FARTHEST).select_related(*parts)
    asked = AskedHold.objects.waiting().filter(until__gt=now).exclude(wall_at="").select_related(*parts, "asked_by")
    if consultant is not None:
        calls, asked = calls.filter(consultant=consultant), asked.filter(consultant=consultant)
    wrong = []
    for thing in sorted([*calls, *asked], key=lambda each: each.starts_at):
        promised = datetime.fromisoformat(thing.wall_at)
        if thing.starts_at.astimezone(thing.zone).replace(tzinfo=None) != promised:
            right_at = slots.instant(promised, thing.zone)
            if max(thing.starts_at, right_at or thing.starts_at) > now:
                wrong.append(Found(thing, right_at))
    return wrong


def put_all_right(*, by: Actor) -> list[tuple[Found, Outcome]]:
    """Move everything that was found. Calls of one patient with two consultants may be in each other's way until one of
    them has moved: it goes round until a round moves nothing. What is left then is asked of a coordinator.
    """
    done: list[tuple[Found, Outcome]] = []
    while True:
        consultants = {one.thing.consultant_id: one.thing.consultant for one in found(clock.now())}
        answers = [answer for each in consultants.values() for answer in put_right(each, by=by)]
        settled = [answer for answer in answers if answer[1] in DONE]
        done += settled
        if not settled:
            break
    for one, outcome in answers:
        _ask_a_coordinator(one, outcome, by)
    return [*done, *answers]


def _ask_a_coordinator(one: Found, outcome: Outcome, by: Actor) -> None:
    """Once: whoever said that it is settled is not asked again."""
    thing = one.thing
    if ToDo.objects.filter(kind=CLOCKS_LEFT, about_id=str(thing.pk), done_by__isnull=False).exists():
        return
    promised = datetime.fromisoformat(thing.wall_at)
    said = {
        "day": when.day(promised.date()),
        "time": when.clock_time(promised.time()),
        "zone": when.zone_name(thing.zone),
        "why": WHY_LEFT[outcome],
    }
    note = _("Promised for %(day)s at %(time)s, %(zone)s. %(why)s") % said
    today = organisation().today()
    ask_to_do(CLOCKS_LEFT, thing, case=thing.case, due_on=today, note=note, newest_counts=True, by=by)


def put_right(consultant: User, *, by: Actor) -> list[tuple[Found, Outcome]]:
    """Move a consultant's calls, and what is held for a yes, to the hour that was promised. Who is moved later goes
    last, so that calls one after the other make room for each other.
    """
    now = clock.now()
    with transaction.atomic():
        actions.let_go_expired(actions.lock_practice(consultant), now)
        return [(one, _move(one, now, by)) for one in _in_order(found(now, consultant.pk))]


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
            if isinstance(one.thing, Consultation):
                return _move_call(one.thing, one.shift, now, by)
            return _move_asked(one.thing, one.shift, now, by)
    except IntegrityError as error:
        if isinstance(error.__cause__, actions.RIVALS):
            return Outcome.IN_THE_WAY
        raise


def _move_call(call: Consultation, shift: timedelta, now: datetime, by: Actor) -> Outcome:
    call = Consultation.objects.select_for_update(of=("self",)).get(pk=call.pk)
    call.starts_at, call.ends_at = call.starts_at + shift, call.ends_at + shift
    call.version += 1
    call.save(update_fields=["starts_at", "ends_at", "version"])
    _shift_reservations(call, shift)
    drop_to_dos(call, CLOCKS_LEFT, by=by)
    follow_up.clocks_changed(call, now)
    record(by, "consultation.clocks_changed", call, patient=call.patient_id, case=call.case_id)
    return Outcome.MOVED


def _move_asked(asked: AskedHold, shift: timedelta, now: datetime, by: Actor) -> Outcome:
    """A time that waits for a yes; one that would begin before anybody can answer is free again."""
    parts = ("case__patient", "patient", "consultant", "asked_by")
    asked = AskedHold.objects.select_for_update(of=("self",)).select_related(*parts).get(pk=asked.pk)
    if not asked.is_waiting:
        return Outcome.ANSWERED
    until = min(asked.until, rules.asked_until(asked.starts_at + shift, asked.asked_at))
    if until <= now:
        asked_ending.settle(asked, AskedHold.State.EXPIRED, now, by)
        record(by, "hold.expired", asked, patient=asked.patient_id, case=asked.case_id)
        return Outcome.ENDED
    asked.starts_at, asked.until = asked.starts_at + shift, until
    asked.version += 1
    asked.save(update_fields=["starts_at", "until", "version"])
    _shift_reservations(asked, shift)
    drop_to_dos(asked, CLOCKS_LEFT, by=by)
    asked_notices.clocks_changed(asked, now)
    record(by, "hold.clocks_changed", asked, patient=asked.patient_id, case=asked.case_id)
    return Outcome.MOVED


def _shift_reservations(thing: Consultation | AskedHold, shift: timedelta) -> None:
    """Its stretches, as long as they were: written anew, since one of its own would be in the other's way. A
    preparation that was moved elsewhere stays there, unless the call would lie over it now.
    """
    kept = [row for row in thing.reservations.all() if not _is_elsewhere(row, thing, shift)]
    thing.reservations.filter(pk__in=[row.pk for row in kept]).delete()
    for row in kept:
        row.pk, row._state.adding = None, True
        row.starts_at, row.ends_at = row.starts_at + shift, row.ends_at + shift
    Reservation.objects.bulk_create(kept)


def _is_elsewhere(row: Reservation, thing: Consultation | AskedHold, shift: timedelta) -> bool:
    """Whether it is a preparation that does not lead up to where the call was, and ends before the call begins now."""
    before = thing.starts_at - shift
    return row.kind == Reservation.Kind.PREPARATION and row.ends_at < before and row.ends_at <= thing.starts_at
