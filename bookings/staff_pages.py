"""A consultant's own pages: weekly hours, time off, and the calendar of the week."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import availability_actions as actions
from bookings import picker, week
from bookings.answering import answers_of, rows_of, say_how_hard
from bookings.availability_actions import Unanswered
from bookings.dated import versions
from bookings.forms import AboutForm, ExtraHoursForm, TermsForm, TimeOffForm
from bookings.hours_form import WeekForm
from bookings.hours_zone import actions as zones
from bookings.hours_zone.asking import ZoneForm, question
from bookings.models import Consultation, ExtraHours, OutsideCalendar, Practice, Service, TimeOff
from bookings.outside import notices as outside
from cases.case.models import Away
from portal import beside, clock
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused

WEEK = timedelta(days=7)


def _practice(request: HttpRequest) -> Practice:
    """The consultant's own practice; begun on their zone the first time they come here."""
    user: Any = request.user
    found = Practice.objects.of(user).select_related("consultant").first()
    return found or Practice(consultant=user, time_zone=user.time_zone)


def _page(request: HttpRequest, practice: Practice, status: int = 200, **more: Any) -> HttpResponse:
    now = clock.now()
    today = now.astimezone(practice.zone).date()
    asked = Consultation.objects.upcoming(now).filter(consultant=practice.pk, move_asked_at__isnull=False)
    coming = beside.lists(
        practice.consultant,
        coming_off=practice.time_off.filter(until_on__gte=today),
        coming_away=Away.objects.open()
        .filter(consultant=practice.pk, until_on__gte=today)
        .select_related("stands_in")
        .order_by("from_on", "pk"),
        coming_extra=practice.extra_hours.filter(on_date__gte=today),
        asked_to_move=asked.select_related("patient"),
        wanting=OutsideCalendar.objects.visible_to(request.user).wanting().select_related("consultant"),
        weekly=practice.hours.since(today),
        not_given=Consultation.objects.upcoming(now)
        .filter(consultant=practice.pk, service__code__in=practice.left_out)
        .select_related("patient", "service"),
    )
    wanted = picker.as_date(request.GET.get("from", "")) if request.method != "POST" else None
    begins = wanted if wanted and wanted > today else None
    weekly, wanting = coming.pop("weekly"), coming.pop("wanting")
    stored, later = [row for row in weekly if row.span.holds_on(begins or today)], versions.coming(weekly, today)
    context = coming | {
        "practice": practice,
        "week": more.pop("week", None) or WeekForm(stored, today=today, begins=begins.isoformat() if begins else ""),
        "later_hours": later,
        "not_read": outside.lines_of(wanting),
        "terms": TermsForm(initial={name: getattr(practice, name) for name in TermsForm.base_fields}),
        "zone_form": ZoneForm(practice=practice, user=cast(User, request.user)),
        "zone_asked": question(practice, cast(User, request.user), now),
        "time_off": TimeOffForm(),
        "about": AboutForm(instance=practice),
        "extra": ExtraHoursForm(today=today),
        "services": Service.objects.all(),
        **more,
    }
    return render(request, "bookings/hours.html", context, status=status)


def _saved(
    request: HttpRequest, practice: Practice, save: Callable[..., Any], said: str, *, outside_of: str = "", **forms: Any
) -> HttpResponse:
    """Save hours, or show again what was typed: beside the calls that need an answer, or with what was refused."""
    try:
        save(by=Actor.of(request))
    except Unanswered as unanswered:
        outside = rows_of(request, unanswered.calls)
        return _page(request, practice, 409, outside=outside, outside_of=outside_of, **forms)
    except Refused as refused:
        return _page(request, practice, 409, also=[refused.message], **forms)
    messages.success(request, said)
    say_how_hard(request)
    return redirect("bookings:hours")


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """The weekly hours. Booked calls that new hours leave outside are listed, and each needs an answer."""
    practice = _practice(request)
    if request.method != "POST":
        return _page(request, practice)
    form = WeekForm(sent=request.POST, today=clock.today(practice.zone))
    if "add" in request.POST or "remove" in request.POST:
        return _page(request, practice, week=form)
    if not form.is_valid():
        return _page(request, practice, 422, week=form)
    save = partial(actions.set_hours, practice, spans=form.spans, from_on=form.begins_on, answers=answers_of(request))
    return _saved(request, practice, save, _("Hours saved."), outside_of="hours", week=form)


@open_to("consultant")
@require_POST
def take_back_hours(request: HttpRequest) -> HttpResponse:
    """Hours that were to hold from a later day do not; calls inside them need an answer, as with the hours."""
    practice, on = _practice(request), picker.as_date(request.POST.get("on", ""))
    if on is None:
        return _page(request, practice, 422, also=[_("Choose which hours to take back.")])
    save = partial(actions.take_back_hours, practice, on=on, answers=answers_of(request))
    return _saved(request, practice, save, _("Those hours are taken back."), outside_of=f"back_{on}")


@open_to("consultant")
@require_POST
def hours_zone(request: HttpRequest) -> HttpResponse:
    """Let the hours follow to another zone, or leave them in theirs; calls that do not fit need an answer."""
    practice, user = _practice(request), cast(User, request.user)
    form = ZoneForm(request.POST, practice=practice, user=user)
    if not form.is_valid():
        return _page(request, practice, 422, zone_form=form, form=form)
    save = partial(zones.set_zone, practice, **form.cleaned_data, answers=answers_of(request))
    stays = form.cleaned_data["time_zone"] == practice.time_zone
    said = _("Saved. Your hours stay in their zone.") if stays else _("Saved. Your hours are on that clock now.")
    return _saved(request, practice, save, said, outside_of="zone", zone_form=form)


@open_to("consultant")
@require_POST
def terms(request: HttpRequest) -> HttpResponse:
    """Rest, notice, horizon, the most calls in a day, public holidays; calls that do not fit need an answer."""
    practice = _practice(request)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _page(request, practice, 422, terms=form, form=form)
    save = partial(actions.set_terms, practice, **form.cleaned_data, answers=answers_of(request))
    return _saved(request, practice, save, _("Rules saved."), outside_of="terms", terms=form)


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
    save = partial(actions.add_time_off, practice, **said, answers=answers_of(request))
    return _saved(request, practice, save, _("Time off saved."), outside_of="time_off", time_off=form)


@open_to("consultant")
@require_POST
def remove_time_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the days back."""
    row = find_or_404(TimeOff.objects.visible_to(request.user).select_related("practice__consultant"), pk=pk)
    actions.remove_time_off(row, by=Actor.of(request))
    messages.success(request, _("Time off taken back."))
    return redirect("bookings:hours")


@open_to("consultant")
@require_POST
def extra_hours(request: HttpRequest) -> HttpResponse:
    """Hours on one date, on a day off or a closed day too."""
    practice = _practice(request)
    form = ExtraHoursForm(request.POST, today=clock.today(practice.zone))
    if not form.is_valid():
        return _page(request, practice, 422, extra=form, form=form)
    save = partial(actions.add_extra_hours, practice, **form.cleaned_data)
    return _saved(request, practice, save, _("Extra hours saved."), extra=form)


@open_to("consultant")
@require_POST
def remove_extra_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """Take extra hours back; calls inside them need an answer, as with the hours."""
    row = find_or_404(ExtraHours.objects.visible_to(request.user).select_related("practice__consultant"), pk=pk)
    save = partial(actions.remove_extra_hours, row, answers=answers_of(request))
    return _saved(request, row.practice, save, _("Extra hours taken back."), outside_of=f"extra_{row.pk}")


@open_to("consultant")
@require_POST
def about(request: HttpRequest) -> HttpResponse:
    """What patients read about the consultant, and where they meet by video."""
    practice = _practice(request)
    form = AboutForm(request.POST)
    if not form.is_valid():
        return _page(request, practice, 422, about=form, form=form)
    actions.set_about(practice, **form.cleaned_data, by=Actor.of(request))
    messages.success(request, _("Saved. Patients read this from now on."))
    return redirect("bookings:hours")


@open_to("consultant")
@require_safe
def as_a_patient(request: HttpRequest) -> HttpResponse:
    """The days and times that somebody new would be offered: to look at, nothing can be booked here."""
    practice = _practice(request)
    offer = picker.Offer(
        case=None,
        practice=practice,
        service=Service.objects.offered(request.GET.get("service", "")),
        now=clock.now(),
        zone=practice.zone,
        wanted_day=picker.as_date(request.GET.get("day", "")),
        wanted_month=request.GET.get("month", ""),
    )
    context = {"offer": offer, "month": offer.month(), "services": Service.objects.open(), "practice": practice}
    return render(request, "bookings/as_a_patient.html", context)


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
        "not_read": outside.lines_of(shown.not_read),
        "zone_asked": question(practice, cast(User, request.user), now),
        "practice": practice,
        "earlier": monday - WEEK,
        "later": monday + WEEK,
        "now_monday": week.monday_of(today),
    }
    return render(request, "bookings/calendar.html", context)
