"""Where somebody asks to hear of earlier times, and sees those that are free; and who waits, for coordinators."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings import anyone, availability, picker, ways_to_talk, whose_clock
from bookings.models import Consultation, Practice, Service, Wish
from bookings.waiting import actions, looking
from bookings.waiting.ending import EARLIER
from bookings.waiting.forms import WishForm
from bookings.waiting.models import WEEK, Part
from cases.case import hands
from cases.case.models import Case, ToDo
from cases.case.people import may, role_in
from portal import clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.errors import Refused

SHOWN = 6
ON_A_PAGE = 50
WORKDAYS = WEEK[:5]
A_MONTH = timedelta(days=30)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def earlier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, see what is free, stop. Choosing a time goes the way of every choice: it moves the call that is booked."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient", "key"), pk=pk)
    if not may("book", case, request.user):
        role = role_in(case, request.user)
        return render(request, "bookings/pick_not_you.html", {"case": case, "role": role})
    now = clock.now()
    call = Consultation.objects.visible_to(request.user).next_for(case, now)
    practices = anyone.taking_bookings(request.user, case, now)
    if request.method != "POST":
        return _page(request, case, call, practices)
    if request.POST.get("do") == "widen":
        actions.widen(case, by=hands.actor_for(request, case))
        messages.success(request, _("Noted. You hear from us when any of us has an earlier time."))
        return redirect("bookings:earlier", pk)
    if request.POST.get("do") == "stop":
        actions.take_back(case, by=hands.actor_for(request, case))
        messages.success(request, _("Stopped. You can ask again at any time."))
        return redirect("bookings:earlier", pk)
    return _ask(request, case, call, practices)


def _ask(request: HttpRequest, case: Case, call: Consultation | None, practices: list[Practice]) -> HttpResponse:
    form = WishForm(request.POST, practices=practices, call=call)
    if not form.is_valid():
        return _page(request, case, call, practices, form, 422)
    said = form.cleaned_data
    who = next((one.consultant for one in practices if str(one.pk) == said["who"]), None)
    if call and said["who"] != anyone.ANYONE:
        who = call.consultant
    try:
        actions.ask(
            case,
            service=Service.objects.offered(request.POST.get("service", "")),
            consultant=who,
            part=said["part"],
            weekdays=said["weekdays"],
            until_on=said["until_on"],
            by=hands.actor_for(request, case),
        )
    except Refused as no:
        form.add_error(no.code if no.code in form.fields else None, no.message)
        return _page(request, case, call, practices, form, 409)
    messages.success(request, _("Noted. You hear from us when an earlier time is free."))
    return redirect("bookings:earlier", case.pk)


def _page(
    request: HttpRequest,
    case: Case,
    call: Consultation | None,
    practices: list[Practice],
    form: WishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    wish = Wish.objects.visible_to(request.user).of(case)
    service = call.service if call else wish.service if wish else None
    asked = request.POST.get("service") or request.GET.get("service") or (service.code if service else "")
    form = form or WishForm(practices=practices, call=call, initial=_first(request, case, call, wish, practices, now))
    context: dict[str, Any] = {
        "case": case,
        "call": call,
        "wish": wish,
        "form": form,
        "service": service or Service.objects.offered(asked),
        "says": _says(wish) if wish else "",
        "has_left": bool(wish and not call and wish.consultant and not wish.consultant.is_our_consultant),
        "action": _choose_at(case, call, wish) if wish else "",
        "times": _times(wish, call, practices, now, whose_clock.zone_for(case, request.user)) if wish else [],
        "how": ways_to_talk.first(
            call.how if call else "", case, has_video=any(one.has_video for one in practices if _is_asked(wish, one))
        ),
        "with": anyone.ANYONE if wish and wish.consultant_id is None else wish and wish.consultant_id,
        "acts_for": case.patient if case.patient_id != request.user.pk else None,
        **whose_clock.words(case, request.user, None),
    }
    with whose_clock.shown_for(case, request.user):
        return render(request, "bookings/earlier.html", context, status=status)


def _is_asked(wish: Wish | None, practice: Practice) -> bool:
    """Whether a time of hers may be shown: she is named, or anyone will do."""
    return wish is None or wish.consultant_id in (None, practice.pk)


def _choose_at(case: Case, call: Consultation | None, wish: Wish) -> str:
    """Where the press on a time goes: to the move of the call, or to a new one."""
    return reverse("bookings:move", args=[call.pk]) if call else reverse("bookings:pick", args=[case.pk])


def _first(
    request: HttpRequest,
    case: Case,
    call: Consultation | None,
    wish: Wish | None,
    practices: list[Any],
    now: datetime,
) -> dict[str, Any]:
    """What stands in the form first: what was asked before, else any time on a workday before the call or visit."""
    if wish:
        who = str(wish.consultant_id or anyone.ANYONE)
        return {"who": who, "part": wish.part, "weekdays": wish.weekdays, "until_on": wish.until_on}
    today = clock.today(case.patient.zone)
    visit = availability.visit_on(case)
    day = call.starts_at.astimezone(case.patient.zone).date() if call else visit
    latest = day - timedelta(days=1) if day and day > today + timedelta(days=1) else today + A_MONTH
    wanted = str(call.consultant_id) if call else request.GET.get("with", "")
    own = next(
        (str(one.pk) for one in practices if str(one.pk) == wanted or (not wanted and one.is_own)), anyone.ANYONE
    )
    own = str(call.consultant_id) if call else own
    return {"who": own, "part": Part.ANY, "weekdays": WORKDAYS, "until_on": latest}


def _says(wish: Wish) -> str:
    days = [str(WEEKDAYS[day]) for day in wish.weekdays]
    named = {"part": wish.get_part_display(), "days": ", ".join(days), "day": when.day(wish.until_on)}
    if wish.weekdays == WEEK:
        return _("%(part)s, every day, until %(day)s") % named
    return _("%(part)s on %(days)s, until %(day)s") % named


def _times(
    wish: Wish, call: Consultation | None, practices: list[Practice], now: datetime, zone: ZoneInfo
) -> list[dict[str, str]]:
    found = looking.times_for(wish, call, anyone.in_order(practices), now)[:SHOWN]
    return [
        {
            "value": picker.value_of(start),
            "label": when.moment(start, zone),
            "hint": _("With %(name)s") % {"name": one.consultant.first_name},
        }
        for one, start in found
    ]


@open_to("coordinator")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits for an earlier time: those first for whom one is free and whom somebody rings."""
    rung = ToDo.objects.open().filter(kind=EARLIER, case=OuterRef("case"))
    found = Wish.objects.visible_to(request.user).open().annotate(is_rung=Exists(rung))
    found = found.select_related("case__patient", "consultant", "service").order_by("-is_rung", "asked_at", "pk")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"wish": wish, "says": _says(wish)} for wish in page]
    return render(request, "bookings/waiting.html", {"page": page, "rows": rows})
