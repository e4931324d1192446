"""What is said of the report on its way to the primary doctor, by whom, and how it is known."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from cases.records import rules, undoing
from cases.records.items.telling import SAY, lock_case, put_back, role_of
from cases.records.models import ReportLoop
from cases.records.planning import replan
from cases.records.report import board, passing
from cases.records.report import loop as report_loop
from cases.records.report.planning import ASK_REPORT, REPORT_TO_DOS
from cases.records.states import Came, KnownBy, ReportState, VisitState
from portal import clock, moves
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def tell_report(
    loop: ReportLoop,
    verb: str,
    *,
    on: date | None = None,
    told: str = "",
    came: str = "",
    no_use: str = "",
    by: Actor,
) -> ReportLoop:
    """Say what is known of a report: a verb of `rules.REPORT_MOVES`, about day `on` (today where the visit was).

    "announced" is about the day it goes out, which may be to come. `told` is how staff heard ("office" in writing,
    else by phone), `came` which way it came, where that is known; `no_use` what is wrong with the copy that we passed
    on: it is not passed on again by itself, and its office is asked. Raises Refused for a verb that the state does not
    allow, a day that cannot be, a visit that is still to come, or passing on what is not here or nobody permitted.
    """
    now = clock.now()
    lock_case(loop.visit.case)
    loop = ReportLoop.objects.select_related("visit__case__patient", "visit__case__key", "visit__office").get(
        pk=loop.pk
    )
    visit = loop.visit
    role = role_of(visit.case, by, SAY)
    target = moves.check(rules.REPORT_MOVES, verb, loop.state, role)
    if visit.state != VisitState.HAPPENED or visit.on_date is None:
        raise Refused(_("Say first that the visit took place."), code="state")
    if verb == "passed_on" and role == rules.COORDINATOR and (reason := passing.why_not(loop)):
        raise Refused(reason, code="state")
    dates = {name: getattr(loop, name) for name in report_loop.ALL_DATES}
    today = now.astimezone(visit.zone).date()
    if reason := report_loop.why_not_on(on or today, today, visit.on_date, dates, verb):
        raise Refused(reason, code="input")
    undoing.keep(loop, now=now, by=by)
    for name, day in report_loop.dates_after(verb, dates, on or today).items():
        setattr(loop, name, day)
    loop.state, loop.known_by, loop.said_at = target, rules.known_by(role, told), now
    if verb == "not_there":
        loop.came = ""
    if no_use or target in report_loop.THERE:
        loop.no_use_at = now if no_use else None
    if target in report_loop.THERE:
        loop.came = came or loop.came or report_loop.CAME_OF_VERB.get(verb, "")
    loop.version += 1
    loop.save()
    record(by, f"report.{verb}", loop, patient=visit.case.patient_id, case=visit.case_id)
    is_there = target in report_loop.THERE
    for todo in ToDo.objects.open().filter(kind__in=REPORT_TO_DOS, about_id=str(loop.pk)):
        if todo.kind == ASK_REPORT or is_there or no_use:
            settle_to_do(todo, by=by)  # somebody has said where it is: nobody needs to ask today
    board.put_on_board(loop, no_use, by=by)
    replan(visit, now=now)
    return loop


@transaction.atomic
def take_back_of_office(loop: ReportLoop, *, by: Actor) -> ReportLoop:
    """An office takes back what it said last, on its page. The desk has looked before that it is its own word.

    Raises Refused when anybody has said more since, and after 10 minutes.
    """
    now = clock.now()
    lock_case(loop.visit.case)
    loop = ReportLoop.objects.select_related("visit__case__patient", "visit__case__key", "visit__office").get(
        pk=loop.pk
    )
    is_theirs = loop.known_by == KnownBy.OFFICE_PAGE and loop.moved_by_id is None
    if not is_theirs or loop.moved_at is None or now - loop.moved_at > rules.UNDO_FOR:
        raise Refused(_("This can be taken back for 10 minutes. Call us, and we change it for you."), code="state")
    put_back(loop, by=by)
    board.put_on_board(loop, by=by)
    replan(loop.visit, now=now)
    return loop


@transaction.atomic
def take_back_passed_on(loop: ReportLoop, *, since: datetime, until: datetime, by: Actor) -> None:
    """A copy of ours that went out in this time did not arrive: the word that it did is put back.

    Whatever anybody has said since stands.
    """
    lock_case(loop.visit.case)
    loop = ReportLoop.objects.select_related("visit__case__patient", "visit__case__key", "visit__office").get(
        pk=loop.pk
    )
    is_by_that = loop.state == ReportState.RECEIVED and loop.came == Came.THROUGH_US
    if not is_by_that or loop.moved_at is None or not since <= loop.moved_at <= until:
        return
    put_back(loop, by=by)
    board.put_on_board(loop, by=by)
    replan(loop.visit, now=clock.now())
