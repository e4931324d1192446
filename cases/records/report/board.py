"""What is ours to do about a report, as calls and other things on the coordinator's board."""

from datetime import date

from cases.case.actions import ask_to_do, let_go
from cases.case.models import Case, ToDo
from cases.records.models import ReportLoop, Visit
from cases.records.report import loop as report_loop
from cases.records.report import passing, which
from cases.records.report.planning import ASK_REPORT, PASS_ON, REPORT_TO_DOS, WHICH_REPORT, next_of
from cases.records.standing import Standing
from cases.records.states import ReportState, VisitState
from portal.actors import SYSTEM, Actor
from portal.texts.words import organisation


def put_on_board(loop: ReportLoop, words: str = "", *, by: Actor) -> None:
    """What is ours to do about a report, today: pass on what is here, else ask the second office again; and say of
    which visit a file is, while one of them is open. `words`: what is wrong with the one that was passed on.
    """
    if is_to_pass_on(loop):
        ask_to_do(PASS_ON, loop, case=loop.visit.case, due_on=_today(), by=by)
    elif _is_open(loop) and loop.missed_on:  # whoever should have it looked for it: nobody else asks now
        ask_to_do(ASK_REPORT, loop, case=loop.visit.case, due_on=_today(), note=words, newest_counts=bool(words), by=by)
    ask_which(loop.visit.case, by=by)


def is_to_pass_on(loop: ReportLoop) -> bool:
    """Whether the report is here and whole, may go on, and nobody says that it is there."""
    is_due = _is_open(loop) and loop.state not in report_loop.THERE
    return is_due and passing.is_of_use(loop) and not passing.why_not(loop)


def ask_which(case: Case, *, by: Actor) -> None:
    """Where a file can be the report of several visits, somebody says of which; where that is said, nobody is asked."""
    asked = {version.document_id: version.document for version, _visits in which.to_ask(case)}
    for todo in (
        ToDo.objects.open().filter(kind=WHICH_REPORT, case=case).exclude(about_id__in=[str(pk) for pk in asked])
    ):
        let_go(todo, by=by)
    for document in asked.values():
        ask_to_do(WHICH_REPORT, document, case=case, due_on=_today(), by=by)


def _today() -> date:
    return organisation().today()


def settle_what_is_over(visit: Visit, stands: Standing | None = None) -> None:
    """Calls about a report that is confirmed or was not looked for after all, and what is not here to pass on.

    Without `stands`, calls whose day has come are left as they are.
    """
    loop = ReportLoop.objects.filter(visit=visit).first()
    if loop is None:
        return
    loop.visit = visit
    for todo in ToDo.objects.open().filter(kind__in=REPORT_TO_DOS, about_id=str(loop.pk)):
        if not (_is_to_ask(loop, stands) if todo.kind == ASK_REPORT else is_to_pass_on(loop)):
            let_go(todo, by=SYSTEM)


def _is_open(loop: ReportLoop) -> bool:
    return loop.visit.state == VisitState.HAPPENED and loop.state != ReportState.CONFIRMED


def _is_to_ask(loop: ReportLoop, stands: Standing | None) -> bool:
    if is_to_pass_on(loop):
        return False  # what is here goes from us: no office is asked for it
    if not _is_open(loop) or stands is None:
        return _is_open(loop)
    following = next_of(loop, stands)
    return following is not None and following.by == report_loop.Asker.PERSON
