"""Reads what is stored and asks slots.py: one consultant's calendar, and what a case asks of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from bookings import slots
from bookings.models import Consultation, ExtraHours, Hours, OutsideBusy, Practice, Reservation, Service, TimeOff
from bookings.overriding.rules import without_terms
from cases.case.models import Away, Case
from cases.documents.models import Version
from cases.records.models import Visit
from cases.records.rules import SECOND
from portal import ready
from portal.once import at_one_moment, once, told
from portal.texts.closed import closed_days
from portal.texts.words import organisation

BEHIND, AHEAD = timedelta(days=31), timedelta(days=400)


def closed(now: datetime, region: str = "") -> frozenset[date]:
    """The days on which the organisation is closed, or a region is, from a while ago to beyond every horizon."""
    first, last = (now - BEHIND).date(), (now + AHEAD).date()
    place = region or organisation().region
    return once(("closed", place, first), lambda: closed_days(place, first, last))


def _closed_each(practices: Iterable[Practice], now: datetime) -> dict[str, frozenset[date]]:
    """The closed days of each region that these consultants live in; theirs who named none are the organisation's."""
    with at_one_moment():
        return {region: closed(now, region) for region in {practice.region for practice in practices}}


def ready_on(case: Case, practice: Practice) -> date | None:
    """The consultant's day on which the first plan of the case could be read, or None."""
    ready_at = _known_of(case).ready_at
    return ready_at.astimezone(practice.zone).date() if ready_at else None


def visit_on(case: Case) -> date | None:
    """The day of the case's next visit with the second or third doctor, when it is known; it stays so until somebody
    says that it took place.
    """
    return _known_of(case).visit_on


def is_second(case: Case) -> bool:
    """Whether that visit is the one with the second doctor."""
    return _known_of(case).round == SECOND


class Known(NamedTuple):
    """What of a case the times for it go by."""

    ready_at: datetime | None
    visit_on: date | None
    round: int | None


def _known_of(case: Case) -> Known:
    """When the first plan of the case could be read, and the day of its next visit: asked together."""
    return once(("known of", case.pk), lambda: known_from(KNOWN.lists(case, case=case.pk)))


def known_lists(case: UUID) -> dict[str, QuerySet[Any]]:
    """What `ready_on` and `visit_on` go by, to be read with more. `known_from` tells the two."""
    plans = Version.objects.ready_plans().filter(case=case).order_by("put_in_at").values_list("put_in_at")
    visits = Visit.objects.booked().filter(case=case).order_by("-round").values_list("on_date", "round")
    return {"plans": plans[:1], "visits": visits[:1]}


def known_from(found: Mapping[str, list[Any]]) -> Known:
    (ready_at,), visit = next(iter(found["plans"]), (None,)), next(iter(found["visits"]), (None, None))
    return Known(ready_at, *visit)


def know(case: Case, found: Mapping[str, list[Any]]) -> None:
    """What `known_lists` found: the page does not ask again."""
    told({("known of", case.pk): known_from(found)})


KNOWN = ready.Ready(known_lists)


def plan_by(consultation: Consultation, now: datetime) -> date | None:
    """The last day for a plan to be put in before this call; None when the call needs none.

    The consultant's closed days count, as where the start was offered.
    """
    if not consultation.talk.reading_days:
        return None
    days = closed(now, _region_of(consultation))
    return slots.plan_due_on(consultation.starts_at, consultation.zone, consultation.talk, days)


def _region_of(consultation: Consultation) -> str:
    if consultation.region is not None:
        return consultation.region
    known = Practice.objects.filter(pk=consultation.consultant_id).values_list("region", flat=True)
    return once(("region of", consultation.consultant_id), known.first) or ""


def due_on(starts_at: datetime, service: Service, practice: Practice, now: datetime) -> date | None:
    """The last day for a plan before a call that is about to be booked."""
    return slots.plan_due_on(starts_at, practice.zone, service.talk, closed(now, practice.region))


def lists_of(
    keys: list[UUID],
    now: datetime,
    since: date,
    patient: UUID | None,
    moving: UUID | None = None,
    preparing: UUID | None = None,
) -> dict[str, QuerySet[Any]]:
    """What calendars are made from: of these consultants all that is not over. `calendars_from` makes them.

    What is in their way is not the patient's own choice, not the call that moves, nor the preparation that does.
    """
    taken = Reservation.objects.order_by().filter(consultant__in=keys, ends_at__gt=now)
    taken = taken.exclude(hold__isnull=False, hold__expires_at__lte=now)
    taken = taken.exclude(asked__isnull=False, asked__until__lte=now)
    if patient is not None:
        taken = taken.exclude(hold__patient=patient)
    if moving is not None:
        taken = taken.exclude(consultation=moving)
    if preparing is not None:
        taken = taken.exclude(consultation=preparing, kind=Reservation.Kind.PREPARATION)
    busy = OutsideBusy.objects.order_by().filter(consultant__in=keys, ends_at__gt=now)
    off = TimeOff.objects.order_by().filter(practice__in=keys, until_on__gte=since)
    away = Away.objects.open().order_by().filter(consultant__in=keys, until_on__gte=since)
    weekly = Hours.objects.since(since).order_by().filter(practice__in=keys)
    extra = ExtraHours.objects.order_by().filter(practice__in=keys, on_date__gte=since)
    return {
        "taken": taken.values_list("consultant", "starts_at", "ends_at", "kind", "hold"),
        "busy": busy.values_list("consultant", "starts_at", "ends_at"),
        "off": off.values_list("practice", "from_on", "until_on", "from_time", "until_time", "every_weeks"),
        "away": away.values_list("consultant", "from_on", "until_on"),
        "weekly": weekly.values_list("practice", "weekday", "from_time", "until_time", "from_on", "until_on"),
        "extra": extra.values_list("practice", "on_date", "from_time", "until_time"),
    }


READ = ready.Ready(lists_of)


def since_of(now: datetime) -> date:
    """The first day that somebody's calendar may still ask for, wherever they live."""
    return now.date() - timedelta(days=2)


def calendars_from(
    practices: Iterable[Practice], found: Mapping[str, list[Any]], now: datetime
) -> dict[UUID, slots.Calendar]:
    """The calendars of these consultants from what `lists_of` them found."""
    taken, counted = _by_key(found["busy"], slots.Taken), set()
    for key, starts_at, ends_at, kind, hold in found["taken"]:
        # A call that moves is held in parts, around where it is now: one call of the day all the same.
        is_call = kind in Reservation.CALLS and (hold is None or hold not in counted)
        counted.add(hold)
        taken[key].append(slots.Taken(starts_at, ends_at, is_call))
    # They are away where somebody stands in: extra hours do not hold then either.
    off, gone = _by_key(found["away"], slots.Off), _by_key(found["away"], slots.Off)
    for key, first, last, begins, ends, every_weeks in found["off"]:
        off[key].append(slots.Off(first, last, begins, ends, 7 * every_weeks or 1))
    spans, extra = _by_key(found["weekly"], slots.Span), _by_key(found["extra"], slots.Extra)
    closed_each = _closed_each(practices, now)
    return {
        one.pk: slots.Calendar(
            zone=one.zone,
            spans=spans[one.pk],
            off=off[one.pk],
            extra=[more for more in extra[one.pk] if not any(away.is_on(more.on_date) for away in gone[one.pk])],
            taken=taken[one.pk],
            terms=one.terms,
            closed=closed_each[one.region],
        )
        for one in practices
    }


def _by_key(rows: Iterable[tuple[Any, ...]], kind: Callable[..., Any]) -> dict[UUID, list[Any]]:
    made = defaultdict(list)
    for key, *parts in rows:
        made[key].append(kind(*parts))
    return made


def calendar_of(
    practice: Practice,
    now: datetime,
    *,
    case: Case | None = None,
    moving: Consultation | None = None,
    preparing: Consultation | None = None,
) -> slots.Calendar:
    """A consultant's calendar as a case sees it, in one query; once a page."""
    seen_by = (case and case.patient_id, moving and moving.pk, preparing and preparing.pk)
    return once(
        ("calendar", practice.pk, *seen_by),
        lambda: calendars_of([practice], now, case=case, moving=moving, preparing=preparing)[practice.pk],
    )


def calendars_of(
    practices: Sequence[Practice],
    now: datetime,
    *,
    case: Case | None = None,
    moving: Consultation | None = None,
    preparing: Consultation | None = None,
) -> dict[UUID, slots.Calendar]:
    """The calendars of several consultants, in one query."""
    if not practices:
        return {}
    found = READ.lists(
        practices[0],
        keys=[practice.pk for practice in practices],
        now=now,
        since=since_of(now),
        patient=case and case.patient_id,
        moving=moving and moving.pk,
        preparing=preparing and preparing.pk,
    )
    return calendars_from(practices, found, now)


def asked_by_anyone(practice: Practice, service: Service, now: datetime) -> slots.Asked:
    """What somebody new asks for, who has no plan yet and no other call."""
    days = closed(now, practice.region)
    return slots.Asked(talk=service.talk, now=now, closed=days, is_given=practice.is_giving(service))


def asked_for(
    case: Case,
    practice: Practice,
    service: Service,
    now: datetime,
    *,
    moving: Consultation | None = None,
    own: Iterable[tuple[datetime, datetime]] | None = None,
) -> slots.Asked:
    """What a case asks for: the service, its own other calls, where they were not read yet; the days for reading its
    plan.
    """
    if own is None:
        mine = (case.patient_id, moving and moving.pk)
        own = once(("calls of", *mine), lambda: list(calls_of(mine[0], now, mine[1])))
    return slots.Asked(
        talk=service.talk,
        now=now,
        closed=closed(now, practice.region),
        ready_on=ready_on(case, practice) if service.needs_plan else None,
        # A call that is booked stays, and can be moved, after its kind is not given any more.
        is_given=bool(moving and moving.consultant_id == practice.pk) or practice.is_giving(service),
        own_calls=[slots.Taken(starts, ends, True) for starts, ends in own],
    )


def calls_of(patient: UUID, now: datetime, moving: UUID | None = None) -> QuerySet[Any, tuple[datetime, datetime]]:
    """The patient's own calls to come, but for one that moves."""
    calls = Consultation.objects.upcoming(now).filter(patient=patient)
    calls = calls if moving is None else calls.exclude(pk=moving)
    return calls.values_list("starts_at", "ends_at")


def free_starts(
    case: Case, practice: Practice, service: Service, now: datetime, *, moving: Consultation | None = None
) -> list[datetime]:
    """Every start this case could book with this consultant."""
    calendar = calendar_of(practice, now, case=case, moving=moving)
    return slots.free_starts(calendar, asked_for(case, practice, service, now, moving=moving))


def free_between(practice: Practice, service: Service, now: datetime, first: date, last: date) -> list[datetime]:
    """Every start from one of the consultant's days to another that somebody could book who has no plan yet."""
    return slots.free_starts(calendar_of(practice, now), asked_by_anyone(practice, service, now), first, last)


def judge(
    case: Case,
    practice: Practice,
    service: Service,
    starts_at: datetime,
    now: datetime,
    *,
    moving: Consultation | None = None,
    has_reason: bool = False,
) -> slots.Why:
    """One start by the rule that makes the offer; with a reason, by what a coordinator may go beyond."""
    calendar = calendar_of(practice, now, case=case, moving=moving)
    if has_reason:
        calendar = without_terms(calendar)
    return slots.why_not(calendar, asked_for(case, practice, service, now, moving=moving), starts_at)


def beyond(
    case: Case,
    practice: Practice,
    service: Service,
    day: date,
    zone: ZoneInfo,
    now: datetime,
    *,
    moving: Consultation | None = None,
) -> list[tuple[datetime, slots.Why]]:
    """The starts on a reader's day that can be booked with a reason, each with what it goes beyond."""
    calendar = calendar_of(practice, now, case=case, moving=moving)
    asked = asked_for(case, practice, service, now, moving=moving)
    around = day - timedelta(days=1), day + timedelta(days=1)
    can = {start for start, why in slots.judged(without_terms(calendar), asked, *around) if why is slots.Why.FREE}
    found = slots.judged(calendar, asked, *around)
    return [(at, why) for at, why in found if at in can and at.astimezone(zone).date() == day]
