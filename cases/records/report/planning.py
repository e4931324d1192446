"""When a report is asked about: its reminders written anew after each change, and the day a person takes over."""

from collections.abc import Set
from datetime import date, datetime, timedelta

from cases.records.models import ReportLoop, Visit
from cases.records.report import loop as report_loop
from cases.records.report.loop import Next
from cases.records.standing import Standing
from cases.records.states import ReportState, VisitState
from portal.reminders.planning import Plan
from portal.reminders.rules import morning

REPORT_BACK = "records.report_back"
# On the coordinator’s board.
ASK_REPORT, PASS_ON, FAX_REPORT = REPORT_TO_DOS = ("ask_report", "pass_on_report", "fax_report")
WHICH_REPORT = "which_report"  # and of which visit a file is the report
STAYS_OPEN = timedelta(days=60)  # how long a message about it can be answered


def open_loop(visit: Visit, now: datetime) -> ReportLoop:
    """The report of a visit that took place: open from now on. One that was spoken of before stays as it was."""
    loop, _is_new = ReportLoop.objects.get_or_create(
        visit=visit, defaults={"said_at": now, "put_in_by_id": visit.put_in_by_id}
    )
    return loop


def plan_report(plan: Plan, visit: Visit, closed: Set[date]) -> None:
    """What is still due about the report of a visit. What was looked for in vain is ours to ask for: nobody is told."""
    loop = ReportLoop.objects.filter(visit=visit).first()
    if loop is None:
        return
    plan.covers(loop)
    if visit.state != VisitState.HAPPENED or loop.state == ReportState.CONFIRMED or loop.missed_on:
        return
    patient = visit.case.patient
    plan.keep(REPORT_BACK, loop, version=loop.version)
    days = report_loop.days_to_ask(_visit_day(visit), said_on(loop, visit), closed, went_out_on(loop))
    for step, day in days:
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


def next_of(loop: ReportLoop | None, stands: Standing) -> Next | None:
    """The one next day of an open report and whose it is: a message asks, and once all have gone, a person does."""
    visit, closed = stands.visit, stands.closed
    if loop is None or visit.state != VisitState.HAPPENED or loop.state == ReportState.CONFIRMED:
        return None
    day, said = _visit_day(visit), said_on(loop, visit)
    return report_loop.next_of(day, said, closed, stands.today, went_out_on(loop), loop.missed_on)


def next_day(loop: ReportLoop | None, stands: Standing) -> date | None:
    following = next_of(loop, stands)
    return following.on if following else None


def person_asks_on(loop: ReportLoop, visit: Visit, closed: Set[date]) -> date:
    """The day the coordinator asks, where the second office is."""
    day, said = _visit_day(visit), said_on(loop, visit)
    return report_loop.person_asks_on(day, said, closed, went_out_on(loop), loop.missed_on)


def went_out_on(loop: ReportLoop) -> date | None:
    """The day from which it can be on its way: counted only while nobody has seen it arrive."""
    return loop.sent_on if loop.state == ReportState.ANNOUNCED else None


def said_on(loop: ReportLoop, visit: Visit) -> date:
    """The patient's day of the last word about the report."""
    return loop.said_at.astimezone(visit.case.patient.zone).date()


def _visit_day(visit: Visit) -> date:
    assert visit.on_date is not None, "a visit that took place has a day"
    return visit.on_date
