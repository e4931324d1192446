"""The page on which a coordinator finds a time beyond the rules, and says why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import actions, anyone, availability, picker, rules, ways_to_talk, whose_clock
from bookings.models import Consultation, Practice, Service
from bookings.overriding.forms import DayForm, OverrideForm
from bookings.parts import part_in
from bookings.slots import Why
from cases.case import hands
from cases.case.models import Case
from portal import clock, when
from portal.access import find_or_404, open_to
from portal.errors import Refused


@dataclass
class Wanted:
    """Whose time, for what, on which day; what is asked of it."""

    case: Case
    practice: Practice
    service: Service
    moving: Consultation | None
    day: date

    def times(self, now: datetime, zone: Any) -> list[dict[str, str]]:
        """The times of a day on that clock that can be booked with a reason, each with what it goes beyond."""
        found = availability.beyond(self.case, self.practice, self.service, self.day, zone, now, moving=self.moving)
        return [
            {"value": picker.value_of(start), "label": when.clock_time(start, zone), "hint": _hint(why, self.practice)}
            for start, why in found
        ]


def _hint(why: Why, practice: Practice) -> str:
    """What this time goes beyond, or "" for one that everybody is offered."""
    return {
        Why.NOTICE: _("Within %(ahead)s from now") % {"ahead": rules.ahead(practice.notice_hours)},
        Why.HORIZON: _("Further ahead than others book"),
        Why.FULL_DAY: _("One more call than %(name)s wants in a day") % {"name": practice.consultant.first_name},
    }.get(why, "")


@open_to("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A time for a case, beyond notice, horizon or cap. It goes on to the ordinary page that books."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    with whose_clock.shown_for(case, request.user):
        return _page(request, case, None)


@open_to("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time for a call with its own consultant; within 2 hours of the call too."""
    calls = Consultation.objects.visible_to(request.user)
    call = find_or_404(calls.select_related("case__patient", "patient", "consultant", "service"), pk=pk)
    if rules.why_not("move", call, part_in(call.case, request.user), clock.now()):
        return redirect(call)
    with whose_clock.shown_for(call.case, request.user):
        return _page(request, call.case, call)


def _page(request: HttpRequest, case: Case, moving: Consultation | None) -> HttpResponse:
    now, user = clock.now(), request.user
    zone = whose_clock.zone_for(case, user)
    if moving:
        known = Practice.objects.visible_to(user).select_related("consultant").filter(pk=moving.consultant_id)
        bookable, services = list(known), [moving.service]
    else:
        bookable, services = anyone.taking_bookings(user, case, now), list(Service.objects.open())
    first = next(iter(anyone.in_order(bookable) if not moving else bookable), None)
    begins = {
        "consultant": str(first.pk) if first else "",
        "service": services[0].code if services else "",
        "day": clock.today(zone),
    }
    asked = request.POST if request.method == "POST" else request.GET
    look = DayForm(asked if "day" in asked else begins, bookable=bookable, services=services)
    context: dict[str, Any] = {"case": case, "moving": moving, "look": look, "first": first}
    also, wanted, has_video = [], None, True
    if look.is_valid():
        said = look.cleaned_data
        practice = next(one for one in bookable if str(one.pk) == said["consultant"])
        service = next(one for one in services if one.code == said["service"])
        wanted = Wanted(case, practice, service, moving, said["day"])
        has_video = practice.has_video
    usual = ways_to_talk.first(moving.how if moving else "", case, has_video=has_video)
    form = OverrideForm(initial={"how": usual})
    if request.method == "POST":
        form = OverrideForm(request.POST, has_video=has_video)
        if wanted and form.is_valid():
            try:
                return redirect(_hold(request, wanted, form.cleaned_data))
            except Refused as refused:
                also.append(str(refused.message))
    context |= {"form": form, "also": also, "wanted": wanted, "times": wanted.times(now, zone) if wanted else []}
    context |= whose_clock.words(case, user, wanted and wanted.practice)
    status = 409 if also else 422 if form.is_bound else 200
    return render(request, "bookings/override.html", context, status=status)


def _hold(request: HttpRequest, wanted: Wanted, said: dict[str, Any]) -> Any:
    return actions.hold(
        case=wanted.case,
        consultant=wanted.practice.consultant,
        service=wanted.service,
        starts_at=said["slot"],
        how=said["how"],
        moving=wanted.moving,
        reason=said["reason"],
        by=hands.actor_for(request, wanted.case),
    )
