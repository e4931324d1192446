"""Passing the report on: where the second office sent it to us, or the patient put it in, and signed that we may."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case import offices
from cases.case.models import CaseClinician, Office
from cases.documents.models import Version
from cases.documents.subjects import Subject
from cases.records.models import ReportLoop
from cases.records.release import keeping

SECOND_REPORT = "second_report"  # what a file is
PLACE = 90  # in lists and addresses, behind all records


def file_subjects() -> list[Subject]:
    """The report is no record that should reach a visit; a file can be it all the same."""
    name = gettext_lazy("Second doctor’s report")
    what = gettext_lazy("What the second doctor wrote after your visit.")
    return [Subject(SECOND_REPORT, str(name), str(what), PLACE)]


def versions_here(loop: ReportLoop) -> list[Version]:
    """The files that are this report, ready to go on: put in since the visit, and not hidden; the newest first."""
    visit = loop.visit
    ready = Version.objects.ready().newest_ready().on_their_own()
    own = ready.filter(case=visit.case_id, document__kind=SECOND_REPORT, document__only_me=False)
    found = own.select_related("document", "case__key", "file__key").order_by("-document__put_in_at", "document_id")
    return [
        each
        for each in found
        if visit.on_date is None or each.document.put_in_at.astimezone(visit.zone).date() >= visit.on_date
    ]


def primary_office(loop: ReportLoop) -> Office | None:
    """Where the report goes."""
    found = offices.doctor(loop.visit.case, CaseClinician.Role.PRIMARY)
    return found.clinician.office if found else None


def why_not(loop: ReportLoop) -> str:
    """Why we cannot say that we passed it on, in a sentence; empty when we can."""
    if not keeping.may_ask(loop.visit.case):
        return _("Nothing is signed that lets us pass it on. Ask the patient to sign first.")
    if not versions_here(loop):
        return _("The report is not here. Put it in as a file first, or wait until their office sends it.")
    return ""
