"""The page of closed days, for administrators and coordinators: public holidays, and the days that we add."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings.answering import answers_of, rows_of, say_how_hard
from bookings.availability_actions import Unanswered
from bookings.closed import actions, place
from bookings.closed.forms import WHOLE, ClosedDayForm, PlaceForm
from cases.case import regions
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.closed import holidays_ahead
from portal.texts.models import Holiday
from portal.texts.words import organisation

NAMES = {**dict(WHOLE), **{code: name for code, (name, _zone) in regions.REGIONS.items()}}


@open_to(User.Role.ADMINISTRATOR, User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def closed_days(request: HttpRequest) -> HttpResponse:
    """Every closed day to come, and the form for one more. Calls booked on it are asked about, each."""
    here = organisation()
    if request.method != "POST":
        return _page(request, ClosedDayForm(today=here.today(), initial={"region": here.region}))
    form = ClosedDayForm(request.POST, today=here.today())
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        actions.close_day(**form.cleaned_data, answers=answers_of(request), by=Actor.of(request))
    except Unanswered as unanswered:
        return _page(request, form, outside=rows_of(request, unanswered.calls), status=409)
    except Refused as no:
        return _page(request, form, also=[no.message], status=409)
    messages.success(request, _("Saved. Nobody books on that day any more."))
    say_how_hard(request)
    return redirect("bookings:closed_days")


@open_to(User.Role.ADMINISTRATOR, User.Role.COORDINATOR)
@require_POST
def our_place(request: HttpRequest) -> HttpResponse:
    """Another place for the house. Calls on days that are closed there are asked about, each."""
    here = organisation()
    day, form = ClosedDayForm(today=here.today(), initial={"region": here.region}), PlaceForm(request.POST)
    if not form.is_valid():
        return _page(request, day, place_form=form, status=422)
    try:
        place.set_place(**form.cleaned_data, answers=answers_of(request), by=Actor.of(request))
    except Unanswered as unanswered:
        outside = rows_of(request, unanswered.calls)
        return _page(request, day, place_form=form, outside=outside, outside_of="place", status=409)
    except Refused as no:
        return _page(request, day, place_form=form, also=[no.message], status=409)
    messages.success(request, _("Saved. The holidays of that place count from now on."))
    say_how_hard(request)
    return redirect("bookings:closed_days")


@open_to(User.Role.ADMINISTRATOR, User.Role.COORDINATOR)
@require_POST
def open_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a closed day away."""
    day = find_or_404(Holiday.objects.visible_to(request.user), pk=pk)
    actions.open_day(day, by=Actor.of(request))
    messages.success(request, _("Saved. That day can be booked again."))
    return redirect("bookings:closed_days")


def _page(request: HttpRequest, form: ClosedDayForm, *, status: int = 200, **more: Any) -> HttpResponse:
    here = organisation()
    page = {
        "form": form,
        "place_form": PlaceForm(initial={"region": here.region}),
        "outside_of": "closed",
        "days": [(day, NAMES.get(day.region, day.region)) for day in actions.coming_days()],
        "holidays": holidays_ahead(here.region, here.today()),
        "place": NAMES.get(here.region, here.region),
        "zone": here.zone,
    }
    return render(request, "bookings/closed_days.html", page | more, status=status)
