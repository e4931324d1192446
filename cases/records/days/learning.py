"""How long an office takes for a kind of record, learned from requests that were finished there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from cases.case.models import Case, Office
from cases.records.days.editing import replan_one
from cases.records.models import RecordItem, Visit
from cases.records.planning import AHEAD
from cases.records.states import THERE, ItemState
from portal.texts.business_days import business_days_between
from portal.texts.closed import closed_days

AT_LEAST = 8  # requests: fewer say more of chance than of the office
LOOK_BACK = timedelta(days=730)

Learned = dict[str, list[int]]


def typical(days: Iterable[int]) -> list[int] | None:
    """Median, 90th percentile and count of some waits in business days; None for fewer than eight. Pure.

    Both are waits that were seen (nearest rank), so that no half days are promised.
    """
    waits = sorted(days)
    if len(waits) < AT_LEAST:
        return None
    return [_rank(waits, 0.5), _rank(waits, 0.9), len(waits)]


def _rank(waits: Sequence[int], part: float) -> int:
    return waits[ceil(part * len(waits)) - 1]


def learn(now: datetime) -> int:
    """Keep what finished requests of the last two years say of each office. Answers how many offices changed.

    Open visits whose records wait there are planned anew. Run twice, the second changes nothing.
    """
    found = _learned(now.date())
    known = Office.objects.filter(pk__in=found) | Office.objects.exclude(learned_days={})
    changed = 0
    for office in known.order_by("pk"):
        learned = found.get(office.pk, {})
        if office.learned_days != learned:
            Office.objects.filter(pk=office.pk).update(learned_days=learned)
            _replan(office)
            changed += 1
    return changed


def _learned(today: date) -> dict[UUID, Learned]:
    waits: dict[tuple[UUID, str], list[int]] = defaultdict(list)
    closed: dict[str, frozenset[date]] = {}
    # With us or in hand it has left the office; else the day it reached the second doctor counts.
    finished = RecordItem.objects.filter(holder__isnull=False, asked_on__gte=today - LOOK_BACK)
    finished = finished.filter(state__in=[*THERE, ItemState.HELD]).annotate(came_on=Coalesce("held_on", "arrived_on"))
    # Where nobody told of an asking, it has the day the record came: that says nothing of the office.
    rows = finished.filter(came_on__gt=F("asked_on")).values_list(
        "holder", "holder__region", "kind", "asked_on", "came_on"
    )
    for office, region, kind, asked_on, came_on in rows.iterator():
        if region not in closed:
            closed[region] = closed_days(region, today - LOOK_BACK, today)
        waits[office, kind].append(business_days_between(asked_on, came_on, closed[region]))
    learned: dict[UUID, Learned] = defaultdict(dict)
    for (office, kind), days in waits.items():
        if says := typical(days):
            learned[office][kind] = says
    return learned


def _replan(office: Office) -> None:
    ahead = Visit.objects.filter(state__in=AHEAD).exclude(case__state=Case.State.CLOSED)
    waiting = RecordItem.objects.filter(holder=office, visit__in=ahead)
    waiting = waiting.exclude(state__in=[*THERE, ItemState.NOT_WANTED]).order_by("visit")
    for visit in waiting.values_list("visit", flat=True).distinct():
        with transaction.atomic():
            replan_one(visit)
