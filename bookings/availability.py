"""Reads what is stored and asks slots.py: one consultant's calendar, and what a case asks of it."""

from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery, TimeField, Value

from bookings import slots
from bookings.models import Consultation, Practice, Reservation, Service
from cases.case.models import Away, Case
from cases.documents.models import Version
from cases.records.models import Visit
from portal.once import once
from portal.texts.closed import closed_days
from portal.texts.words import organisation

BEHIND, AHEAD = timedelta(days=31), timedelta(days=400)


def closed(now: datetime) -> frozenset[date]:
    """The days on which the organisation is closed, from a while ago to beyond every horizon."""
    return closed_days(organisation().region, (now - BEHIND).date(), (now + AHEAD).date())


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
    talk = consultation.service.talk
    return slots.plan_due_on(consultation.starts_at, consultation.zone, talk, closed)


def due_on(starts_at: datetime, service: Service, practice: Practice, now: datetime) -> date | None:
    """The last day for a plan before a call that is about to be booked."""
    return slots.plan_due_on(starts_at, practice.zone, service.talk, closed(now))


def _taken(practice: Practice, now: datetime, case: Case | None, moving: Consultation | None) -> list[slots.Taken]:
    """What is in the way: not what is over, not the patient's own choice, not the call that moves."""
    rows = Reservation.objects.filter(consultant=practice.pk, ends_at__gt=now)
    rows = rows.exclude(hold__isnull=False, hold__expires_at__lte=now)
    rows = rows.exclude(asked__isnull=False, asked__until__lte=now)
    if case is not None:
        rows = rows.exclude(hold__patient=case.patient_id)
    if moving is not None:
        rows = rows.exclude(consultation=moving)
    return [row.taken for row in rows]


def _off(practice: Practice, since: date) -> list[slots.Off]:
    """The days off, and those on which the consultant is away and somebody stands in. One query."""
    off = practice.time_off.order_by().filter(until_on__gte=since)
    away = Away.objects.open().filter(consultant=practice.pk, until_on__gte=since)
    no_time = Value(None, output_field=TimeField())
    rows = off.values_list("from_on", "until_on", "from_time", "until_time").union(
        away.values_list("from_on", "until_on", no_time, no_time), all=True
    )
    return [slots.Off(*row) for row in rows]


def calendar_of(
    practice: Practice, now: datetime, *, case: Case | None = None, moving: Consultation | None = None
) -> slots.Calendar:
    """A consultant's calendar as a case sees it, in four queries."""
    return slots.Calendar(
        zone=practice.zone,
        spans=[hours.span for hours in practice.hours.all()],
        off=_off(practice, now.date() - timedelta(days=2)),
        extra=[row.extra for row in practice.extra_hours.all() if row.on_date >= now.date() - timedelta(days=2)],
        taken=_taken(practice, now, case, moving),
        terms=practice.terms,
    )


def asked_by_anyone(service: Service, now: datetime) -> slots.Asked:
    """What somebody new asks for, who has no plan yet and no other call."""
    return slots.Asked(talk=service.talk, now=now, closed=closed(now))


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
    return slots.free_starts(calendar_of(practice, now), asked_by_anyone(service, now), first, last)


def judge(
    case: Case,
    practice: Practice,
    service: Service,
    starts_at: datetime,
    now: datetime,
    *,
    moving: Consultation | None = None,
) -> slots.Why:
    """One start by the rule that makes the offer."""
    calendar = calendar_of(practice, now, case=case, moving=moving)
    return slots.why_not(calendar, asked_for(case, practice, service, now, moving=moving), starts_at)


def usual_consultant(case: Case) -> Practice | None:
    """Who talks with this case: its consultant where it has one, else the first by name who takes bookings."""
    place = case.assignments.filter(ended_at__isnull=True, user=OuterRef("consultant"))
    practices = Practice.objects.working().taking_bookings().select_related("consultant")
    return practices.annotate(is_theirs=Exists(place)).order_by("-is_theirs", "consultant__name").first()
