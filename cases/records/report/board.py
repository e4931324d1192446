"""What is ours to do about a report, as calls and other things on the coordinator's board."""

from zoneinfo import ZoneInfo

from cases.case.actions import ask_to_do, let_go
from cases.case.models import ToDo
from cases.records.models import ReportLoop, Visit
from cases.records.report import loop as report_loop
from cases.records.report import passing
from cases.records.report.planning import ASK_REPORT, PASS_ON, REPORT_TO_DOS, next_of
from cases.records.standing import Standing
from cases.records.states import ReportState, VisitState
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.texts.words import organisation


def put_on_board(loop: ReportLoop, *, by: Actor) -> None:
    """What is ours to do about an open report, today: ask the second office again, or pass on what is here."""
    if not _is_open(loop) or loop.state in report_loop.THERE:
        return
    case, today = loop.visit.case, clock.today(ZoneInfo(organisation().time_zone))
    if loop.missed_on:  # whoever should have it looked for it: nobody else asks now
        ask_to_do(ASK_REPORT, loop, case=case, due_on=today, by=by)
    if not passing.why_not(loop):
        ask_to_do(PASS_ON, loop, case=case, due_on=today, by=by)


def settle_what_is_over(visit: Visit, stands: Standing | None = None) -> None:
    """Calls about a report that is confirmed or was not looked for after all, and what is not here to pass on.

    Without `stands`, calls whose day has come are left as they are.
    """
    loop = ReportLoop.objects.filter(visit=visit).first()
    if loop is None:
        return
    loop.visit = visit
    for todo in ToDo.objects.open().filter(kind__in=REPORT_TO_DOS, about_id=str(loop.pk)):
        if not (_is_to_ask(loop, stands) if todo.kind == ASK_REPORT else _is_to_pass_on(loop)):
            let_go(todo, by=SYSTEM)


def _is_open(loop: ReportLoop) -> bool:
    return loop.visit.state == VisitState.HAPPENED and loop.state != ReportState.CONFIRMED


def _is_to_ask(loop: ReportLoop, stands: Standing | None) -> bool:
    if not _is_open(loop) or stands is None:
        return _is_open(loop)
    following = next_of(loop, stands)
    return following is not None and following.by == report_loop.Asker.PERSON


def _is_to_pass_on(loop: ReportLoop) -> bool:
    return _is_open(loop) and loop.state not in report_loop.THERE and not passing.why_not(loop)
