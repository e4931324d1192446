"""Of which visit a report is that came as a file: as somebody said, else as it can only be, else a question.

Nothing is guessed between two visits: the report of the third doctor closes no question about the second's.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from cases.case.models import Case, Office
from cases.documents.models import Version
from cases.records.models import ReportFile, ReportLoop, Visit

SECOND_REPORT = "second_report"  # what a file is


def could_be_of(
    put_in_at: datetime, office: UUID | None, visits: Sequence[Visit], confirmed: Mapping[UUID, date]
) -> list[Visit]:
    """The visits that a file can be the report of. Pure.

    Those at the `office` that put it in, else all: of these the ones whose day had come by then, without those whose
    report the primary doctor had already, where others are left.
    """
    there = [visit for visit in visits if office and visit.office_id == office] or visits
    day = {visit.pk: put_in_at.astimezone(visit.zone).date() for visit in there}
    begun = [visit for visit in there if visit.on_date and visit.on_date <= day[visit.pk]]
    return [visit for visit in begun if confirmed.get(visit.pk, day[visit.pk]) >= day[visit.pk]] or begun


Files = list[tuple[Version, list[Visit]]]  # each with the visits that it can be the report of


def files_of(case: Case | UUID) -> Files:
    """Each file that is a report, ready to go on and not hidden, the newest first; with the visits it can be of."""
    ready = Version.objects.ready().newest_ready().on_their_own()
    ready = ready.filter(case=case, document__kind=SECOND_REPORT, document__only_me=False)
    versions = list(
        ready.select_related("document", "case__key", "file__key").order_by("-document__put_in_at", "document_id")
    )
    if not versions:
        return []
    visits = {visit.pk: visit for visit in Visit.objects.live().filter(case=case).select_related("office", "clinician")}
    confirmed = dict(
        ReportLoop.objects.filter(visit__in=visits, confirmed_on__isnull=False).values_list("visit", "confirmed_on")
    )
    documents = [version.document_id for version in versions]
    said = dict(ReportFile.objects.filter(document__in=documents).values_list("document", "visit"))
    office = _offices(documents)
    found = []
    for version in versions:
        pk = version.document_id
        if said.get(pk) in visits:
            found.append((version, [visits[said[pk]]]))
        else:
            found.append(
                (version, could_be_of(version.document.put_in_at, office.get(pk), list(visits.values()), confirmed))
            )
    return found


def _offices(documents: Sequence[UUID]) -> dict[UUID, UUID]:
    """The office that put a file in on its page, by document, as its entry is called now."""
    put_in = Version.objects.filter(document__in=documents, put_in_by_office__isnull=False)
    offices = dict(put_in.order_by("number").values_list("document", "put_in_by_office"))
    merged = (
        Office.objects.filter(pk__in=offices.values(), merged_into__isnull=False) if offices else Office.objects.none()
    )
    now = dict(merged.values_list("pk", "merged_into"))
    return {document: now.get(office, office) for document, office in offices.items()}


def to_ask(case: Case | UUID, files: Files | None = None) -> Files:
    """The files of which somebody has to say which visit they are of: one of several, not all of which are over.
    `files` spare a look where the caller has them.
    """
    found = [each for each in (files_of(case) if files is None else files) if len(each[1]) > 1]
    if not found:
        return []
    done = set(ReportLoop.objects.filter(visit__case=case, confirmed_on__isnull=False).values_list("visit", flat=True))
    return [(version, visits) for version, visits in found if any(visit.pk not in done for visit in visits)]
