"""Of which visit a report is that came as a file: as somebody said, else as it can only be, else a question.

Nothing is guessed between two visits: the report of the third doctor closes no question about the second's.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.case.models import Case, Office
from cases.documents.models import Version
from cases.records.models import ReportFile, ReportLoop, Visit
from portal.beside import lists

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


def asks(case: UUID) -> dict[str, QuerySet[Any]]:
    """What decides of which visit each file is, as `portal.beside.lists` asks for it, with more of a page beside."""
    ready = Version.objects.ready().newest_ready().on_their_own()
    ready = ready.filter(case=case, document__kind=SECOND_REPORT, document__only_me=False)
    loops = ReportLoop.objects.filter(visit__in=Visit.objects.live().filter(case=case), confirmed_on__isnull=False)
    put_in = Version.objects.filter(case=case, document__kind=SECOND_REPORT, put_in_by_office__isnull=False)
    return {
        "reports": ready.select_related("document", "case__key", "file__key").order_by(
            "-document__put_in_at", "document_id"
        ),
        "visits": Visit.objects.live().filter(case=case).select_related("office", "clinician"),
        "confirmed": loops,
        "said": ReportFile.objects.filter(document__case=case),
        "put_in": put_in.order_by("number"),
        "merged": Office.objects.filter(pk__in=put_in.values("put_in_by_office"), merged_into__isnull=False),
    }


def files_of(case: Case | UUID) -> Files:
    """Each file that is a report, ready to go on and not hidden, the newest first; with the visits it can be of.

    One query.
    """
    pk = case.pk if isinstance(case, Case) else case
    return files_from(lists(Case(pk=pk), **asks(pk)))


def files_from(rows: Mapping[str, list[Any]]) -> Files:
    """The same out of what `asks` found."""
    visits = {visit.pk: visit for visit in rows["visits"]}
    confirmed = {loop.visit_id: loop.confirmed_on for loop in rows["confirmed"]}
    said = {each.document_id: each.visit_id for each in rows["said"]}
    # The office that put a file in on its page, as its entry is called now.
    now = {each.pk: each.merged_into_id for each in rows["merged"]}
    office = {each.document_id: now.get(each.put_in_by_office, each.put_in_by_office) for each in rows["put_in"]}
    found = []
    for version in rows["reports"]:
        pk = version.document_id
        if said.get(pk) in visits:
            found.append((version, [visits[said[pk]]]))
        else:
            found.append(
                (version, could_be_of(version.document.put_in_at, office.get(pk), list(visits.values()), confirmed))
            )
    return found


def to_ask(case: Case | UUID, files: Files | None = None) -> Files:
    """The files of which somebody has to say which visit they are of: one of several, not all of which are over.
    `files` spare a look where the caller has them.
    """
    found = [each for each in (files_of(case) if files is None else files) if len(each[1]) > 1]
    if not found:
        return []
    done = set(ReportLoop.objects.filter(visit__case=case, confirmed_on__isnull=False).values_list("visit", flat=True))
    return [(version, visits) for version, visits in found if any(visit.pk not in done for visit in visits)]
