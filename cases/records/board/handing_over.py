"""When messages have done what they can, or a visit has come near, a person calls: a row on the coordinator's board."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from cases.case.actions import ask_to_do
from cases.case.models import Case, ToDo
from cases.records.days.closed_days import closed_days
from cases.records.days.verdict import Timing
from cases.records.models import RecordItem, ReportLoop, Visit
from cases.records.planning import CALL_HOLDER, GIVE_BACK, VISIT_SOON
from cases.records.report import board as report_board
from cases.records.report import loop as report_loop
from cases.records.report import planning as report_planning
from cases.records.report.planning import ASK_REPORT, PASS_ON, REPORT_TO_DOS
from cases.records.standing import Standing, standings
from cases.records.states import Route
from portal.actors import SYSTEM
from portal.texts.business_days import needs_a_call

NEAR_AT_MOST = timedelta(days=28)  # ten business days, and the longest holidays between them
ONE_DAY = timedelta(days=1)  # the widest that local dates differ from those of UTC


@transaction.atomic
def put_on_board(*, now: datetime) -> int:
    """Ask the coordinator to call about every record whose day has come. Answers how many calls are open.

    A call that was made and settled since that day is not asked for again, until something new is said.
    """
    cases = Case.objects.open().filter(act_by__lte=now.date() + ONE_DAY)
    visits = Visit.objects.live().filter(case__in=cases).select_related("case__key", "office")
    due = {
        str(line.item.pk): (line, stands)
        for stands in standings(visits, now).values()
        for line in stands.items
        if line.waits_for_a_person(stands.today)
    }
    since = {pk: line.next_day.on for pk, (line, _stands) in due.items() if line.next_day}
    for about_id in _made(CALL_HOLDER, since):
        del due[about_id]
    for line, stands in due.values():
        ask_to_do(CALL_HOLDER, line.item, case=stands.visit.case, due_on=stands.today, by=SYSTEM)
    return len(due) + _ask_for_lent_things(now)


def _ask_for_lent_things(now: datetime) -> int:
    """What was lent and whose day has come: somebody asks the second office to send it back."""
    lent = RecordItem.objects.to_give_back().filter(due_back_on__lte=now.date() + ONE_DAY)
    lent = lent.filter(visit__case__in=Case.objects.open()).exclude(route=Route.CARRIED)
    found = lent.select_related("visit__case__key", "visit__office")
    due = {str(item.pk): item for item in found if item.is_ours_to_give_back(now.astimezone(item.visit.zone).date())}
    for about_id in _made(GIVE_BACK, {pk: item.due_back_on for pk, item in due.items() if item.due_back_on}):
        del due[about_id]
    for item in due.values():
        ask_to_do(GIVE_BACK, item, case=item.visit.case, due_on=now.astimezone(item.visit.zone).date(), by=SYSTEM)
    return len(due)


@transaction.atomic
def put_near_visits_on_board(*, now: datetime) -> int:
    """Ask for a call about each visit that came near by passing time while a core record is still to come.

    Once for each day of a visit: not where a call was asked for since that day was saved.
    """
    near = Visit.objects.booked().filter(on_date__range=(now.date() - ONE_DAY, now.date() + NEAR_AT_MOST))
    asked = ToDo.objects.filter(kind=VISIT_SOON, about_id=Cast(OuterRef("pk"), CharField()))
    near = near.filter(case__in=Case.objects.open()).exclude(Exists(asked.filter(asked_at__gte=OuterRef("booked_at"))))
    found = standings(near.select_related("case__key", "office"), now).values()
    due = [stands for stands in found if _is_near(stands) and _is_open(stands)]
    for stands in due:
        ask_to_do(VISIT_SOON, stands.visit, case=stands.visit.case, due_on=stands.today, by=SYSTEM)
    return len(due)


def _is_near(stands: Standing) -> bool:
    on = stands.visit.on_date
    return on is not None and on >= stands.today and needs_a_call(stands.today, on, stands.closed)


def _is_open(stands: Standing) -> bool:
    """Whether a core record is neither there nor in the patient's hands."""
    core = stands.verdict.core if stands.verdict else ()
    return any(judged.timing not in {Timing.THERE, Timing.CARRIED} for judged in core)


@transaction.atomic
def put_reports_on_board(*, now: datetime) -> int:
    """The same for each report that nobody has confirmed after the last question about it.

    A call that told nothing new is made again some days later: an open report is always somebody's.
    """
    cases = Case.objects.open().filter(act_by__lte=now.date() + ONE_DAY)
    loops = list(
        ReportLoop.objects.open().filter(visit__case__in=cases).select_related("visit__case__patient", "visit__office")
    )
    closed = closed_days({loop.visit.region for loop in loops}, now.date())
    days = {str(loop.pk): report_planning.person_asks_on(loop, loop.visit, closed[loop.visit.region]) for loop in loops}
    due = {str(loop.pk): loop for loop in loops if days[str(loop.pk)] <= now.astimezone(loop.visit.zone).date()}
    for about_id, called_at in _calls_made(REPORT_TO_DOS, {pk: days[pk] for pk in due}).items():
        zone, region = due[about_id].visit.zone, due[about_id].visit.region
        today = now.astimezone(zone).date()
        if not report_loop.is_called_again(called_at.astimezone(zone).date(), today, closed[region]):
            del due[about_id]
    for loop in due.values():
        today = now.astimezone(loop.visit.zone).date()
        kind = PASS_ON if report_board.is_to_pass_on(loop) else ASK_REPORT  # what is here is asked of nobody
        ask_to_do(kind, loop, case=loop.visit.case, due_on=today, by=SYSTEM)
    return len(due)


def _made(kind: str, since: Mapping[str, date]) -> set[str]:
    """The things about which a call was made and settled since their day."""
    return set(_calls_made([kind], since))


def _calls_made(kinds: Collection[str], since: Mapping[str, date]) -> dict[str, datetime]:
    """When the last call about each, of any of these kinds, was settled; of those asked for since the thing's day."""
    settled = ToDo.objects.filter(kind__in=kinds, about_id__in=since, done_at__isnull=False).order_by("done_at")
    found = settled.values_list("about_id", "asked_at", "done_at")
    return {about_id: done_at for about_id, asked_at, done_at in found if is_since(asked_at, since[about_id])}


def is_since(asked_at: datetime, day: date) -> bool:
    """Whether a call was asked for on a day or after it, wherever that day is."""
    return asked_at >= datetime.combine(day, time(0), UTC) - ONE_DAY
