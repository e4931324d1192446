"""A consultant's own changes: weekly hours and time off. Nothing booked moves by itself, whoever takes time away."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import actions, asked_ending, asked_moves, availability, follow_up, slots
from bookings.dated import versions
from bookings.models import AskedHold, Consultation, ExtraHours, Hold, Practice, TimeOff
from bookings.practices import SERVICE_CODES
from cases.case.models import Away
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

KEEP, MOVE, CANCEL = "keep", "move", "cancel"
Made = TypeVar("Made")


class Unanswered(Refused):
    """Booked calls lie outside the new hours; each needs an answer first. `calls` are all of them."""

    def __init__(self, calls: list[Consultation]):
        super().__init__(_("Choose for each booked call before the hours are saved."), code="unanswered")
        self.calls = calls


def must_own(practice: Practice, by: Actor) -> None:
    """Only the consultant sets their own hours."""
    if by.id != practice.pk:
        raise Refused(_("Only the consultant can change these hours."), code="role")


def _locked(practice: Practice) -> Practice:
    """The row under its lock; a consultant who sets hours for the first time has none yet."""
    Practice.objects.get_or_create(consultant=practice.consultant, defaults={"time_zone": practice.time_zone})
    return actions.lock_practice(practice.consultant)


class Timed(Protocol):
    starts_at: datetime

    @property
    def ends_at(self) -> datetime: ...


# For each call that lies outside: what becomes of it, and a note that its patient reads.
Answers = Mapping[UUID, tuple[str, str]]
Outside = Callable[[Timed], set[str]]


def _outside(practice: Practice, now: datetime) -> Outside:
    """What a call lies outside of: the hours, the days that can be booked, the most calls of its day. Each by itself,
    since a call that was booked or kept outside of one still has to fit the others.
    """
    calendar, over = availability.calendar_of(practice, now), _over_the_cap(practice, now)

    def outside(call: Timed) -> set[str]:
        fits = {
            "cap": call not in over,
            "hours": slots.is_inside_hours(calendar, call.starts_at, call.ends_at),
            "horizon": slots.is_inside_horizon(calendar, now, call.starts_at),
        }
        return {name for name, does in fits.items() if not does}

    return outside


def _over_the_cap(practice: Practice, now: datetime) -> set[Consultation]:
    """On each day with more calls than the most: those that were booked last."""
    days: dict[date, list[Consultation]] = {}
    calls = Consultation.objects.upcoming(now).filter(consultant=practice.pk) if practice.daily_cap else []
    for call in sorted(calls, key=lambda call: (call.booked_at, str(call.pk))):
        days.setdefault(call.starts_at.astimezone(practice.zone).date(), []).append(call)
    return {call for each in days.values() for call in each[practice.daily_cap :]}


def _left_outside(
    practice: Practice, now: datetime, before: Outside, after: Outside, gaps: Collection[slots.Off]
) -> list[Consultation]:
    """The booked calls that fitted before and do not any more; and those at the very time of new time off, once kept
    outside the hours or not, where no extra hours hold there.
    """
    calls = Consultation.objects.upcoming(now).filter(consultant=practice.pk).select_related("patient", "service")
    calendar = availability.calendar_of(practice, now) if gaps else None

    def is_left(call: Consultation) -> bool:
        lacks = after(call)
        if lacks - before(call):
            return True
        is_off = calendar and any(slots.is_in_gap(calendar, gap, call.starts_at, call.ends_at) for gap in gaps)
        return bool(is_off) and "hours" in lacks

    return [call for call in calls.select_related("case") if is_left(call)]


def _let_go_outside(practice: Practice, outside: Outside, now: datetime, by: Actor) -> None:
    """A chosen time outside the new hours loses its place; its page says so when the person goes on. One that waits for
    a yes is over, and whoever waits hears it.
    """
    for hold in Hold.objects.filter(consultant=practice.pk).select_related("service"):
        is_given = hold.service.code in practice.gives or hold.moving_id
        if not is_given or outside(hold):
            hold.reservations.all().delete()
    asked = AskedHold.objects.waiting().filter(consultant=practice.pk).select_related("service")
    gone = [one.pk for one in asked if one.service.code not in practice.gives or outside(one)]
    asked_ending.gone(AskedHold.objects.filter(pk__in=gone), now, by=by)


def _settle(calls: list[Consultation], answers: Answers, by: Actor) -> None:
    said = [answers.get(call.pk, ("", "")) for call in calls]
    if any(answer not in (KEEP, MOVE, CANCEL) for answer, _note in said):
        raise Unanswered(calls)
    for call, (answer, note) in zip(calls, said, strict=True):
        if answer == CANCEL:
            actions.cancel(call, note=note, by=by)
        elif answer == MOVE:
            asked_moves.ask_to_move(call, note=note, by=by)


def asking_each(
    practice: Practice,
    change: Callable[[], Made],
    *,
    answers: Answers,
    gaps: Collection[slots.Off] = (),
    by: Actor,
) -> Made:
    """Make a change that takes time away, under the consultant's lock, which the caller holds. Each call that it
    leaves outside needs an answer, else Unanswered and nothing is changed; chosen times outside are let go.

    `gaps` is the time off that it adds.
    """
    now = clock.now()
    with transaction.atomic():
        before = _outside(practice, now)
        made = change()
        after = _outside(practice, now)
        _settle(_left_outside(practice, now, before, after, gaps), answers, by)
        _let_go_outside(practice, after, now, by)
    return made


def change_of_ones_own(
    practice: Practice,
    change: Callable[[Practice], object],
    *,
    answers: Answers,
    event: str,
    gap: slots.Off | None = None,
    by: Actor,
) -> Practice:
    """A consultant's own change, under her lock; `gap` is the time off that it adds. Calls that it leaves outside need
    an answer each, else Unanswered.
    """
    must_own(practice, by)
    with transaction.atomic():
        practice = _locked(practice)
        gaps = [gap] if gap else []
        asking_each(practice, lambda: change(practice), answers=answers, gaps=gaps, by=by)
        record(by, event, practice)
    return practice


def set_hours(
    practice: Practice,
    *,
    spans: Sequence[slots.Span],
    from_on: date | None = None,
    answers: Answers | None = None,
    by: Actor,
) -> Practice:
    """Other weekly hours from today on, or from a later day; those before them stay until then.

    Calls left outside need an answer each ("keep", "move", "cancel"), else Unanswered.
    """

    def change(locked: Practice) -> None:
        versions.set_from(locked, spans, from_on, clock.today(locked.zone))

    return change_of_ones_own(practice, change, answers=answers or {}, event="hours.set", by=by)


def take_back_hours(practice: Practice, *, on: date, answers: Answers | None = None, by: Actor) -> Practice:
    """Hours that were to hold from a later day do not: those before go on. Calls left outside need an answer each."""

    def change(locked: Practice) -> None:
        versions.take_back(locked, on, clock.today(locked.zone))

    return change_of_ones_own(practice, change, answers=answers or {}, event="hours.set", by=by)


def add_time_off(
    practice: Practice,
    *,
    from_on: date,
    until_on: date,
    from_time: time | None = None,
    until_time: time | None = None,
    every_weeks: int = 0,
    why: str = "",
    answers: Answers | None = None,
    by: Actor,
) -> Practice:
    """Days off, or a part of each; repeated, only each 1 or 2 weeks from the first day until the last.

    Calls left outside, and all that lie in it, need an answer each, as with the hours.
    """
    gap = slots.Off(from_on, until_on, from_time, until_time, 7 * every_weeks or 1)

    def change(locked: Practice) -> None:
        TimeOff.objects.create(
            practice=locked,
            from_on=from_on,
            until_on=until_on,
            from_time=from_time,
            until_time=until_time,
            every_weeks=every_weeks,
            note=why,
        )

    return change_of_ones_own(practice, change, answers=answers or {}, event="hours.time_off_set", gap=gap, by=by)


def add_extra_hours(practice: Practice, *, on_date: date, from_time: time, until_time: time, by: Actor) -> Practice:
    """Hours on one date, above the weekly ones. Refused where they overlap with others on that day, and on a day on
    which the consultant is said to be away: nobody books then.
    """

    def change(locked: Practice) -> None:
        if Away.objects.open().between(on_date, on_date).filter(consultant=locked.pk).exists():
            raise Refused(_("You are said to be away on that day. Change that first."), code="away")
        others = locked.extra_hours.filter(on_date=on_date)
        if any(slots.is_after(until_time, o.from_time) and slots.is_after(o.until_time, from_time) for o in others):
            raise Refused(_("There are extra hours at that time already."), code="overlap")
        ExtraHours.objects.create(practice=locked, on_date=on_date, from_time=from_time, until_time=until_time)

    return change_of_ones_own(practice, change, answers={}, event="hours.extra_set", by=by)


def remove_extra_hours(extra: ExtraHours, *, answers: Answers | None = None, by: Actor) -> Practice:
    """Take extra hours back. Calls left outside need an answer each, as with the hours."""

    def change(locked: Practice) -> None:
        locked.extra_hours.filter(pk=extra.pk).delete()

    return change_of_ones_own(extra.practice, change, answers=answers or {}, event="hours.extra_set", by=by)


def remove_time_off(time_off: TimeOff, *, by: Actor) -> None:
    """Give the days back. Nothing can be left outside by that."""
    must_own(time_off.practice, by)
    with transaction.atomic():
        practice = actions.lock_practice(time_off.practice.consultant)
        TimeOff.objects.filter(pk=time_off.pk).delete()
        record(by, "hours.time_off_set", practice)


def set_about(
    practice: Practice, *, profession: str, languages: str, specialties: str, video_address: str, by: Actor
) -> Practice:
    """What patients read about the consultant, and where they meet by video."""
    must_own(practice, by)
    with transaction.atomic():
        practice = _locked(practice)
        practice.profession, practice.languages = profession, languages
        practice.specialties, practice.video_address = specialties, video_address
        practice.save(update_fields=["profession", "languages", "specialties", "video_address"])
        record(by, "hours.about_set", practice)
    return practice


def set_terms(
    practice: Practice,
    *,
    buffer_minutes: int,
    daily_cap: int | None,
    notice_hours: int,
    horizon_days: int,
    region: str,
    gives: Collection[str],
    answers: Answers | None = None,
    by: Actor,
) -> Practice:
    """Rest, notice, horizon, the most calls in a day, whose public holidays count, and which services are given.

    Calls on a day that is closed now, beyond the horizon, or too many for their day need an answer each, as with the
    hours. Rest and notice are promised when a call is booked: they change nothing that is. Calls of a service that is
    not given any more stay, too; a time that was only chosen for one is let go.
    """

    def change(locked: Practice) -> None:
        lives_elsewhere = locked.region != region
        locked.buffer_minutes, locked.daily_cap = buffer_minutes, daily_cap
        locked.notice_hours, locked.horizon_days, locked.region = notice_hours, horizon_days, region
        locked.left_out = [code for code in SERVICE_CODES if code not in gives]
        locked.save(update_fields=["buffer_minutes", "daily_cap", "notice_hours", "horizon_days", "region", "left_out"])
        if lives_elsewhere:
            follow_up.closed_days_changed([locked.pk], clock.now())

    return change_of_ones_own(practice, change, answers=answers or {}, event="hours.terms_set", by=by)
