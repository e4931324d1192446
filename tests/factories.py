"""Readable people and cases; each thing reaches its state through the real actions."""

import datetime as dt

from bookings import actions as booking_actions
from bookings import availability, availability_actions, slots
from bookings.models import Consultation, Practice, Service
from cases.case import actions as case_actions
from cases.case.models import Case
from cases.records import actions as records
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from tests import people
from tests.kept import kept


def open_case(patient: User | None = None, *, starter: User | None = None, **fields) -> Case:
    """A case of Rosa's, or of the patient given."""
    patient = patient or people.person("rosa")
    fields.setdefault("diagnosis", "Breast cancer, left side")
    return case_actions.open_case(patient=patient, starter=starter, by=Actor.person(starter or patient), **fields)


def assign(case: Case, consultant: User) -> Case:
    """Give a consultant their place in the case, with the patient's permission to read."""
    case_actions.assign(case, consultant, why="booking", by=Actor.person(case.patient))
    case_actions.give_consent(
        "read", person=case.patient, case=case, consultant=consultant, by=Actor.person(case.patient)
    )
    return case


def open_hours(consultant: User | None = None, spans: list[slots.Span] | None = None, **terms) -> Practice:
    """Joanne, or the consultant given, sees people on weekdays from 9 to 12 and 1 to 5 of her own clock."""
    consultant = consultant or people.person("joanne")
    practice, _made = Practice.objects.get_or_create(
        consultant=consultant,
        defaults={"time_zone": consultant.time_zone, "video_address": "https://video.example.org/{reference}", **terms},
    )
    week = [
        slots.Span(day, start, end)
        for day in range(5)
        for start, end in [(dt.time(9), dt.time(12)), (dt.time(13), dt.time(17))]
    ]
    return availability_actions.set_hours(practice, spans=week if spans is None else spans, by=Actor.person(consultant))


def hold(
    case: Case, consultant: User | None = None, *, service: str = "plan", starts_at=None, how="video", moving=None
):
    """A time kept for the patient of the case: the one given, or the first that is free."""
    practice = Practice.objects.filter(consultant=consultant or people.person("joanne")).first() or open_hours(
        consultant
    )
    wanted = Service.objects.get(code=service)
    starts_at = starts_at or availability.free_starts(case, practice, wanted, clock.now(), moving=moving)[0]
    return booking_actions.hold(
        case=case,
        consultant=practice.consultant,
        service=wanted,
        starts_at=starts_at,
        how=how,
        moving=moving,
        by=Actor.person(case.patient),
    )


def book(case: Case, consultant: User | None = None, **wish) -> Consultation:
    """A consultation of the case, booked by its patient, with every tick she must set."""
    kept = hold(case, consultant, **wish)
    return booking_actions.book(hold=kept, accepts_scope=True, may_read=True, by=Actor.person(case.patient))


@kept
def case_with_visit(*, days: int, doctor: str = "Dr. Raman", patient: User | None = None) -> Case:
    """A case whose second visit is so many days from now, with its records laid out."""
    case = open_case(patient)
    by = Actor.person(case.patient)
    visit = records.name_visit(case, doctor=doctor, office_name="Northfield Medical Center", by=by)
    on = clock.today(case.patient.zone) + dt.timedelta(days=days)
    records.set_visit_date(visit, on=on, at=dt.time(14, 30), by=by)
    return case
