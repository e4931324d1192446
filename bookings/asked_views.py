"""The page of a time that a helper chose: the patient says yes or no, the helper waits; and who may read after all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings import actions, agreeing, asking, near, ways_back, whose_clock
from bookings.forms import CheckForm
from bookings.models import AskedHold, Consultation, Practice
from bookings.rules import JustTaken
from cases.case import hands
from cases.case.actions import give_consent, settle_to_dos
from cases.case.models import Case, ToDo
from cases.case.people import COORDINATOR, has_consent_to_read, may, only_theirs, role_in
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.errors import Refused


def _found(request: HttpRequest, pk: UUID) -> AskedHold:
    together = ("case__patient", "case__key", "patient", "consultant", "service", "asked_by")
    return find_or_404(AskedHold.objects.visible_to(request.user).select_related(*together), pk=pk)


def _form(asked: AskedHold, user: Any, *data: Any) -> CheckForm:
    is_coordinator = role_in(asked.case, user) == COORDINATOR
    form = CheckForm(
        *data,
        asks_scope=agreeing.standing_scope(asked.patient) is None,
        asks_to_read=asked.service.needs_plan and not has_consent_to_read(asked.case, asked.consultant),
        acts_for=asked.patient.first_name if is_coordinator else "",
    )
    del form.fields["hope"], form.fields["seen"]
    return form


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accepted, it is booked; declined or taken back, the time is free. Pressed twice, it is done once."""
    found = _found(request, pk)
    if request.method != "POST":
        return _page(request, found, _form(found, request.user))
    by, form = hands.actor_for(request, found.case), _form(found, request.user, request.POST)
    try:
        if request.POST.get("do") == "no":
            asking.decline(found, by=by)
            return redirect(found)
        if found.is_waiting and may("accept_scope", found.case, request.user) and not form.is_valid():
            return _page(request, found, form, 422)
        said = form.cleaned_data if form.is_valid() else {}
        call = asking.accept(
            found,
            accepts_scope=said.get("scope", False),
            may_read=said.get("may_read", False),
            how=said.get("said", ""),
            version=said.get("version"),
            by=by,
        )
    except Refused as no:
        if no.code in form.fields:
            form.add_error(no.code, no.message)
            return _page(request, found, form, 422)
        return _page(request, _found(request, pk), form, 409, no)
    return redirect(call)


def _page(
    request: HttpRequest,
    found: AskedHold,
    form: CheckForm,
    status: int = 200,
    refused: Refused | None = None,
) -> HttpResponse:
    case, user, now = found.case, request.user, clock.now()
    role = role_in(case, user)
    can_answer = may("accept_scope", case, user) or role == COORDINATOR
    over = asking.why_over(found, now)
    call = Consultation.objects.visible_to(user).filter(held_as=found.pk).first()
    form.follow_page()
    is_lost = isinstance(refused, JustTaken) or found.state in {AskedHold.State.GONE, AskedHold.State.EXPIRED}
    others = _others(found, user, now) if is_lost and not call and may("book", case, user) else near.Near()
    page = {
        "case": case,
        "hold": found,
        "form": form,
        "also": [others.said(refused)] if refused else None,
        "over": over,
        "call": call,
        "to_times": ways_back.of(found),
        "near": others,
        "is_patient": role == "patient",
        "can_answer": can_answer and not over,
        "can_take_back": found.asked_by_id == user.pk and not over,
        "waits_for": found.patient.first_name,
        "is_elsewhere_for_them": whose_clock.differ(user.zone, found.patient.zone),  # type: ignore[union-attr]
        **whose_clock.words(case, user, found),
        "is_phoned": ToDo.objects.open().filter(kind=asking.ASKED_TIME, about_id=str(found.pk)).exists(),
        "is_coordinator": role == COORDINATOR,
    }
    with whose_clock.shown_for(case, user):
        return render(request, "bookings/asked.html", page, status=status)


def _others(found: AskedHold, user: Any, now: datetime) -> near.Near:
    """Free times near one that is lost, with the same consultant where there are any."""
    if found.case.state == Case.State.CLOSED:
        return near.Near()
    practice = Practice.objects.working().filter(pk=found.consultant_id).first()
    return near.near(found.case, practice, found.service, found.starts_at, user, now)


@open_to(PERSON)
@require_POST
def agree_to_read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient lets the consultant of a call read; a coordinator says how she said so."""
    calls = Consultation.objects.visible_to(request.user).select_related("case__patient", "consultant")
    call = find_or_404(calls, pk=pk)
    case, by, how = call.case, hands.actor_for(request, call.case), "page"
    try:
        if role_in(case, request.user) == COORDINATOR:
            how = request.POST.get("said", "")
            hands.check_said(how, by=by)
        elif not may("consent", case, request.user):
            raise Refused(only_theirs(case), code="role")
        give_consent("read", person=case.patient, case=case, consultant=call.consultant, how=how, by=by)
        settle_to_dos(call, actions.ASK_TO_READ, by=by)
        messages.success(request, _("%(name)s can read the files now.") % {"name": call.consultant.first_name})
    except Refused as no:
        messages.warning(request, no.message)
    return redirect(call)
