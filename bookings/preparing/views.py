"""The page on which a consultant moves the preparation of a call, and its part on the page of the call."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import offers, picker, rules, week
from bookings.forms import PickForm
from bookings.models import Consultation, Practice, Reservation
from bookings.parts import part_in
from bookings.preparing import actions
from portal import clock, when
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused

WEEK = timedelta(days=7)


def part(call: Consultation, request: HttpRequest) -> dict[str, Any] | None:
    """When the call is prepared, for its own consultant, while that can be moved."""
    user: Any = request.user
    if user.pk != call.consultant_id or rules.why_not("prepare", call, part_in(call.case, user), clock.now()):
        return None
    found = actions.reserved(call)
    return {"template": "bookings/_preparation.html", "call": call, "preparation": found} if found else None


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def preparation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time for the preparation, among the free ones before the call, a week at a time."""
    user: Any = request.user
    mine = Consultation.objects.visible_to(user).filter(consultant=user)
    call = find_or_404(mine.select_related("case__patient", "patient", "consultant", "service"), pk=pk)
    found, now = actions.reserved(call), clock.now()
    reason = rules.why_not("prepare", call, part_in(call.case, user), now)
    if reason or found is None:
        messages.warning(request, reason or _("This kind of call has no preparation."))
        return redirect(call)
    if request.method != "POST":
        return _page(request, call, found)
    form = PickForm(request.POST)
    if not form.is_valid():
        return _page(request, call, found, 422, form=form)
    try:
        actions.move(call, starts_at=form.cleaned_data["slot"], by=Actor.of(request))
    except Refused as refused:
        return _page(request, call, found, 409, also=[refused.message])
    messages.success(request, _("The preparation is moved."))
    return redirect(call)


def _page(request: HttpRequest, call: Consultation, found: Reservation, status: int = 200, **more: Any) -> HttpResponse:
    user, now = request.user, clock.now()
    practice = find_or_404(Practice.objects.of(user).select_related("consultant"), pk=call.consultant_id)
    today, last = (at.astimezone(practice.zone).date() for at in (now, call.starts_at))
    wanted = picker.as_date(request.GET.get("week", "")) or found.starts_at.astimezone(practice.zone).date()
    monday = week.monday_of(min(max(wanted, today), last))
    directly = call.starts_at - (found.ends_at - found.starts_at)
    free = [start for start in actions.free_starts(call, found, practice, now) if start != found.starts_at]
    context = {
        "call": call,
        "preparation": found,
        "practice": practice,
        "directly": picker.value_of(directly) if directly in free else "",
        "is_directly": directly == found.starts_at,
        "days": _days([start for start in free if start != directly], practice, monday),
        "monday": monday,
        "earlier": monday - WEEK if monday > today else None,
        "later": monday + WEEK if monday + WEEK <= last else None,
        **more,
    }
    return render(request, "bookings/preparation.html", context, status=status)


def _days(free: list[Any], practice: Practice, monday: date) -> list[dict[str, Any]]:
    """The days of the week that have free times, each with them."""
    days = offers.by_day(free, practice.zone)
    return [
        {
            "on": day,
            "times": [{"value": picker.value_of(at), "label": when.clock_time(at, practice.zone)} for at in days[day]],
        }
        for day in sorted(days)
        if monday <= day < monday + WEEK
    ]
