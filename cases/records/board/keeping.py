"""What the board is ordered and narrowed by, kept on the case: the day to act, the visit's day and its verdict."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from cases.case.models import Case
from cases.records import rules
from cases.records.days import verdict
from cases.records.models import LIVE, RecordItem, ReportLoop, Visit
from cases.records.report import planning as report_planning
from cases.records.standing import Standing, standings
from cases.records.states import VisitState

KEPT = ("act_by", "visit_on", "verdict", "look_at")
AT_ONCE = 100  # cases in a transaction, so that nobody waits long for one of them


def keep(cases: Sequence[Case], stand: Iterable[Standing], now: datetime) -> None:
    """Write it down, given how all live visits of these cases stand. Under the lock of each case."""
    by_case: dict[UUID, list[Standing]] = defaultdict(list)
    for each in sorted(stand, key=lambda each: each.visit.round):
        if each.visit.state in LIVE:
            by_case[each.visit.case_id].append(each)
    loops = {loop.visit_id: loop for loop in ReportLoop.objects.open().filter(visit__case__in=cases)}
    lent = RecordItem.objects.to_give_back().filter(visit__case__in=cases).order_by("-due_back_on")
    back_on = dict(lent.values_list("visit__case", "due_back_on"))  # the earliest, since it comes last
    for case in cases:
        own = by_case[case.pk]
        leads = own[-1] if own else None
        reports = [report_planning.next_day(loops.get(each.visit.pk), each) for each in own]
        # A third round may be open beside the second, and what was lent goes back whatever became of its visit.
        case.act_by = rules.act_by([*(each.act_by for each in own), *reports, back_on.get(case.pk)])
        case.visit_on = leads.visit.on_date if leads else None
        case.verdict = leads.verdict.answer if leads and leads.verdict else ""
        case.look_at = min((at for each in own if (at := _look_at(each, each.visit.pk in loops, now))), default=None)
    Case.objects.bulk_update(cases, KEPT)


def _look_at(stands: Standing, is_reported: bool, now: datetime) -> datetime | None:
    """When the clock alone may change it: never without a day, nor once the report is there."""
    if stands.visit.state != VisitState.BOOKED and not is_reported:
        return None
    return verdict.holds_until(stands.things, stands.visit.zone, now)


def look_soon(cases: QuerySet[Case], now: datetime) -> None:
    """Something else changed by which these are worked out: the clock's next turn looks at them."""
    cases.exclude(look_at=None).update(look_at=now)


def look_again(now: datetime) -> int:
    """Work out anew what the clock may have changed. Answers how many cases. Twice, or late, changes nothing."""
    done = 0
    while some := _look_at_some(now):
        done += some
    return done


@transaction.atomic
def _look_at_some(now: datetime) -> int:
    due = Case.objects.open().filter(look_at__lte=now).order_by("look_at")
    # One that is being changed at this moment is kept by that change.
    cases = list(due.select_for_update(no_key=True, skip_locked=True)[:AT_ONCE])
    visits = Visit.objects.live().filter(case__in=cases).select_related("case__patient", "office")
    keep(cases, standings(visits, now).values(), now)
    return len(cases)
