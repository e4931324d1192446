"""Visits and records for the tests, brought to their states through the real actions."""

from datetime import date, time

import time_machine
from django.contrib.auth.models import AnonymousUser

from cases.case import actions as case_actions
from cases.case.models import Case, Office
from cases.records import actions
from cases.records.models import RecordItem, Visit
from portal.actors import Actor
from tests import factories, people
from tests.kept import kept

VISIT_ON = date(2026, 11, 24)
# Thursday, November 5, 10 am Eastern: the day on which the worked example begins.
NOVEMBER_5 = "2026-11-05T15:00:00Z"


def on_november_5():
    return time_machine.travel(NOVEMBER_5, tick=False)


def actor(key: str) -> Actor:
    return Actor.person(people.person(key))


@kept
def case_of_rosa(**fields) -> Case:
    """A case with first and primary doctors at offices in Pennsylvania, treatment on December 15."""
    case = factories.open_case(treatment_on=date(2026, 12, 15), **fields)
    by = actor("rosa")
    for role, doctor, name in (("first", "Dr. Keller", "Lakeside"), ("primary", "Dr. Abara", "Elm Street")):
        office = case_actions.add_office(case, name=name, region="US-PA", by=by)
        case_actions.set_clinician(case, role, name=doctor, office=office, by=by)
    return case


@kept
def named_visit(case: Case | None = None) -> Visit:
    case = case or case_of_rosa()
    return actions.name_visit(
        case,
        doctor="Dr. Priya Raman",
        office_name="Northfield Medical Center",
        office_details={"region": "US-PA"},
        by=actor("rosa"),
    )


@kept
def booked_visit(case: Case | None = None, on: date = VISIT_ON, at: time | None = time(14, 30)) -> Visit:
    return actions.set_visit_date(named_visit(case), on=on, at=at, by=actor("rosa"))


def item(visit: Visit, kind: str = "pathology_report") -> RecordItem:
    return RecordItem.objects.get(visit=visit, kind=kind)


def offices_named(name: str) -> list[Office]:
    return list(Office.objects.filter(name=name))


ANONYMOUS = AnonymousUser()
