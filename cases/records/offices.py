"""What visits and records live by of the directory of offices; told of each change and merge through `office_ties`.

A few visits are planned anew in the change itself. Of many, what is planned is withdrawn there, so that nothing old
goes out, and a mark is left on each: whoever finds it plans that visit anew. The mark decides, not the broker.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import ngettext

from cases.case.models import Case, Office
from cases.case.office_ties import Moved, Ties, ids
from cases.records.board import keeping
from cases.records.items.laying import lay_items
from cases.records.items.own_lists import weigh_anew
from cases.records.items.telling import VISIT_PARTS, lock_case
from cases.records.models import LIVE, RecordItem, RecordItemQuerySet, RecordKind, ReportLoop, Visit, VisitQuerySet
from cases.records.planning import replan
from cases.records.release import ties as release_ties
from cases.records.states import PlanAnew
from cases.records.wants import ties as want_ties
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.celery import app, nudge
from portal.reminders.actions import settle
from portal.reminders.models import Outcome, Reminder

DATES_FOLLOW = {"region", "time_zone", "asks_for"}
AT_ONCE = 4  # visits, planned anew while the person waits
# By name: the task's module imports this one.
PLAN_ANEW = app.signature("cases.records.tasks.plan_anew")


def cases_of(offices: Iterable[UUID]) -> set[UUID]:
    offices = list(offices)
    visits = Visit.objects.filter(office__in=offices).values_list("case", flat=True)
    items = RecordItem.objects.filter(holder__in=offices).values_list("visit__case", flat=True)
    return set(visits.union(items, release_ties.cases_of(offices), want_ties.cases_of(offices)))


def counted(office: Office) -> list[str]:
    return _counted(Visit.objects.filter(office=office), RecordItem.objects.filter(holder=office))


def counted_back(office: Office, moved: Moved) -> list[str]:
    return _counted(*_still(office, moved))


def _counted(found: VisitQuerySet, items: RecordItemQuerySet) -> list[str]:
    visits, records = found.count(), items.count()
    words = [
        (visits, ngettext("%(count)d visit", "%(count)d visits", visits)),
        (records, ngettext("%(count)d record", "%(count)d records", records)),
    ]
    return [sentence % {"count": count} for count, sentence in words if count]


def move(source: Office, target: Office, *, by: Actor) -> Moved:
    """Visits and records of one entry are those of the other. Days and times stay as they stand on paper."""
    visits, items = Visit.objects.filter(office=source), RecordItem.objects.filter(holder=source)
    moved = {"visits": ids(visits), "records": ids(items)} | release_ties.move(source, target, by=by)
    moved |= want_ties.move(source, target, by=by)
    _name(target, source, visits, items, by)
    return moved


def move_back(source: Office, target: Office, moved: Moved, *, by: Actor) -> None:
    """Those that still name the entry that stands go back. A list that added records took none away: they stay."""
    release_ties.move_back(source, target, moved)
    want_ties.move_back(source, target, moved)
    _name(source, target, *_still(target, moved), by)


def _still(office: Office, moved: Moved) -> tuple[VisitQuerySet, RecordItemQuerySet]:
    """Of what was moved, what names this entry: the rest was given to another since."""
    visits = Visit.objects.filter(pk__in=moved["visits"], office=office)
    return visits, RecordItem.objects.filter(pk__in=moved["records"], holder=office)


def _name(office: Office, former: Office, visits: VisitQuerySet, items: RecordItemQuerySet, by: Actor) -> None:
    """Let these name an office in place of the former one, and live by it."""
    here = set(visits.live().values_list("pk", flat=True))
    held = items.wanted().filter(visit__in=Visit.objects.live())
    touched = here | set(held.values_list("visit", flat=True))
    Visit.objects.filter(pk__in=here).update(time_zone=office.time_zone, version=F("version") + 1)
    visits.update(office=office)
    items.update(holder=office)
    _live_by(touched, here if former.asks_for != office.asks_for else set(), by)


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """The dates of its visits and records follow what the entry says now."""
    if not before.keys() & DATES_FOLLOW and not _moves_safe_days(office, before.get("usual_days")):
        if "usual_days" in before:
            keeping.look_soon(Case.objects.filter(visits__items__holder=office), clock.now())
        return
    here = _here(office)
    if "time_zone" in before:
        Visit.objects.filter(pk__in=here).update(time_zone=office.time_zone, version=F("version") + 1)
    _live_by(here | _held(office), here if "asks_for" in before else set(), by)


def _moves_safe_days(office: Office, before: Mapping[str, int] | None) -> bool:
    """Expected days change no plan, only verdicts; safe days, which are never fewer, are what is planned by."""
    if before is None:
        return False
    now = office.usual_days
    changed = {code for code in {*before, *now} if before.get(code) != now.get(code)}
    safe = RecordKind.objects.filter(pk__in=changed).values_list("pk", "safe")
    return any(max(before.get(code, 0), now.get(code, 0)) > days for code, days in safe)


def _here(office: Office) -> set[UUID]:
    return set(Visit.objects.live().filter(office=office).values_list("pk", flat=True))


def _held(office: Office) -> set[UUID]:
    items = RecordItem.objects.wanted().filter(holder=office, visit__in=Visit.objects.live())
    return set(items.values_list("visit", flat=True))


def _live_by(visits: set[UUID], listed: set[UUID], by: Actor) -> None:
    """Plan anew; where another list holds, weigh the records by it first. Every case is locked."""
    wanted = Visit.objects.filter(pk__in=visits).exclude(case__state=Case.State.CLOSED)
    wanted.filter(pk__in=listed).update(plan_anew=PlanAnew.LIST)
    wanted.filter(plan_anew="").update(plan_anew=PlanAnew.DATES)
    found = list(wanted.order_by("case", "pk").values_list("pk", flat=True))
    if len(found) <= AT_ONCE:
        for pk in found:
            _plan_anew(pk, by)
        return
    _withdraw(found)
    nudge(PLAN_ANEW)


def _withdraw(visits: list[UUID]) -> None:
    """Nothing goes out by the old dates. What was only withdrawn opens again when its visit is planned anew."""
    items = RecordItem.objects.filter(visit__in=visits).values("pk")
    loops = ReportLoop.objects.filter(visit__in=visits).values("pk")
    about = Q(about_id__in=visits) | Q(about_id__in=items) | Q(about_id__in=loops)
    settle(Reminder.objects.filter(about), Outcome.WITHDRAWN, clock.now())


def plan_marked() -> int:
    """Plan every marked visit anew, each in a transaction of its own. Answers how many.

    Stopped half-way it goes on with those still marked; two at once, or twice, do each visit once.
    """
    done, failed = 0, None
    for pk in Visit.objects.to_plan_anew().order_by("pk").values_list("pk", flat=True):
        try:
            done += _plan_anew(pk, SYSTEM)
        except Exception as error:  # one that cannot be planned does not hold up the others
            failed = error
    if failed:
        raise failed
    return done


@transaction.atomic
def _plan_anew(pk: UUID, by: Actor) -> int:
    lock_case(Case.objects.get(visits=pk))
    # Read under the lock: another may have planned it, or changed its office once more.
    visit = Visit.objects.to_plan_anew().select_related(*VISIT_PARTS).filter(pk=pk).first()
    if visit is None:
        return 0
    is_listed, visit.plan_anew = visit.plan_anew == PlanAnew.LIST, ""
    visit.save(update_fields=["plan_anew"])
    if visit.case.state == Case.State.CLOSED:
        return 0
    if is_listed and visit.state in LIVE:
        lay_items(visit, by=by)
        weigh_anew(visit, by=by)
    replan(visit, now=clock.now())
    return 1


TIES = Ties(
    columns=(
        Visit._meta.get_field("office"),
        RecordItem._meta.get_field("holder"),
        *release_ties.COLUMNS,
        *want_ties.COLUMNS,
    ),
    cases_of=cases_of,
    counted=counted,
    counted_back=counted_back,
    move=move,
    move_back=move_back,
    follow=follow,
)
