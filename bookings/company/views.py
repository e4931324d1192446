"""Who is with the patient on a call: where it is said, and the page behind the link that they get."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from bookings import calendars, rules
from bookings.call_views import base_of, consultations
from bookings.company import actions, entries, links
from bookings.company.forms import CompanionForm
from bookings.company.models import Companion
from bookings.models import Consultation, Practice
from bookings.parts import part_in
from cases.case import hands
from cases.case.people import COORDINATOR, may, role_in
from portal import clock, tries
from portal.access import PERSON, find_or_404, open_to, public
from portal.actors import Actor, client_address
from portal.errors import Refused


def part(call: Consultation, request: HttpRequest) -> dict[str, Any] | None:
    """Who is there, on the page of the call: for the patient, and for the consultant, who should know."""
    user: Any = request.user
    may_name = may("bring_somebody", call.case, user)
    if not call.is_booked or not (may_name or call.consultant_id == user.pk):
        return None
    companion = Companion.objects.visible_to(user).of(call)
    if companion is None and not may_name:
        return None
    return {"template": "bookings/_company.html", "call": call, "companion": companion, "may_name": may_name}


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Name who will be there, or take them off."""
    call = find_or_404(consultations(request), pk=pk)
    if not may("bring_somebody", call.case, request.user):
        raise Http404
    acts_for = call.patient.first_name if role_in(call.case, request.user) == COORDINATOR else ""
    words = {"acts_for": acts_for, "consultant": call.consultant.first_name}
    if request.method != "POST":
        return _page(request, call, CompanionForm(**words))
    by = hands.actor_for(request, call.case)
    if request.POST.get("do") == "remove":
        named = Companion.objects.visible_to(request.user).filter(call=call)
        actions.remove(find_or_404(named, pk=_as_key(request.POST.get("who", ""))), by=by)
        messages.success(request, _("Taken off. Their link opens nothing any more."))
        return redirect("bookings:company", pk)
    form = CompanionForm(request.POST, **words)
    if not form.is_valid():
        return _page(request, call, form, 422)
    said = {name: form.cleaned_data[name] for name in ("called", "email", "phone")}
    try:
        actions.name(call, **said, how=form.cleaned_data.get("how", "page"), by=by)
    except Refused as no:
        form.add_error(no.code if no.code in form.fields else None, no.message)
        return _page(request, call, form, 409)
    messages.success(request, _("Noted."))
    return redirect("bookings:company", pk)


def _as_key(sent: str) -> UUID:
    try:
        return UUID(sent)
    except ValueError:
        raise Http404 from None


def _page(request: HttpRequest, call: Consultation, form: CompanionForm, status: int = 200) -> HttpResponse:
    companion = Companion.objects.visible_to(request.user).of(call)
    page = {
        "base": base_of(request),
        "case": call.case,
        "call": call,
        "form": form,
        "companion": companion,
        "address": links.address_of(companion) if companion else "",
        "why_not": rules.why_not("need", call, part_in(call.case, request.user), clock.now()),
        "acts_for": call.patient if call.patient_id != request.user.pk else None,
    }
    return render(request, "bookings/company.html", page, status=status)


# The token in the address is the authority, and its page tells nobody where a form comes from, not even us.
@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def together(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind their link: when the call is, the way in, "I can't". Nothing else of the patient's."""
    companion = links.companion_for(token)
    if companion is None:
        made_up = tries.are_too_many(client_address(request))
        return _shown(request, "bookings/together_gone.html", {}, 429 if made_up else 410)
    patient = companion.call.patient
    with translation.override(patient.language), timezone.override(patient.zone):
        now = clock.now()
        if request.method == "POST" and request.POST.get("do") == "no":
            try:
                actions.decline(companion, by=Actor("anonymous", address=client_address(request)))
            except Refused:
                return _shown(request, "bookings/together_gone.html", {}, 410)
            return _shown(request, "bookings/together_no.html", {"name": entries.name_of_patient(companion)})
        if not actions.is_open(companion, now):
            return _shown(request, "bookings/together_gone.html", {}, 410)
        return _shown(request, "bookings/together.html", _way_in(companion, now))


def _way_in(companion: Companion, now: Any) -> dict[str, Any]:
    call, entry = companion.call, entries.entry(companion)
    practice = Practice.objects.working().filter(pk=call.consultant_id).first()
    opens_at = call.starts_at - rules.OPENS_BEFORE
    return {
        "call": call,
        "name": entries.name_of_patient(companion),
        "zone": call.patient.zone,
        "opens_at": opens_at,
        "is_in": opens_at <= now,
        "address": practice.address_for(call) if practice and call.how == "video" and opens_at <= now else "",
        "has_phone": bool(companion.phone),
        "file": links.token_of(companion),
        "google": calendars.google_link(entry),
        "outlook": calendars.outlook_link(entry),
    }


@public
@require_safe
def together_file(request: HttpRequest, token: str) -> HttpResponse:
    """Their own calendar entry, as it stands; of a call that was canceled, some days long what takes it away."""
    companion, now = links.companion_for(token), clock.now()
    if companion is None or not (actions.is_open(companion, now) or actions.is_called_off(companion, now)):
        tries.are_too_many(client_address(request))
        raise Http404
    with translation.override(companion.call.patient.language):
        content = entries.file(companion, now)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{entries.FILE_NAME}"'
    return answer


def _shown(request: HttpRequest, template: str, page: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page whose address is a secret."""
    answer = render(request, template, page, status=status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
