"""Where a consultant offers a patient of hers another call, from her own free times."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import picker, ways_to_talk, whose_clock
from bookings.asked_ending import waiting_for
from bookings.forms import PickForm
from bookings.models import Consultation, Practice, Service
from bookings.offering import actions
from bookings.rules import JustTaken
from bookings.slots import Why
from cases.case.models import Case
from cases.case.people import may
from portal import clock, when
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused


@dataclass
class ToOffer(picker.Offer):
    """Her own free times for a patient, by her own clock; each suggestion with the patient's."""

    def _hint(self, start: datetime) -> str:
        assert self.case is not None
        patient = self.case.patient
        if not whose_clock.differ(patient.zone, self.zone):
            return super()._hint(start)
        named = {"name": patient.first_name, "at": when.moment(start, patient.zone)}
        return _("For %(name)s: %(at)s") % named

    def sentence(self, why: Why) -> str:
        theirs = {
            Why.OWN_CALL: _("the patient has another call then"),
            Why.READING: _("too soon to read the plan first"),
            Why.NO_HOURS: _("you have no hours"),
            Why.OFF: _("you are away"),
            Why.FULL_DAY: _("you have enough calls that day"),
        }
        return theirs.get(why) or super().sentence(why)


def part(call: Consultation, request: HttpRequest) -> dict[str, Any] | None:
    """The way to it, on the page of her own call."""
    user: Any = request.user
    if call.consultant_id != user.pk or not may("offer_call", call.case, user):
        return None
    return {"template": "bookings/_offering.html", "call": call}


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Press a time: it is held, and the patient is asked. What waits for an answer can be taken back."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient", "key"), pk=pk)
    practice = Practice.objects.of(request.user).select_related("consultant").first()
    if not may("offer_call", case, request.user):
        raise Http404
    if practice is None:
        messages.warning(request, _("Say first when you work: then you can offer a time."))
        return redirect("bookings:hours")
    if request.method != "POST":
        return _page(request, case, practice)
    by = Actor.of(request)
    if request.POST.get("do") == "take_back":
        if (asked := waiting_for(case)) and asked.asked_by_id == request.user.pk:
            actions.take_back(asked, by=by)
            messages.success(request, _("Taken back. The time is free again."))
        return redirect("bookings:offer", pk)
    form, key = PickForm(request.POST, has_video=practice.has_video), _key(request)
    if key is None or not form.is_valid():
        return _page(request, case, practice, 422, also=[_("Choose one of the times below.")])
    slot = form.cleaned_data["slot"]
    wish = {"service": _service(request, _services(practice)), "starts_at": slot, "how": form.cleaned_data["how"]}
    try:
        asked = actions.offer(case, **wish, key=key, by=by)
    except JustTaken as taken:
        return _page(request, case, practice, 409, also=[str(taken.message)], lost=slot)
    except Refused as refused:
        return _page(request, case, practice, 409, also=[str(refused.message)])
    said = {"name": case.patient.first_name, "until": when.moment(asked.until)}
    messages.success(request, _("Offered. It is held for %(name)s until %(until)s.") % said)
    return redirect("bookings:offer", pk)


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _services(practice: Practice) -> list[Service]:
    """The kinds that can be booked and that she gives."""
    return [each for each in Service.objects.open() if each.code in practice.gives]


def _service(request: HttpRequest, gives: list[Service]) -> Service:
    """The kind asked for, else the talk after the second opinion where she gives it."""
    asked = request.POST.get("service") or request.GET.get("service") or Service.Code.AFTER_SECOND
    by_code = {each.code: each for each in gives}
    return by_code.get(asked) or next(iter(gives), None) or Service.objects.offered("")


def _page(
    request: HttpRequest,
    case: Case,
    practice: Practice,
    status: int = 200,
    *,
    also: list[str] | None = None,
    lost: datetime | None = None,
) -> HttpResponse:
    waits, services = waiting_for(case), _services(practice)
    if waits and waits.case_id != case.pk:  # of another case of the same patient: not this consultant's to read
        waits = None
    found = ToOffer(
        case=case,
        practice=practice,
        service=_service(request, services),
        now=clock.now(),
        zone=practice.zone,
        wanted_day=picker.as_date(request.GET.get("day", "")),
        wanted_month=request.GET.get("month", ""),
        lost=lost,
    )
    context: dict[str, Any] = {
        "case": case,
        "practice": practice,
        "offer": found,
        "month": found.month(),
        "services": services,
        "how": ways_to_talk.first(request.POST.get("how", ""), case, has_video=practice.has_video),
        "key": uuid4(),
        "also": also,
        "waits": waits,
        "is_hers": waits is not None and waits.asked_by_id == request.user.pk,
    }
    return render(request, "bookings/offer.html", context, status=status)
