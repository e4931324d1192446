"""Asking whether the second office's report has reached the primary doctor: on days 3, 10 and 20 after the visit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.actions import ask_to_do
from cases.case.models import Case
from cases.records import patterns
from cases.records.models import ReportLoop
from cases.records.reminders import taken_back
from cases.records.report import planning as report_planning
from cases.records.report.actions import tell_report
from cases.records.states import ReportState, VisitState
from portal import clock
from portal.actors import Actor
from portal.reminders.kinds import CALL, DONE, REMINDER, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader
from portal.reminders.together import things

Rows = Sequence[Reminder]
ASKS = {
    ReportState.NOT_ASKED: patterns.REPORT_TO_ASK,
    ReportState.ASKED: patterns.REPORT_ASKED,
    ReportState.ANNOUNCED: patterns.REPORT_ANNOUNCED,
    ReportState.RECEIVED: patterns.REPORT_RECEIVED,
}
# What "done" says, by the state that was asked about.
DONE_SAYS = {
    ReportState.NOT_ASKED: "asked",
    ReportState.ASKED: "received",
    ReportState.ANNOUNCED: "received",
    ReportState.RECEIVED: "confirmed",
}


def _about() -> QuerySet[ReportLoop]:
    return ReportLoop.objects.select_related("visit__case__patient", "visit__case__key", "visit__office")


def _loops(rows: Rows) -> dict[UUID, ReportLoop]:
    return things(rows, _about)


def still_due(rows: Rows, now: datetime) -> set[UUID]:
    """Each word about a report raises its version; a confirmed one is over, and so is one of a visit taken back."""
    loops = _loops(rows)
    return {row.pk for row in rows if (loop := loops.get(row.about_id)) and _is_due(loop, row)}


def _is_due(loop: ReportLoop, row: Reminder) -> bool:
    return (
        loop.version == row.version
        and loop.state != ReportState.CONFIRMED
        and loop.missed_on is None
        and loop.visit.state == VisitState.HAPPENED
        and loop.visit.case.state != Case.State.CLOSED
    )


def words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    loops = _loops(rows)
    return {row.pk: _words(loops[row.about_id]) for row in rows}


def _words(loop: ReportLoop) -> Words:
    """Each asks for the next thing that somebody may know; a confirmed one asks no more."""
    if pattern := ASKS.get(ReportState(loop.state)):
        return say(pattern, path=loop.get_absolute_url())
    return Words(
        subject=_("One thing after your visit"),
        lead=_("The report is there"),
        line=_("There is nothing left to do."),
        action_label=_("Open my page"),
        path=loop.get_absolute_url(),
        question=_("Is it there?"),
    )


def answer(row: Reminder, choice: str, by: Actor) -> None:
    """Done says the next thing, unless more has been said meanwhile; "call me" puts a call on the board."""
    loop = _loops([row]).get(row.about_id)
    if loop is None:
        return
    if choice == DONE and _is_due(loop, row):
        tell_report(loop, DONE_SAYS[ReportState(loop.state)], by=by)
    if choice == CALL:
        case = loop.visit.case
        ask_to_do("call", case, case=case, due_on=clock.today(case.patient.zone), by=by)


def take_back(row: Reminder, by: Actor) -> int:
    return taken_back(_loops([row]).get(row.about_id), row, by)


def _why(row: Reminder) -> str:
    return _("Your visit took place. Once somebody says that the report is there, we stop asking.")


KINDS = (
    Kind(
        code=report_planning.REPORT_BACK,
        message_class=REMINDER,
        label=gettext_lazy("The report after your visit"),
        still_due=still_due,
        about=(_about,),
        words=words,
        why=_why,
        rank=15,
        answer=answer,
        take_back=take_back,
        again_after=3,
        patterns=tuple(ASKS.values()),
    ),
)
