"""When a report is asked about: its reminders written anew after each change, and the day a person takes over."""

from collections.abc import Set
from datetime import date, datetime, timedelta

from cases.records.models import ReportLoop, Visit
from cases.records.report import loop as report_loop
from cases.records.standing import Standing
from cases.records.states import ReportState, VisitState
from portal.reminders.planning import Plan
from portal.reminders.rules import morning

REPORT_BACK = "records.report_back"
ASK_REPORT = "ask_report"  # on the coordinator's board
STAYS_OPEN = timedelta(days=60)  # how long a message about it can be answered


def open_loop(visit: Visit, now: datetime) -> ReportLoop:
    """The report of a visit that took place: open from now on. One that was spoken of before stays as it was."""
    loop, _is_new = ReportLoop.objects.get_or_create(visit=visit, defaults={"said_at": now})
    return loop


def plan_report(plan: Plan, visit: Visit, closed: Set[date]) -> None:
    """What is still due about the report of a visit."""
    loop = ReportLoop.objects.filter(visit=visit).first()
    if loop is None:
        return
    plan.covers(loop)
    if visit.state != VisitState.HAPPENED or loop.state == ReportState.CONFIRMED:
        return
    patient = visit.case.patient
    plan.keep(REPORT_BACK, loop, version=loop.version)
    for step, day in report_loop.days_to_ask(_visit_day(visit), said_on(loop, visit), closed):
        due_at = morning(day, patient.zone)
        plan.want(
            REPORT_BACK,
            loop,
            version=loop.version,
            recipient=patient,
            due_at=due_at,
            useful_until=due_at + STAYS_OPEN,
            case=visit.case,
            step=step,
        )


def next_day(loop: ReportLoop | None, stands: Standing) -> date | None:
    """The next day on which somebody is asked about the report; once all have passed, a person's day."""
    visit, closed = stands.visit, stands.closed
    if loop is None or visit.state != VisitState.HAPPENED or loop.state == ReportState.CONFIRMED:
        return None
    days = report_loop.days_to_ask(_visit_day(visit), said_on(loop, visit), closed)
    ahead = [day for _step, day in days if day >= stands.today]
    return ahead[0] if ahead else person_asks_on(loop, visit, closed)


def person_asks_on(loop: ReportLoop, visit: Visit, closed: Set[date]) -> date:
    """The day the coordinator asks, where the second office is."""
    return report_loop.person_asks_on(_visit_day(visit), said_on(loop, visit), closed)


def said_on(loop: ReportLoop, visit: Visit) -> date:
    """The patient's day of the last word about the report."""
    return loop.said_at.astimezone(visit.case.patient.zone).date()


def _visit_day(visit: Visit) -> date:
    assert visit.on_date is not None, "a visit that took place has a day"
    return visit.on_date
