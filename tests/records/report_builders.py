"""Visits that took place, for the tests of their reports."""

from cases.records import actions
from cases.records.models import ReportLoop, Visit
from tests.records.builders import actor, booked_visit

# Wednesday, November 25, 10 am Eastern: the day after the visit.
DAY_AFTER = "2026-11-25T15:00:00Z"


def past_visit(traveller, **fields) -> Visit:
    """A visit of November 24 that took place, said the day after; the clock stands there then."""
    visit = booked_visit(**fields)
    traveller.move_to(DAY_AFTER)
    return actions.say_took_place(visit, by=actor("rosa"))


def open_report(traveller, **fields) -> ReportLoop:
    return ReportLoop.objects.get(visit=past_visit(traveller, **fields))
