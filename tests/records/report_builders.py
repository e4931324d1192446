"""Visits that took place, for the tests of their reports."""

from cases.case.authority_actions import sign_authority
from cases.documents.describing.actions import say_kind
from cases.documents.models import Document
from cases.records import actions
from cases.records.models import ReportLoop, Visit
from cases.records.report.passing import SECOND_REPORT
from tests.documents.files import read
from tests.records.builders import actor, booked_visit
from tests.records.release_builders import TYPED

# Wednesday, November 25, 10 am Eastern: the day after the visit.
DAY_AFTER = "2026-11-25T15:00:00Z"


def past_visit(traveller, **fields) -> Visit:
    """A visit of November 24 that took place, said the day after; the clock stands there then."""
    visit = booked_visit(**fields)
    traveller.move_to(DAY_AFTER)
    return actions.say_took_place(visit, by=actor("rosa"))


def open_report(traveller, **fields) -> ReportLoop:
    return ReportLoop.objects.get(visit=past_visit(traveller, **fields))


def sign_that_we_may(loop: ReportLoop) -> None:
    """The patient signs that we may ask for what is hers and pass it on."""
    sign_authority(loop.visit.case, TYPED, version=1, by=actor("rosa"))


def put_in_report(loop: ReportLoop) -> Document:
    """The second doctor's report as a file: put in by the patient, checked, and named as what it is."""
    version = read(loop.visit.case, "report.pdf")
    return say_kind(version.document, SECOND_REPORT, by=actor("rosa"))
