"""What the primary doctor's office says and takes. The page has looked before that it is this case's primary office."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cases.desk.links.models import OfficeLink
from cases.desk.packet.actions import note_taken
from cases.desk.primary import rules
from cases.desk.primary.rules import CAME, Said
from cases.documents.models import Version
from cases.records.items.telling import lock_case
from cases.records.models import ReportLoop
from cases.records.report import passing
from cases.records.report.actions import take_back_of_office, tell_report
from cases.records.rules import REPORT_MOVES
from cases.records.states import Came, VisitState
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

PRIMARY_OFFICE = "primary_office"  # why a copy left: in the history's words


@transaction.atomic
def say(loop: ReportLoop, said: str, *, on: date | None = None, words: str = "", by: Actor) -> ReportLoop:
    """One press: it came straight, it came from us, not yet, or in part: then `words` say what is missing, we ask
    the second office for the rest, and our copy is given again once more has come. The same said again changes nothing.

    Their own word of a moment ago is put right where another one, or another day, is given. Raises Refused for what
    somebody else has said otherwise, and for a day that cannot be.
    """
    lock_case(loop.visit.case)
    loop = _fresh(loop)
    if said == Said.PART and is_in_part(loop):
        return loop
    is_corrected = is_own_word(loop) and (on is not None or said != said_last(loop))
    if is_corrected:
        loop = _fresh(take_back_of_office(loop, by=by))
    if reason := rules.why_not(loop.state, said):
        raise Refused(reason, code="state")
    if rules.is_said_already(loop.state, said, is_looked_for=loop.missed_on is not None):
        return loop
    if said == Said.PART:
        return _tell_part(loop, words.strip(), on, by)
    if said == Said.NOT_YET:
        return tell_report(loop, "not_there", on=on, by=by)
    return tell_report(loop, "confirmed", on=on, came=CAME[Said(said)], by=by)


def _tell_part(loop: ReportLoop, words: str, on: date | None, by: Actor) -> ReportLoop:
    """What they have of our own copy, or of the one that came straight while we have none, is not the whole."""
    is_ours = loop.came == Came.THROUGH_US or not passing.versions_to_give(loop)
    no_use = words or _("Part of it is missing") if is_ours else ""
    return tell_report(loop, "not_there", on=on, no_use=no_use, by=by)


def is_in_part(loop: ReportLoop) -> bool:
    """They have said that it is not all there, and nothing is to be said of it again until more has come."""
    return loop.missed_on is not None and (loop.no_use_at is not None or bool(passing.versions_to_give(loop)))


@transaction.atomic
def take_back(loop: ReportLoop, *, by: Actor) -> ReportLoop:
    """Their own last word, for 10 minutes. Raises Refused."""
    lock_case(loop.visit.case)
    loop = _fresh(loop)
    if loop.moved_at is None:  # pressed twice
        return loop
    if not is_own_word(loop):
        raise Refused(_("This can be taken back for 10 minutes. Call us, and we change it for you."), code="state")
    return take_back_of_office(loop, by=by)


def note_copy(version: Version, *, by: Actor) -> None:
    """The copy that is with us goes out to them: a line of history each time, before the first piece leaves."""
    case = version.case
    record(by, "document.downloaded", version, patient=case.patient_id, case=case.pk, why=PRIMARY_OFFICE)


@transaction.atomic
def say_copy_taken(link: OfficeLink, loop: ReportLoop, version: Version, *, by: Actor) -> None:
    """They have the copy to its last piece: it has reached them through us."""
    lock_case(link.visit.case)
    loop = _fresh(loop)
    note_taken(link, [version.pk])
    if loop.state in REPORT_MOVES["passed_on"].sources and loop.visit.state == VisitState.HAPPENED:
        tell_report(loop, "passed_on", by=by)


def is_own_word(loop: ReportLoop) -> bool:
    return rules.is_own_word(
        loop.state,
        loop.known_by,
        loop.moved_at,
        is_looked_for=loop.missed_on is not None,
        is_moved_by_user=loop.moved_by_id is not None,
        now=clock.now(),
    )


def said_last(loop: ReportLoop) -> str:
    """What their last word was."""
    if loop.missed_on:
        return Said.PART if loop.no_use_at else Said.NOT_YET
    return next((said for said, came in CAME.items() if came == loop.came), "")


def _fresh(loop: ReportLoop) -> ReportLoop:
    together = ("visit__case__patient", "visit__case__key", "visit__office", "visit__clinician", "moved_by")
    return ReportLoop.objects.select_related(*together).get(pk=loop.pk)
