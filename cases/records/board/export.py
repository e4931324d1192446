"""The records of all open visits as a table for the team's own spreadsheet, safe to open there."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.records import words
from cases.records.models import Visit
from cases.records.standing import ItemStanding, Standing, standings
from portal.actors import Actor
from portal.history.actions import record

VISITS_AT_ONCE = 100
BOM = "\ufeff"  # else some programs read UTF-8 as something else
# What a spreadsheet takes for the start of a formula, wide forms included; a tab or return may hide one.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(value: object) -> str:
    """A value as text that no spreadsheet runs: what could start a formula stands behind an apostrophe."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def table(user: Any, now: datetime, *, by: Actor) -> Iterator[bytes]:
    """The table in pieces, some visits each, so that ten thousand cases are no more in memory than a few.

    Each case whose rows go out is on record, and its patient reads that.
    """
    language = translation.get_language()
    visits = Visit.objects.visible_to(user).live().filter(case__in=Case.objects.open())
    ids = list(visits.order_by(F("on_date").asc(nulls_last=True), "pk").values_list("pk", flat=True))
    with translation.override(language):
        yield (BOM + written([_heads()])).encode()
    for start in range(0, len(ids), VISITS_AT_ONCE):
        some = ids[start : start + VISITS_AT_ONCE]
        with translation.override(language):
            yield written(_rows(some, now, by)).encode()


def _rows(ids: list[Any], now: datetime, by: Actor) -> Iterator[list[object]]:
    found = Visit.objects.filter(pk__in=ids).select_related("case__patient", "case__key", "office", "clinician")
    stand = standings(found, now)
    told: set[Any] = set()
    for stands in sorted(stand.values(), key=lambda each: ids.index(each.visit.pk)):
        case = stands.visit.case
        if case.pk not in told:
            told.add(case.pk)
            record(by, "case.exported", case, patient=case.patient_id, case=case.pk, why="care")
        for line in stands.items:
            yield _row(stands, line)


def _heads() -> list[object]:
    return [
        _("Case"),
        _("Patient"),
        _("Visit"),
        _("Doctor"),
        _("Office"),
        _("Verdict"),
        _("Record"),
        _("Core"),
        _("Who has it"),
        _("How it travels"),
        _("State"),
        _("How known"),
        _("Asked"),
        _("Sent"),
        _("Arrived"),
        _("Opens fine"),
        _("Safe by"),
        _("Due back"),
    ]


def _row(stands: Standing, line: ItemStanding) -> list[object]:
    visit, item = stands.visit, line.item
    answer = words.ANSWERS[stands.verdict.answer][0] if stands.verdict else ""
    return [
        visit.case.reference,
        visit.case.patient.name,
        visit.on_date,
        visit.clinician.name if visit.clinician else "",
        visit.office.name if visit.office else "",
        answer,
        item.called,
        _("Yes") if item.is_core else _("No"),
        item.holder.name if item.holder else "",
        item.get_route_display(),
        item.get_state_display(),
        item.get_known_by_display(),
        item.asked_on,
        item.sent_on,
        item.arrived_on,
        item.opens_on,
        line.safe_by,
        item.due_back_on if item.back_on is None else None,
    ]


def written(rows: Iterable[Iterable[object]]) -> str:
    """Rows as lines of such a table."""
    out = StringIO()
    csv.writer(out).writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
