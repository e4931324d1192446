"""Where somebody asks to hear of earlier times, and sees those that are free; and who waits, for coordinators."""

from collections.abc import Sequence
from dataclasses import dataclass
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

from bookings import anyone, availability, picker, ways_back, ways_to_talk, whose_clock
from bookings.asked_holds import How
from bookings.models import Consultation, Practice, Service, Wish
from bookings.waiting import actions, looking
from bookings.waiting.ending import EARLIER
from bookings.waiting.forms import WishForm
from bookings.waiting.models import WEEK, Part
from cases.case import hands
from cases.case.models import Case, ToDo
from cases.case.people import may, role_in
from cases.records.words import listed
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
    practices = anyone.taking_bookings(request.user, case, now)
    about = _about(request, case, now)
    if request.method != "POST":
        return _page(request, about, practices)
    if request.POST.get("do") == "widen":
        actions.widen(case, by=hands.actor_for(request, case))
        messages.success(request, _("Noted. You hear from us when any of us has an earlier time."))
        return redirect("bookings:earlier", pk)
    if request.POST.get("do") == "stop":
        actions.take_back(case, by=hands.actor_for(request, case))
        messages.success(request, _("Stopped. You can ask again at any time."))
        return redirect("bookings:earlier", pk)
    return _ask(request, about, practices)


@dataclass(frozen=True)
class About:
    """What the page asks about: a call that is booked, else a kind of call; and what is asked for already."""

    case: Case
    call: Consultation | None
    service: Service
    wish: Wish | None
    wished_call: Consultation | None

    @property
    def is_asked(self) -> bool:
        return self.wish is not None and (self.wish.service_id, self.wished_call) == (self.service.pk, self.call)


def _about(request: HttpRequest, case: Case, now: datetime) -> About:
    """The call or the kind in the address or the form, else what is asked for already, else the next call."""
    booked = Consultation.objects.visible_to(request.user).upcoming(now).filter(case=case, starts_at__gt=now)
    calls = list(booked.select_related("consultant", "service"))
    wish = Wish.objects.visible_to(request.user).of(case)
    wished_call = next((one for one in calls if wish and one.pk == wish.call_id), None)
    named, code = _said(request, "call"), _said(request, "service")
    if named:
        call = next((one for one in calls if str(one.pk) == named), None)
    elif code:
        call = next((one for one in calls if one.service.code == code), None)
    elif wish:
        return About(case, wished_call, wish.service, wish, wished_call)
    else:
        call = next(iter(calls), None)
    return About(case, call, call.service if call else Service.objects.offered(code), wish, wished_call)


def _said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name) or ""


def _ask(request: HttpRequest, about: About, practices: list[Practice]) -> HttpResponse:
    call = about.call
    form = WishForm(request.POST, practices=practices, call=call)
    if not form.is_valid():
        return _page(request, about, practices, form, 422)
    said = form.cleaned_data
    who = next((one.consultant for one in practices if str(one.pk) == said["who"]), None)
    if call and said["who"] != anyone.ANYONE:
        who = call.consultant
    try:
        if call is None and _said(request, "call"):
            raise Refused(_("That call has begun, or was canceled."), code="call")
        actions.ask(
            about.case,
            service=about.service,
            call=call,
            consultant=who,
            speaks=said.get("speaks", ""),
            knows=said.get("knows", ""),
            part=said["part"],
            weekdays=said["weekdays"],
            until_on=said["until_on"],
            by=hands.actor_for(request, about.case),
        )
    except Refused as no:
        form.add_error(no.code if no.code in form.fields else None, no.message)
        return _page(request, about, practices, form, 409)
    messages.success(request, _("Noted. You hear from us when an earlier time is free."))
    return redirect("bookings:earlier", about.case.pk)


def _page(
    request: HttpRequest,
    about: About,
    practices: list[Practice],
    form: WishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, case, wish = clock.now(), about.case, about.wish
    form = form or WishForm(practices=practices, call=about.call, initial=_first(request, about, practices, now))
    context: dict[str, Any] = {
        "case": case,
        "call": about.call,
        "wish": wish,
        "wished_call": about.wished_call,
        "is_asked": about.is_asked,
        "form": form,
        "service": about.service,
        "says": _says(wish) if wish else "",
        "whom": _whom(wish, practices) if wish else "",
        "fits_nobody": bool(wish and looking.fits_nobody(wish, practices)),
        "has_left": bool(wish and not about.wished_call and wish.consultant and not wish.consultant.is_our_consultant),
        "action": _choose_at(about),
        "times": _times(about, practices, now, whose_clock.zone_for(case, request.user)),
        "wished": _wished(wish) if wish else {},
        "to_times": ways_back.of_page(request, case.pk),
        "acts_for": case.patient if case.patient_id != request.user.pk else None,
        **whose_clock.words(case, request.user, None),
    }
    with whose_clock.shown_for(case, request.user):
        return render(request, "bookings/earlier.html", context, status=status)


def _choose_at(about: About) -> str:
    """Where the press on a time goes: to the move of the call, or to a new one."""
    call = about.wished_call
    return reverse("bookings:move", args=[call.pk]) if call else reverse("bookings:pick", args=[about.case.pk])


def _first(request: HttpRequest, about: About, practices: list[Any], now: datetime) -> dict[str, Any]:
    """What stands in the form first: what was asked before, else any time on a workday before the call or visit."""
    case, call, wish = about.case, about.call, about.wish
    if wish and about.is_asked:
        who = str(wish.consultant_id or anyone.ANYONE)
        return {
            "who": who,
            "speaks": wish.speaks,
            "knows": wish.knows,
            "part": wish.part,
            "weekdays": wish.weekdays,
            "until_on": wish.until_on,
        }
    today = clock.today(case.patient.zone)
    visit = None if about.service.code == Service.Code.AFTER_SECOND else availability.visit_on(case)
    day = call.starts_at.astimezone(case.patient.zone).date() if call else visit
    latest = day - timedelta(days=1) if day and day > today + timedelta(days=1) else today + A_MONTH
    wanted = request.GET.get("with", "")
    if call and wanted != anyone.ANYONE:
        wanted = str(call.consultant_id)
    found = (str(one.pk) for one in practices if str(one.pk) == wanted or (not wanted and one.is_own))
    own = wanted if call else next(found, anyone.ANYONE)
    known = anyone.choices(practices)["languages"]
    speaks = next((word for word, _said in known if word.casefold() == request.GET.get("speaks", "").casefold()), "")
    fit = {"speaks": speaks, "knows": request.GET.get("knows", "")}
    return {"who": own, **fit, "part": Part.ANY, "weekdays": WORKDAYS, "until_on": latest}


def _says(wish: Wish) -> str:
    days = [str(WEEKDAYS[day]) for day in wish.weekdays]
    named = {"part": wish.get_part_display(), "days": ", ".join(days), "day": when.day(wish.until_on)}
    if wish.weekdays == WEEK:
        return _("%(part)s, every day, until %(day)s") % named
    return _("%(part)s on %(days)s, until %(day)s") % named


def _whom(wish: Wish, practices: Sequence[Practice]) -> str:
    """With whom, in words; what is asked of anyone in those that the consultants use of themselves."""
    if wish.consultant:
        return _("With %(name)s.") % {"name": wish.consultant.name}
    if said := anyone.said(looking.fit_of(wish), anyone.choices(practices)):
        return _("With anyone of us who fits what was chosen: %(words)s.") % {"words": listed(said)}
    return _("With anyone of us who fits.")


def _wished(wish: Wish) -> dict[str, str]:
    """What a press on a time says along: the kind of call, and with whom."""
    whom = {"with": str(wish.consultant_id)} if wish.consultant_id else looking.fit_of(wish).wish()
    return {"service": wish.service.code, **whom}


def _times(about: About, practices: list[Practice], now: datetime, zone: ZoneInfo) -> list[dict[str, str]]:
    """Each with whom it is, and how they talk: by video as wished for where there is an address to meet at."""
    if about.wish is None:
        return []
    call, shown = about.wished_call, []
    for one, start in looking.times_for(about.wish, call, anyone.in_order(practices), now)[:SHOWN]:
        how = ways_to_talk.first(call.how if call else "", about.case, has_video=one.has_video)
        said = {"name": one.consultant.first_name}
        hint = _("With %(name)s, by phone") % said if how == How.PHONE else _("With %(name)s, by video") % said
        if whose_clock.differ(one.zone, zone):
            hint += ". " + _("%(name)s is in %(zone)s") % {**said, "zone": when.zone_name_beside(one.zone, zone)}
        shown.append({"value": picker.value_of(start), "label": when.moment(start, zone), "hint": hint, "how": how})
    return shown


@open_to("coordinator")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits for an earlier time: those first for whom one is free and whom somebody rings."""
    rung = ToDo.objects.open().filter(kind=EARLIER, case=OuterRef("case"))
    found = Wish.objects.visible_to(request.user).open().annotate(is_rung=Exists(rung))
    found = found.select_related("case__patient", "consultant", "service").order_by("-is_rung", "asked_at", "pk")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    practices = looking.working()
    rows = [{"wish": wish, "says": _says(wish), "whom": _whom(wish, practices)} for wish in page]
    return render(request, "bookings/waiting.html", {"page": page, "rows": rows})
