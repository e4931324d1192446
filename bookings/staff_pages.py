"""A consultant's own pages: weekly hours, time off, and the calendar of the week."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import availability_actions as actions
from bookings import picker, week
from bookings.availability_actions import Unanswered
from bookings.forms import TermsForm, TimeOffForm
from bookings.hours_form import WeekForm
from bookings.models import Practice, Service, TimeOff
from portal import clock
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused

WEEK = timedelta(days=7)


def _practice(request: HttpRequest) -> Practice:
    """The consultant's own practice; begun on their zone the first time they come here."""
    user: Any = request.user
    found = Practice.objects.of(user).select_related("consultant").first()
    return found or Practice(consultant=user, time_zone=user.time_zone)


def _answers(request: HttpRequest) -> dict[UUID, str]:
    """What was chosen for each call that lies outside: answer-<uuid> = keep | cancel."""
    answers = {}
    for name, value in request.POST.items():
        if name.startswith("answer-"):
            try:
                answers[UUID(name.removeprefix("answer-"))] = str(value)
            except ValueError:
                continue
    return answers


def _page(request: HttpRequest, practice: Practice, status: int = 200, **more: Any) -> HttpResponse:
    now = clock.now()
    context = {
        "practice": practice,
        "week": more.pop("week", None) or WeekForm(practice),
        "terms": TermsForm(initial={"buffer_minutes": practice.buffer_minutes, "daily_cap": practice.daily_cap}),
        "time_off": TimeOffForm(),
        "coming_off": practice.time_off.filter(until_on__gte=now.astimezone(practice.zone).date()),
        "services": Service.objects.all(),
        "answers": _answers(request) if request.method == "POST" else {},
        **more,
    }
    return render(request, "bookings/hours.html", context, status=status)


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """The weekly hours. Booked calls that new hours leave outside are listed, and each needs an answer."""
    practice = _practice(request)
    if request.method != "POST":
        return _page(request, practice)
    form = WeekForm(practice, request.POST)
    if "add" in request.POST or "remove" in request.POST:
        return _page(request, practice, week=form)
    if not form.is_valid():
        return _page(request, practice, 422, week=form)
    try:
        note = request.POST.get("note", "")[:500]
        by = Actor.of(request)
        actions.set_hours(practice, spans=form.spans, answers=_answers(request), note=note, by=by)
    except Unanswered as unanswered:
        return _page(request, practice, 409, week=form, outside=unanswered.calls, outside_of="hours")
    except Refused as refused:
        return _page(request, practice, 409, week=form, also=[refused.message])
    messages.success(request, _("Hours saved."))
    return redirect("bookings:hours")


@open_to("consultant")
@require_POST
def terms(request: HttpRequest) -> HttpResponse:
    """Rest between calls, and the most calls in a day."""
    practice = _practice(request)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _page(request, practice, 422, terms=form, form=form)
    actions.set_terms(practice, **form.cleaned_data, by=Actor.of(request))
    messages.success(request, _("Rules saved."))
    return redirect("bookings:hours")


@open_to("consultant")
@require_POST
def time_off(request: HttpRequest) -> HttpResponse:
    """Add days off; calls on those days need an answer, as with the hours."""
    practice = _practice(request)
    form = TimeOffForm(request.POST)
    if not form.is_valid():
        return _page(request, practice, 422, time_off=form, form=form)
    said = dict(form.cleaned_data)
    said["why"] = said.pop("note")
    try:
        note = request.POST.get("patient_note", "")[:500]
        actions.add_time_off(practice, **said, answers=_answers(request), note=note, by=Actor.of(request))
    except Unanswered as unanswered:
        return _page(request, practice, 409, time_off=form, outside=unanswered.calls, outside_of="time_off")
    messages.success(request, _("Time off saved."))
    return redirect("bookings:hours")


@open_to("consultant")
@require_POST
def remove_time_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the days back."""
    row = find_or_404(TimeOff.objects.visible_to(request.user).select_related("practice__consultant"), pk=pk)
    actions.remove_time_off(row, by=Actor.of(request))
    messages.success(request, _("Time off taken back."))
    return redirect("bookings:hours")


@open_to("consultant")
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The week: a grid on wide screens, and the same as a list."""
    practice, now = _practice(request), clock.now()
    today = now.astimezone(practice.zone).date()
    monday = week.monday_of(picker.as_date(request.GET.get("week", "")) or today)
    shown = week.of(practice, monday, now)
    context = {
        "week": shown,
        "practice": practice,
        "earlier": monday - WEEK,
        "later": monday + WEEK,
        "now_monday": week.monday_of(today),
    }
    return render(request, "bookings/calendar.html", context)
