"""The month in eight numbers, for administrators: the page, which is its own print, and the same as a table."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cases.records.board.export import BOM, written
from portal import when
from portal.access import open_to
from portal.actors import Actor
from portal.history.actions import record
from portal.pages.month import words
from portal.pages.month.models import Month
from portal.pages.month.rules import BARS, month_after, month_before
from portal.texts.words import organisation


@open_to("administrator")
@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """The newest month that was counted, or the one asked for."""
    months = {each.first_day: each for each in Month.objects.visible_to(request.user).order_by("-first_day")}
    row = _asked_for(request, months)
    if row is None:
        ends = month_after(organisation().today())
        return render(request, "pages/month.html", {"first_on": ends})
    before = [row.first_day]
    while len(before) < BARS:
        before.insert(0, month_before(before[0]))
    series = [months[each].figures if each in months else None for each in before[:-1]]
    return render(
        request,
        "pages/month.html",
        {
            "month": row,
            "called": when.month_year(row.first_day),
            "figures": words.figures(row.figures, series),
            "slowed": words.slowed(row.figures),
            "bars_from": before[0],
            "earlier": months.get(month_before(row.first_day)),
            "later": months.get(month_after(row.first_day)),
            "ends_on": month_after(row.first_day) - dt.timedelta(days=1),
        },
    )


@open_to("administrator")
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The month as a CSV file; who took it is on record."""
    months = {each.first_day: each for each in Month.objects.visible_to(request.user).order_by("-first_day")}
    row = _asked_for(request, months)
    if row is None:
        raise Http404
    if request.method == "GET":
        record(Actor.of(request), "month.taken", row)
    lines = words.table(row.first_day, row.figures)
    answer = HttpResponse(BOM + written(lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"month-{row.first_day:%Y-%m}.csv")
    return answer


def _asked_for(request: HttpRequest, months: dict[dt.date, Month]) -> Month | None:
    """Raises Http404 for a month that is none, or was not counted."""
    if not (asked := request.GET.get("m", "")):
        return next(iter(months.values()), None)
    try:
        return months[dt.date.fromisoformat(f"{asked}-01")]
    except (ValueError, KeyError):
        raise Http404 from None
