"""What follows for the report of a visit when a file of the case can be read, or no longer."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import must
from cases.case.authority import Authority
from cases.case.models import Case
from cases.documents.models import Document
from cases.records.items.telling import lock_case, put_back
from cases.records.models import LIVE, ReportFile, ReportLoop, Visit
from cases.records.planning import replan
from cases.records.report import board, passing, which
from cases.records.report.actions import tell_report
from cases.records.states import KnownBy, ReportState
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def follow_file(document: Document) -> None:
    """The second doctor's report is here as a file: its office need not be asked any more, and one of us passes it on.
    No longer here: it is to be asked for as before, and there is nothing to pass on.

    Safe to call twice. Documents call it, in their own transaction, through `cases.documents.ready`.
    """
    loops = ReportLoop.objects.open().filter(visit__case=document.case_id)
    for loop in loops.select_related("visit__case__patient", "visit__case__key", "visit__office"):
        lock_case(loop.visit.case)
        loop.refresh_from_db(fields=["state", "known_by", "missed_on", "before", "version", "no_use_at"])
        is_here = any(each.document_id == document.pk for each in passing.versions_here(loop))
        if is_here and _is_still_asked_for(loop) and passing.is_of_use(loop) and not passing.why_not(loop):
            loop = tell_report(loop, "announced", by=SYSTEM)
        elif _is_known_by_its_file(loop) and not passing.versions_here(loop):
            put_back(loop, by=SYSTEM)
            replan(loop.visit, now=clock.now())
        board.put_on_board(loop, by=SYSTEM)
        board.settle_what_is_over(loop.visit)
    board.ask_which(document.case, by=SYSTEM)


@transaction.atomic
def never_came(loop: ReportLoop, *, by: Actor) -> None:
    """What reached the primary doctor was another paper: nothing is known of the report but that it was asked for."""
    lock_case(loop.visit.case)
    loop.refresh_from_db()
    loop.before = loop.moved_at = loop.moved_by = None  # what it was before was said of that paper, too
    loop.sent_on = loop.received_on = loop.confirmed_on = None
    loop.state = ReportState.ASKED if loop.asked_on else ReportState.NOT_ASKED
    loop.came, loop.known_by = "", loop.known_by if loop.asked_on else ""
    loop.said_at = clock.now()
    loop.version += 1
    loop.save()
    record(by, "report.undone", loop, patient=loop.visit.case.patient_id, case=loop.visit.case_id)
    board.put_on_board(loop, by=by)
    replan(loop.visit, now=clock.now())


@transaction.atomic
def say_which(document: Document, visit: Visit, *, by: Actor) -> None:
    """Say of which visit a file is the report: one of the case that had its day. Raises Refused."""
    case = document.case
    must("say_where_records_are", case, by)
    lock_case(case)
    document = Document.objects.select_related("case__patient", "case__key").get(pk=document.pk)
    visit = Visit.objects.get(pk=visit.pk)
    if document.kind != which.SECOND_REPORT or visit.case_id != case.pk or not _had_its_day(visit):
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    bind(document, visit)
    record(by, "report.file_said", visit, patient=case.patient_id, case=case.pk)
    follow_file(document)


def bind(document: Document, visit: Visit) -> None:
    """Keep of which visit a file is the report. Whoever calls it has looked whether that can be."""
    ReportFile.objects.update_or_create(document=document, defaults={"visit": visit, "said_at": clock.now()})


def _had_its_day(visit: Visit) -> bool:
    return visit.state in LIVE and visit.on_date is not None and visit.on_date <= clock.today(visit.zone)


@transaction.atomic
def follow_authority(authority: Authority, *, by: Actor) -> None:
    """What is here may be passed on from now on, or no longer. Cases call it, in their own transaction."""
    follow_all(authority.case)


def follow_all(case: Case) -> None:
    """Look at each report that is here as a file once more."""
    for document in Document.objects.here().filter(case=case, kind=which.SECOND_REPORT).select_related("case__key"):
        follow_file(document)


def _is_still_asked_for(loop: ReportLoop) -> bool:
    """Looked for in vain is a person's word: a file that was here all the while does not outweigh it."""
    return loop.state in {ReportState.NOT_ASKED, ReportState.ASKED} and loop.missed_on is None


def _is_known_by_its_file(loop: ReportLoop) -> bool:
    return loop.state == ReportState.ANNOUNCED and loop.known_by == KnownBy.DOCUMENT and loop.before is not None
