"""Gathers what is known of a case, or of a page of cases, in a fixed number of queries."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from cases.case.models import Case, ToDo
from cases.case.path import Facts
from portal import when

CALL_KINDS = ("call", "visit_soon")


def of_case(case: Case, now: dt.datetime) -> Facts:
    """The facts of one case at `now`."""
    return of_cases([case], now)[case.pk]


def of_cases(cases: Sequence[Case], now: dt.datetime) -> dict[UUID, Facts]:
    """The facts of each case at `now`; as many queries for thirty cases as for one."""
    calls = _calls([case.pk for case in cases])
    return {
        case.pk: Facts(
            opened_on=when.as_date(case.opened_at, case.patient.zone),
            treatment_on=case.treatment_on,
            call_wanted=case.pk in calls,
            call_by=calls.get(case.pk),
            not_today_until=case.rests_until,
        )
        for case in cases
    }


def _calls(cases: Sequence[UUID]) -> dict[UUID | None, dt.date]:
    """The earliest day a person should call, by case."""
    rows = ToDo.objects.open().filter(case__in=cases, kind__in=CALL_KINDS).order_by("-due_on")
    return dict(rows.values_list("case_id", "due_on"))
