"""Reads what is stored and asks slots.py: one consultant's calendar, and what a case asks of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateField, OuterRef, SmallIntegerField, Subquery, TimeField, UUIDField, Value

from bookings import slots
from bookings.models import Consultation, ExtraHours, Hours, OutsideBusy, Practice, Reservation, Service, TimeOff
from bookings.overriding.rules import without_terms
from cases.case.models import Away, Case
from cases.documents.models import Version
from cases.records.models import Visit
from portal.once import at_one_moment, once
from portal.texts.closed import closed_days
from portal.texts.words import organisation

IS_AWAY = -1  # in place of how often a day off is repeated
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
    ready_at, _visit_on = _known_of(case)
    return ready_at.astimezone(practice.zone).date() if ready_at else None


def visit_on(case: Case) -> date | None:
    """The day of the case's next visit with the second or third doctor, when it is known."""
    return _known_of(case)[1]


def _known_of(case: Case) -> tuple[datetime | None, date | None]:
    """When the first plan of the case could be read, and the day of its next visit: asked together."""
    plans = Version.objects.ready_plans().filter(case=OuterRef("pk")).order_by("put_in_at").values("put_in_at")
    visits = Visit.objects.booked().filter(case=OuterRef("pk")).order_by("-round").values("on_date")
    asked = Case.objects.filter(pk=case.pk).values_list(Subquery(plans[:1]), Subquery(visits[:1]))
    return once(("known of", case.pk), asked.first) or (None, None)


def plan_by(consultation: Consultation, closed: frozenset[date]) -> date | None:
    """The last day for a plan to be put in before this call; None when the call needs none."""
    return slots.plan_due_on(consultation.starts_at, consultation.zone, consultation.talk, closed)


def due_on(starts_at: datetime, service: Service, practice: Practice, now: datetime) -> date | None:
    """The last day for a plan before a call that is about to be booked."""
    return slots.plan_due_on(starts_at, practice.zone, service.talk, closed(now))


def _taken(
    practices: Iterable[Practice],
    now: datetime,
    case: Case | None,
    moving: Consultation | None,
    preparing: Consultation | None = None,
) -> dict[UUID, list[slots.Taken]]:
    """What is in each one's way, her own calendar elsewhere included: not what is over, not the patient's own choice,
    not the call that moves, nor the preparation that does. One query.
    """
    keys = [practice.pk for practice in practices]
    rows = Reservation.objects.order_by().filter(consultant__in=keys, ends_at__gt=now)
    rows = rows.exclude(hold__isnull=False, hold__expires_at__lte=now)
    rows = rows.exclude(asked__isnull=False, asked__until__lte=now)
    if case is not None:
        rows = rows.exclude(hold__patient=case.patient_id)
    if moving is not None:
        rows = rows.exclude(consultation=moving)
    if preparing is not None:
        rows = rows.exclude(consultation=preparing, kind=Reservation.Kind.PREPARATION)
    busy = OutsideBusy.objects.order_by().filter(consultant__in=keys, ends_at__gt=now)
    no_hold = Value(None, output_field=UUIDField())
    all_rows = rows.values_list("consultant", "starts_at", "ends_at", "kind", "hold").union(
        busy.values_list("consultant", "starts_at", "ends_at", Value("busy"), no_hold), all=True
    )
    taken, counted = defaultdict(list), set()
    for key, starts_at, ends_at, kind, hold in all_rows:
        # A call that moves is held in parts, around where it is now: one call of the day all the same.
        is_call = kind in Reservation.CALLS and (hold is None or hold not in counted)
        counted.add(hold)
        taken[key].append(slots.Taken(starts_at, ends_at, is_call))
    return taken


def _off(practices: Iterable[Practice], since: date) -> tuple[dict[UUID, list[slots.Off]], dict[UUID, list[slots.Off]]]:
    """The days off of each, those on which they are away and somebody stands in among them; and these by themselves,
    on which extra hours do not hold either. One query.
    """
    keys = [practice.pk for practice in practices]
    rows = TimeOff.objects.order_by().filter(practice__in=keys, until_on__gte=since)
    away = Away.objects.open().filter(consultant__in=keys, until_on__gte=since)
    no_time, never = Value(None, output_field=TimeField()), Value(IS_AWAY, output_field=SmallIntegerField())
    all_rows = rows.values_list("practice", "from_on", "until_on", "from_time", "until_time", "every_weeks").union(
        away.values_list("consultant", "from_on", "until_on", no_time, no_time, never), all=True
    )
    off, gone = defaultdict(list), defaultdict(list)
    for key, first, last, begins, ends, every_weeks in all_rows:
        if every_weeks == IS_AWAY:
            gone[key].append(slots.Off(first, last))
        off[key].append(slots.Off(first, last, begins, ends, 7 * max(every_weeks, 0) or 1))
    return off, gone


def _hours(keys: list[UUID], since: date) -> tuple[dict[UUID, list[slots.Span]], dict[UUID, list[slots.Extra]]]:
    """The weekly hours of each, and the extra ones on a date. One query."""
    weekly = Hours.objects.since(since).order_by().filter(practice__in=keys)
    dated = ExtraHours.objects.order_by().filter(practice__in=keys, on_date__gte=since)
    no_day, no_date = Value(None, output_field=SmallIntegerField()), Value(None, output_field=DateField())
    rows = weekly.values_list("practice", "weekday", no_date, "from_time", "until_time", "from_on", "until_on").union(
        dated.values_list("practice", no_day, "on_date", "from_time", "until_time", no_date, no_date), all=True
    )
    spans, extra = defaultdict(list), defaultdict(list)
    for key, weekday, on_date, begins, ends, from_on, until_on in rows:
        if on_date is None:
            spans[key].append(slots.Span(weekday, begins, ends, from_on, until_on))
        else:
            extra[key].append(slots.Extra(on_date, begins, ends))
    return spans, extra


def calendar_of(
    practice: Practice,
    now: datetime,
    *,
    case: Case | None = None,
    moving: Consultation | None = None,
    preparing: Consultation | None = None,
) -> slots.Calendar:
    """A consultant's calendar as a case sees it, in three queries."""
    return calendars_of([practice], now, case=case, moving=moving, preparing=preparing)[practice.pk]


def calendars_of(
    practices: Sequence[Practice],
    now: datetime,
    *,
    case: Case | None = None,
    moving: Consultation | None = None,
    preparing: Consultation | None = None,
) -> dict[UUID, slots.Calendar]:
    """The calendars of several consultants, in as many queries as that of one."""
    since, keys = now.date() - timedelta(days=2), [practice.pk for practice in practices]
    (off, gone), taken = _off(practices, since), _taken(practices, now, case, moving, preparing)
    (spans, extra), closed_each = _hours(keys, since), _closed_each(practices, now)
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


def asked_by_anyone(practice: Practice, service: Service, now: datetime) -> slots.Asked:
    """What somebody new asks for, who has no plan yet and no other call."""
    return slots.Asked(talk=service.talk, now=now, closed=closed(now), is_given=practice.is_giving(service))


def asked_for(
    case: Case, practice: Practice, service: Service, now: datetime, *, moving: Consultation | None = None
) -> slots.Asked:
    """What a case asks for: the service, its own other calls, the days for reading its plan."""
    own = Consultation.objects.upcoming(now).filter(patient=case.patient_id)
    if moving is not None:
        own = own.exclude(pk=moving.pk)
    return slots.Asked(
        talk=service.talk,
        now=now,
        closed=closed(now),
        ready_on=ready_on(case, practice) if service.needs_plan else None,
        # A call that is booked stays, and can be moved, after its kind is not given any more.
        is_given=bool(moving and moving.consultant_id == practice.pk) or practice.is_giving(service),
        own_calls=[slots.Taken(starts, ends, True) for starts, ends in own.values_list("starts_at", "ends_at")],
    )


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
