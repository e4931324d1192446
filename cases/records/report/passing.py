"""Passing the report on: where the second office sent it to us, or the patient put it in, and signed that we may."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case import offices
from cases.case.models import CaseClinician, Office
from cases.documents.models import Version
from cases.documents.subjects import Subject
from cases.records.models import ReportLoop, Visit
from cases.records.release import keeping
from cases.records.report import which
from cases.records.report.which import SECOND_REPORT, Files
from cases.records.states import VisitState

PLACE = 90  # in lists and addresses, behind all records


def file_subjects() -> list[Subject]:
    """The report is no record that should reach a visit; a file can be it all the same."""
    name = gettext_lazy("Second doctor’s report")
    what = gettext_lazy("What the second doctor wrote after your visit.")
    return [Subject(SECOND_REPORT, str(name), str(what), PLACE)]


def versions_here(loop: ReportLoop, files: Files | None = None) -> list[Version]:
    """The files that are this report, ready to go on, and not hidden; the newest first."""
    found = which.files_of(loop.visit.case_id) if files is None else files
    return [version for version, visits in found if [visit.pk for visit in visits] == [loop.visit_id]]


def other_visits(visit: Visit) -> list[Visit]:
    """The other visits of the case that took place: what is taken for the report of this one may be of those."""
    others = Visit.objects.filter(case=visit.case_id, state=VisitState.HAPPENED).exclude(pk=visit.pk)
    return list(others.select_related("clinician", "office").order_by("round"))


def primary_office(loop: ReportLoop) -> Office | None:
    """Where the report goes."""
    found = offices.doctor(loop.visit.case, CaseClinician.Role.PRIMARY)
    return found.clinician.office if found else None


def is_of_use(loop: ReportLoop, files: Files | None = None) -> bool:
    """Whether what is here may be the whole report: nobody said otherwise since the newest of it was put in."""
    if loop.no_use_at is None:
        return True
    return any(version.put_in_at > loop.no_use_at for version in versions_here(loop, files))


def versions_to_give(loop: ReportLoop) -> list[Version]:
    """The files that its office may take from us: none while somebody says that what is here is not the whole."""
    return versions_here(loop) if is_of_use(loop) else []


def why_not(loop: ReportLoop, files: Files | None = None) -> str:
    """Why we cannot say that we passed it on, in a sentence; empty when we can."""
    if not keeping.may_ask(loop.visit.case):
        return _("Nothing is signed that lets us pass it on. Ask the patient to sign first.")
    if not versions_here(loop, files):
        return _("The report is not here. Put it in as a file first, or wait until their office sends it.")
    return ""
