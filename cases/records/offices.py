"""What visits and records live by of the directory of offices; told of each change and merge through `office_ties`."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import ngettext

from cases.case.models import Case, Office
from cases.case.office_ties import Ties
from cases.records.models import RecordItem, RecordKind, Visit
from cases.records.own_lists import weigh_anew
from cases.records.planning import replan
from cases.records.telling import VISIT_PARTS, lay_items
from portal import clock
from portal.actors import Actor

DATES_FOLLOW = {"region", "time_zone", "asks_for"}


def cases_of(offices: Iterable[UUID]) -> set[UUID]:
    offices = list(offices)
    visits = Visit.objects.filter(office__in=offices).values_list("case", flat=True)
    return set(visits) | set(RecordItem.objects.filter(holder__in=offices).values_list("visit__case", flat=True))


def counted(office: Office) -> list[str]:
    visits = Visit.objects.filter(office=office).count()
    records = RecordItem.objects.filter(holder=office).count()
    words = [
        (visits, ngettext("%(count)d visit", "%(count)d visits", visits)),
        (records, ngettext("%(count)d record", "%(count)d records", records)),
    ]
    return [sentence % {"count": count} for count, sentence in words if count]


def move(source: Office, target: Office, *, by: Actor) -> None:
    """Visits and records of one entry are those of the other. Days and times stay as they stand on paper."""
    here = _here(source)
    touched = here | _held(source)
    Visit.objects.filter(pk__in=here).update(time_zone=target.time_zone, version=F("version") + 1)
    Visit.objects.filter(office=source).update(office=target)
    RecordItem.objects.filter(holder=source).update(holder=target)
    _live_by(touched, here if source.asks_for != target.asks_for else set(), by)


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """The dates of its visits and records follow what the entry says now."""
    if not before.keys() & DATES_FOLLOW and not _moves_safe_days(office, before.get("usual_days")):
        return
    here = _here(office)
    if "time_zone" in before:
        Visit.objects.filter(pk__in=here).update(time_zone=office.time_zone, version=F("version") + 1)
    _live_by(here | _held(office), here if "asks_for" in before else set(), by)


def _moves_safe_days(office: Office, before: Mapping[str, int] | None) -> bool:
    """Expected days are worked out whenever somebody looks; only safe days, which are never fewer, are planned by."""
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
    """Plan anew; where another list holds, weigh the records by it first."""
    now = clock.now()
    wanted = Visit.objects.filter(pk__in=visits).exclude(case__state=Case.State.CLOSED)
    for visit in wanted.select_related(*VISIT_PARTS).order_by("case", "pk"):
        if visit.pk in listed:
            lay_items(visit, by=by)
            weigh_anew(visit, by=by)
        replan(visit, now=now)


TIES = Ties(
    columns=(Visit._meta.get_field("office"), RecordItem._meta.get_field("holder")),
    cases_of=cases_of,
    counted=counted,
    move=move,
    follow=follow,
)
