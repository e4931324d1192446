"""Counts of a month, from the record of what happened and from where things stood when it was over."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from bookings.models import Consultation, Service
from cases.case.models import Case
from cases.opinions.deciding.models import Decision
from cases.records.models import RecordItem, ReportLoop, Visit, Want
from cases.records.rules import SECOND
from cases.records.states import Came, ItemState, ReportState, Route, VisitState
from cases.records.wants.states import Wants
from portal.history.models import Event
from portal.pages.month.rules import Counts, month_after
from portal.texts.business_days import business_days_between
from portal.texts.closed import closed_days

THERE = (ItemState.ARRIVED, ItemState.OPENS_FINE)


def span_of(month: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The first instant of a month and the first after it, by the house's own midnight; in UTC."""
    days = (month, month_after(month))
    begins, ends = (dt.datetime.combine(day, dt.time.min, zone).astimezone(dt.UTC) for day in days)
    return begins, ends


def counts_of(month: dt.date, zone: ZoneInfo, region: str) -> Counts:
    """Everything that is counted of a month. Each thing counts in the month in which it was said, once."""
    begins, ends = span_of(month, zone)
    visits = set(_visits(begins, ends))
    return Counts(
        **_people(begins, ends),
        visits=len(visits),
        **_records(visits, region),
        **_reports(visits),
        **_talks(begins, ends),
        **_slowed(begins, ends),
    )


def _people(begins: dt.datetime, ends: dt.datetime) -> dict[str, int]:
    opened = Case.objects.filter(opened_at__gte=begins, opened_at__lt=ends)
    by_helper = opened.exclude(Q(starter=None) | Q(starter=F("patient")))
    decided = Decision.objects.filter(decided_at__gte=begins, decided_at__lt=ends)
    open_then = Case.objects.filter(opened_at__lt=ends).filter(Q(closed_at=None) | Q(closed_at__gte=ends))
    without = open_then.filter(patient__email=None)
    return {
        "started": _how_many(opened, "patient"),
        "started_by_helper": _how_many(by_helper, "patient"),
        "decided": _how_many(decided, "case__patient"),
        "without_email": _how_many(without, "patient"),
    }


def _how_many(rows: Any, of: str) -> int:
    return int(rows.values(of).distinct().count())


def _said(verb: str, begins: dt.datetime, ends: dt.datetime) -> set[str]:
    """Of what this was said in the month for the last time: what is said again later counts later."""
    said = Event.objects.filter(verb=verb)
    later = said.filter(at__gte=ends).values_list("about_id", flat=True)
    return set(said.filter(at__gte=begins, at__lt=ends).values_list("about_id", flat=True)) - set(later)


def _visits(begins: dt.datetime, ends: dt.datetime) -> Iterable[Any]:
    """Second visits that were said to have taken place in the month, and still are."""
    ids = _said("visit.took_place", begins, ends)
    return Visit.objects.filter(pk__in=ids, round=SECOND, state=VisitState.HAPPENED).values_list("pk", flat=True)


def _records(visits: set[Any], region: str) -> dict[str, int]:
    core = RecordItem.objects.filter(visit__in=visits, is_core=True).exclude(state=ItemState.NOT_WANTED)
    of_visit = defaultdict(list)
    for item in core.values("visit", "state", "route", "asked_on", "arrived_on"):
        of_visit[item["visit"]].append(item)
    complete = [items for items in of_visit.values() if all(item["state"] in THERE for item in items)]
    took = [days for items in complete if (days := _days(items, region)) is not None]
    return {
        "visits_complete": len(complete),
        "visits_carried": sum(any(item["route"] == Route.CARRIED for item in items) for items in of_visit.values()),
        "timed": len(took),
        "days": median_low(took) if took else 0,
    }


def _days(items: list[dict[str, Any]], region: str) -> int | None:
    """Business days from the first asking to the last arrival of core records; None where a day is missing."""
    asked = [item["asked_on"] for item in items if item["asked_on"]]
    arrived = [item["arrived_on"] for item in items]
    if not asked or None in arrived:
        return None
    first, last = min(asked), max(arrived)
    return business_days_between(first, last, closed_days(region, first, last))


def _reports(visits: set[Any]) -> dict[str, int]:
    back = ReportLoop.objects.filter(visit__in=visits, state=ReportState.CONFIRMED)
    return {"reports": back.count(), "reports_through_us": back.filter(came=Came.THROUGH_US).count()}


def _talks(begins: dt.datetime, ends: dt.datetime) -> dict[str, int]:
    ids = _said("consultation.completed", begins, ends)
    held = Consultation.objects.filter(pk__in=ids, state=Consultation.State.COMPLETED)
    code, names = Service.Code, ("first_talks", "plan_talks", "after_talks")
    codes = (code.FIRST_TALK, code.PLAN, code.AFTER_SECOND)
    return {name: held.filter(service__code=each).count() for name, each in zip(names, codes, strict=True)}


def _slowed(begins: dt.datetime, ends: dt.datetime) -> dict[str, int]:
    """Records, each once for each reason."""
    wanted = Want.objects.filter(asked_at__gte=begins, asked_at__lt=ends)
    unsigned = _said("item.unsigned", begins, ends)
    signature = {str(item) for item in wanted.filter(what=Wants.SIGNATURE).values_list("item", flat=True)}
    return {
        "slow_signature": len(signature | unsigned),
        "slow_form": _how_many(wanted.filter(what=Wants.FORM), "item"),
        "slow_opening": len(_said("item.will_not_open", begins, ends)),
    }
