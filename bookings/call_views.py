"""A call that is booked: its page, canceling, asking for another time, the way in, how it went."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import (
    actions,
    asked_moves,
    availability,
    calendars,
    call_needs,
    changes,
    follow_up,
    invitations,
    rules,
    ways_back,
    whose_clock,
)
from bookings.forms import AskToMoveForm, CancelForm, NeedsForm
from bookings.late import showing as late
from bookings.models import Consultation, Practice
from bookings.noting import ASKING, CANCELING
from bookings.parts import part_in
from bookings.stuck import actions as stuck
from bookings.stuck import showing as stuck_showing
from cases.case import hands, plain
from cases.case.people import CONSULTANT, COORDINATOR, HELPER, has_consent_to_read, may, role_in
from cases.documents.models import Version
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


def base_of(request: HttpRequest) -> str:
    """The shell around a page that both sides open. A coordinator acts for the patient, on her pages."""
    return "base_patient.html" if request.user.role in ("", COORDINATOR) else "base_staff.html"  # type: ignore[union-attr]


def consultations(request: HttpRequest) -> Any:
    found = Consultation.objects.visible_to(request.user)
    return found.select_related("case__patient", "patient", "consultant", "service")


def _asks_to_read(call: Consultation, user: Any) -> bool:
    """Whether to ask that the consultant of a coming call may read: whom it is to say, and the coordinator who asks."""
    if not call.is_booked or not call.needs_plan or has_consent_to_read(call.case, call.consultant):
        return False
    return may("consent", call.case, user) or role_in(call.case, user) == COORDINATOR


def detail_page(
    request: HttpRequest,
    consultation: Consultation,
    status: int = 200,
    also: list[str] | None = None,
    needs: NeedsForm | None = None,
) -> HttpResponse:
    now, user = clock.now(), request.user
    role, zone = role_in(consultation.case, user), whose_clock.zone_for(consultation.case, user)
    entry = invitations.entry(consultation, consultation.patient)
    due_on = availability.plan_by(consultation, now)
    context = {
        "base": base_of(request),
        "case": consultation.case,
        "call": consultation,
        "role": role,
        "shows_asked": role in ("consultant", "coordinator"),  # a helper sees what she put in herself
        "asked": changes.asked_in(consultation, user) if role in ("consultant", "coordinator") else [],
        "also": also,
        "needs": needs or NeedsForm(initial=call_needs.needed(consultation)),
        "form": needs,
        "moves": rules.allowed(consultation, part_in(consultation.case, user), now),
        "may_book": may("book", consultation.case, user),
        "to_times": ways_back.of(consultation),
        "asks_to_read": _asks_to_read(consultation, user),
        "is_over": consultation.ends_at <= now,
        "parts": changes.parts_of(consultation, request),
        "note": consultation.note if role != HELPER or may("book", consultation.case, user) else "",
        "due_on": due_on,
        "is_past_due": due_on is not None and due_on < now.astimezone(consultation.zone).date(),
        "has_plan": Version.objects.ready_plans()
        .visible_to(user if role == COORDINATOR else consultation.patient)
        .filter(case=consultation.case)
        .exists(),
        "reminded_on": follow_up.reminded_on(consultation, now),
        "joins": may("join_calls", consultation.case, user) or consultation.consultant_id == user.pk,
        "from_at": consultation.starts_at - timedelta(minutes=5),
        "google": calendars.google_link(entry),
        "outlook": calendars.outlook_link(entry),
        **whose_clock.words(consultation.case, user, None),
        "is_elsewhere": whose_clock.differ(zone, consultation.zone),
    }
    with whose_clock.shown_for(consultation.case, user):
        return render(request, "bookings/detail.html", context, status=status)


@open_to(PERSON)
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A call: when, with whom, what happens next, and the ways to change it."""
    consultation = find_or_404(consultations(request), pk=pk)
    if role_in(consultation.case, request.user) not in ("patient", "helper"):
        case = consultation.case
        record(Actor.of(request), "consultation.seen", consultation, patient=case.patient_id, case=case.pk, why="care")
    return detail_page(request, consultation)


@open_to(PERSON)
@require_safe
def calendar_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The call as a file for one's own calendar."""
    user: Any = request.user
    consultation = find_or_404(consultations(request), pk=pk)
    answer = HttpResponse(
        invitations.file(consultation, user, clock.now()), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{invitations.FILE_NAME}"'
    return answer


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cancel with one press; the reason may stay empty."""
    consultation = find_or_404(consultations(request), pk=pk)
    user: Any = request.user
    is_ours = role_in(consultation.case, user) in (CONSULTANT, COORDINATOR)
    typed = request.POST if request.method == "POST" else None
    form = CancelForm(
        typed,
        writes_to=consultation.patient.first_name if is_ours else "",
        initial=drafts.kept(user, CANCELING, consultation) if is_ours else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            consultation = actions.cancel(
                consultation, **form.cleaned_data, by=hands.actor_for(request, consultation.case)
            )
        except Refused as refused:
            return detail_page(request, consultation, 409, [str(refused.message)])
        drafts.drop(user, CANCELING, consultation)
        return redirect(consultation)
    reason = rules.why_not("cancel", consultation, part_in(consultation.case, request.user), clock.now())
    if reason:
        return detail_page(request, consultation, 409, [reason])
    context = _asking_page(request, consultation, form, CANCELING) | {"is_ours": is_ours}
    with whose_clock.shown_for(consultation.case, user):
        return render(request, "bookings/cancel.html", context, status=422 if form.errors else 200)


def _asking_page(request: HttpRequest, call: Consultation, form: Form, draft: str) -> dict[str, Any]:
    """What both pages with a note to the patient are made from; how hard the note is to read among it."""
    note = str(form["note"].value() or "") if "note" in form.fields else ""
    return {
        "base": base_of(request),
        "case": call.case,
        "call": call,
        "zone": whose_clock.zone_for(call.case, request.user),
        "form": form,
        "draft": draft,
        "hint": plain.to_patient(call.case, note, request.user),  # type: ignore[arg-type]
    }


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the call happens: the address shortly before, and help for the one who cannot get in."""
    consultation = find_or_404(consultations(request), pk=pk)
    user: Any = request.user
    if consultation.consultant_id != user.pk and not may("join_calls", consultation.case, user):
        raise Http404
    now = clock.now()
    if request.method == "POST":
        try:
            stuck.say_stuck(consultation, by=Actor.of(request))
        except Refused as no:
            messages.error(request, no.message)
        else:
            with whose_clock.shown_for(consultation.case, user):
                said = stuck_showing.who_calls(consultation, user, now)
            messages.success(request, f"{_('We know.')} {said} {_('Please keep your phone near.')}")
        return redirect("bookings:call", pk=pk)
    practice = Practice.objects.visible_to(request.user).filter(pk=consultation.consultant_id).first()
    opens_at, closes_at = consultation.starts_at - rules.OPENS_BEFORE, consultation.ends_at + rules.OPENS_BEFORE
    context = {
        "base": base_of(request),
        "case": consultation.case,
        "call": consultation,
        "zone": whose_clock.zone_for(consultation.case, user),
        "opens_at": opens_at,
        "is_open": consultation.is_booked and opens_at <= now < closes_at,
        "is_over": now >= closes_at,
        "address": practice and practice.address_for(consultation),
        "late": late.shown(consultation, user, now),
    }
    with whose_clock.shown_for(consultation.case, user):
        context["stuck"] = stuck_showing.shown(consultation, user, now)
        return render(request, "bookings/call.html", context)


@open_to(PERSON)
@require_POST
def needs(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An interpreter or captions for the call, or neither any more."""
    consultation = find_or_404(consultations(request), pk=pk)
    form = NeedsForm(request.POST)
    if not form.is_valid():
        return detail_page(request, consultation, 422, needs=form)
    try:
        call_needs.set_needs(consultation, **form.cleaned_data, by=hands.actor_for(request, consultation.case))
    except Refused as refused:
        return detail_page(request, consultation, 409, [str(refused.message)])
    messages.success(request, _("Saved. One of us arranges it."))
    return redirect(consultation)


@open_to("consultant", "coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of us cannot keep the time: the patient is asked for another, with a note that she reads."""
    consultation = find_or_404(consultations(request), pk=pk)
    user: Any = request.user
    typed = request.POST if request.method == "POST" else None
    form = AskToMoveForm(typed, initial=drafts.kept(user, ASKING, consultation))
    reason = rules.why_not("ask_to_move", consultation, part_in(consultation.case, request.user), clock.now())
    if not reason and form.is_valid():
        try:
            asked_moves.ask_to_move(
                consultation, note=form.cleaned_data["note"], by=hands.actor_for(request, consultation.case)
            )
        except Refused as refused:
            return detail_page(request, consultation, 409, [str(refused.message)])
        drafts.drop(user, ASKING, consultation)
        return redirect(consultation)
    if reason:
        return detail_page(request, consultation, 409, [reason])
    context = _asking_page(request, consultation, form, ASKING)
    with whose_clock.shown_for(consultation.case, user):
        return render(request, "bookings/ask_to_move.html", context, status=422 if form.errors else 200)
