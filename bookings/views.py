"""Picking a time, checking, booking, moving and canceling: the patient's pages of a call."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import actions, asking, availability, calendars, changes, invitations, offers, picker, rules
from bookings.forms import CancelForm, CheckForm, PickForm
from bookings.models import AskedHold, Consultation, Hold, Practice, Service
from bookings.parts import part_in
from bookings.rules import JustTaken
from cases.case import hands
from cases.case.actions import ask_to_do, must_be_open
from cases.case.models import Case
from cases.case.people import COORDINATOR, HELPER, acts_as, has_consent_to_read, may, role_in
from cases.documents.models import Version
from portal import clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

DRAFT = "check-and-book"


def _practice(request: HttpRequest, case: Case) -> Practice | None:
    """The consultant asked for, else the case's own, else the first who takes bookings."""
    wanted = request.POST.get("with") or request.GET.get("with")
    known = Practice.objects.visible_to(request.user).select_related("consultant")
    try:
        chosen = known.filter(pk=UUID(wanted)).first() if wanted else None
    except ValueError:
        chosen = None
    return chosen or availability.usual_consultant(case)


def _service(request: HttpRequest) -> Service:
    wanted = request.POST.get("service") or request.GET.get("service") or Service.Code.PLAN
    return Service.objects.offered(wanted)


def _offer(request: HttpRequest, case: Case, moving: Consultation | None, **more: Any) -> picker.Offer | None:
    known = Practice.objects.visible_to(request.user).select_related("consultant")
    practice = (moving and known.filter(pk=moving.consultant_id).first()) or _practice(request, case)
    if practice is None:
        return None
    user: Any = request.user
    return picker.Offer(
        case=case,
        practice=practice,
        service=moving.service if moving else _service(request),
        now=clock.now(),
        zone=user.zone,
        moving=moving,
        wanted_day=picker.as_date(request.GET.get("day", "")),
        wanted_month=request.GET.get("month", ""),
        **more,
    )


def _pick_page(
    request: HttpRequest, case: Case, moving: Consultation | None, status: int = 200, **more: Any
) -> HttpResponse:
    lost, also = more.pop("lost", None), more.pop("also", [])
    offer = _offer(request, case, moving, lost=lost)
    context: dict[str, Any] = {"case": case, "moving": moving, "offer": offer, "also": also}
    context["waits"] = None if moving else asking.waiting_for(case)
    if offer:
        context |= {
            "month": offer.month(),
            "how": request.POST.get("how") or request.GET.get("how") or (moving.how if moving else _usual_way(case)),
            "others": Practice.objects.visible_to(request.user).taking_bookings().select_related("consultant"),
            "services": Service.objects.all(),
            "is_elsewhere": when.zone_name(offer.zone) != when.zone_name(offer.practice.zone),
        }
    part = "#days" if request.htmx and request.method == "GET" else ""  # type: ignore[attr-defined]
    return render(request, f"bookings/pick.html{part}", context, status=status)


def _usual_way(case: Case) -> str:
    """Whoever has no email opens no page of ours: the consultant rings."""
    return "video" if case.patient.email or not case.patient.phone else "phone"


def _choose(request: HttpRequest, case: Case, moving: Consultation | None) -> HttpResponse:
    """Keep the time that was pressed and go on to its page; or say why not, and offer the nearest."""
    offer = _offer(request, case, moving)
    form = PickForm(request.POST)
    if offer is None or not form.is_valid():
        return _pick_page(request, case, moving, 422, also=[_("Choose one of the times below.")])
    try:
        kept = actions.hold(
            case=case,
            consultant=offer.practice.consultant,
            service=offer.service,
            starts_at=form.cleaned_data["slot"],
            how=form.cleaned_data["how"],
            moving=moving,
            by=hands.actor_for(request, case),
        )
    except JustTaken as taken:
        return _pick_page(request, case, moving, 409, also=[str(taken.message)], lost=form.cleaned_data["slot"])
    except Refused as refused:
        return _pick_page(request, case, moving, 409, also=[str(refused.message)])
    return redirect(kept)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def pick(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Three times that fit, then a month. Pressing a time keeps it and goes on to check-and-book."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    role = role_in(case, request.user)
    if not may("book", case, request.user):
        return render(request, "bookings/pick_not_you.html", {"case": case, "role": role})
    if request.method == "POST":
        return _choose(request, case, None)
    # The tab "Consultation" leads to the call that is booked; any wish in the address leads to the times.
    booked = Consultation.objects.visible_to(request.user).next_for(case, clock.now())
    if booked and not request.GET:
        return redirect(booked)
    return _pick_page(request, case, None)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page for a call that is booked: pressing a time goes on to a page that moves it."""
    consultation = find_or_404(_consultations(request), pk=pk)
    reason = rules.why_not("move", consultation, part_in(consultation.case, request.user), clock.now())
    if reason or not may("book", consultation.case, request.user):
        return _detail_page(request, consultation, 409, also=[reason or _("Only the patient can move this call here.")])
    if request.method == "POST":
        return _choose(request, consultation.case, consultation)
    return _pick_page(request, consultation.case, consultation)


def _base(request: HttpRequest) -> str:
    """The shell around a page that both sides open. A coordinator acts for the patient, on her pages."""
    return "base_patient.html" if request.user.role in ("", COORDINATOR) else "base_staff.html"  # type: ignore[union-attr]


def _consultations(request: HttpRequest) -> Any:
    found = Consultation.objects.visible_to(request.user)
    return found.select_related("case__patient", "patient", "consultant", "service")


# Check and book


def _files(request: HttpRequest, case: Case) -> list[Version]:
    plans = Version.objects.visible_to(request.user).ready_plans()
    return list(plans.filter(case=case).select_related("document"))


def _check_form(kept: Hold, user: Any, *data: Any) -> CheckForm:
    # A helper says yes to nothing for the patient, but where the law lets her.
    is_helper = role_in(kept.case, user) == HELPER and not acts_as(kept.case, user)
    asks_to_read = kept.service.needs_plan and not has_consent_to_read(kept.case, kept.consultant)
    return CheckForm(
        *data,
        asks_scope=not is_helper and actions.standing_scope(kept.patient) is None,
        asks_to_read=not is_helper and asks_to_read,
        acts_for=kept.patient.first_name if role_in(kept.case, user) == COORDINATOR else "",
        initial={
            "hope": (drafts.kept(user, DRAFT, kept.case_id) or {}).get("hope", ""),
            "seen": kept.choice,
        },
    )


def _check_page(
    request: HttpRequest, kept: Hold, form: CheckForm, status: int = 200, also: list[str] | None = None
) -> HttpResponse:
    practice = Practice.objects.visible_to(request.user).get(pk=kept.consultant_id)
    now, user = clock.now(), request.user
    # The page may show another time than the form was sent with: the hidden field follows the page.
    form.data = {**form.data.dict(), "seen": kept.choice} if form.is_bound else form.data  # type: ignore[attr-defined]
    others = []
    if status == 409:
        free = availability.free_starts(kept.case, practice, kept.service, now, moving=kept.moving)
        others = [
            {"value": picker.value_of(start), "label": when.moment(start)}
            for start in offers.nearest([start for start in free if start != kept.starts_at], kept.starts_at)
        ]
    context = {
        "case": kept.case,
        "hold": kept,
        "form": form,
        "also": also,
        "others": others,
        "files": _files(request, kept.case) if kept.service.needs_plan else [],
        "due_on": availability.due_on(kept.starts_at, kept.service, practice, now),
        "scope": actions.standing_scope(kept.patient),
        "practice": practice,
        "is_elsewhere": when.zone_name(user.zone) != when.zone_name(practice.zone),  # type: ignore[union-attr]
        "acts_for": kept.patient if kept.patient_id != user.pk else None,
        "must_ask": not kept.moving_id and asking.must_ask(kept.case, Actor.of(request)),
        "until": rules.asked_until(kept.starts_at, now),
        "asks_later": kept.service.needs_plan
        and "may_read" not in form.fields
        and not kept.moving_id
        and not has_consent_to_read(kept.case, kept.consultant),
        "is_elsewhere_for_them": when.zone_name(user.zone) != when.zone_name(kept.patient.zone),  # type: ignore[union-attr]
    }
    return render(request, "bookings/check.html", context, status=status)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The last look; its button books, or moves. A second press finds what the first one booked."""
    booked = _consultations(request).filter(held_as=pk).first()
    booked = booked or AskedHold.objects.visible_to(request.user).filter(pk=pk).first()
    if booked:
        return redirect(booked)
    holds = Hold.objects.visible_to(request.user)
    kept = find_or_404(holds.select_related("case", "patient", "consultant", "service", "moving"), pk=pk)
    if request.method != "POST":
        return _check_page(request, kept, _check_form(kept, request.user))
    drafts.keep(request.user, DRAFT, kept.case_id, {"hope": request.POST.get("hope", "")})  # type: ignore[arg-type]
    form = _check_form(kept, request.user, request.POST)
    if not form.is_valid():
        return _check_page(request, kept, form, 422)
    try:
        consultation = _book(request, kept, form.cleaned_data)
    except Refused as refused:
        if refused.code in form.fields:
            form.add_error(refused.code, refused.message)
            return _check_page(request, kept, form, 422)
        return _check_page(request, kept, form, 409, [str(refused.message)])
    drafts.drop(request.user, DRAFT, kept.case_id)  # type: ignore[arg-type]
    return redirect(consultation)


def _book(request: HttpRequest, kept: Hold, said: dict[str, Any]) -> Consultation | AskedHold:
    by = hands.actor_for(request, kept.case)
    if not kept.moving_id and asking.must_ask(kept.case, by):
        return asking.ask(kept, seen=said["seen"], hope=said["hope"], by=by)
    if kept.moving_id:
        return actions.move(hold=kept, seen=said["seen"], by=by)
    return actions.book(
        hold=kept,
        seen=said["seen"],
        accepts_scope=said.get("scope", False),
        may_read=said.get("may_read", False),
        hope=said["hope"],
        how=said.get("said", ""),
        version=said.get("version"),
        by=by,
    )


@open_to(PERSON)
@require_POST
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form's autosave: keeps the words, and the time for 30 minutes more. Answers the sentence beside it."""
    kept = find_or_404(Hold.objects.visible_to(request.user), pk=pk)
    drafts.keep(request.user, DRAFT, kept.case_id, {"hope": request.POST.get("hope", "")[:4000]})  # type: ignore[arg-type]
    actions.renew(kept, by=Actor.of(request))
    said = _("Draft saved %(time)s") % {"time": when.clock_time(clock.now())}
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


# A booked call


def _asks_to_read(call: Consultation, user: Any) -> bool:
    """Whether to ask that the consultant of a coming call may read: whom it is to say, and the coordinator who asks."""
    if not call.is_booked or not call.service.needs_plan or has_consent_to_read(call.case, call.consultant):
        return False
    return may("consent", call.case, user) or role_in(call.case, user) == COORDINATOR


def _detail_page(
    request: HttpRequest, consultation: Consultation, status: int = 200, also: list[str] | None = None
) -> HttpResponse:
    now, user = clock.now(), request.user
    role = role_in(consultation.case, user)
    entry = invitations.entry(consultation, consultation.patient)
    due_on = availability.plan_by(consultation, availability.closed(now))
    context = {
        "base": _base(request),
        "case": consultation.case,
        "call": consultation,
        "role": role,
        "shows_asked": role in ("consultant", "coordinator"),  # a helper sees what she put in herself
        "asked": changes.asked_in(consultation, user) if role in ("consultant", "coordinator") else [],
        "also": also,
        "moves": rules.allowed(consultation, part_in(consultation.case, user), now),
        "may_book": may("book", consultation.case, user),
        "asks_to_read": _asks_to_read(consultation, user),
        "is_over": consultation.ends_at <= now,
        "due_on": due_on,
        "is_past_due": due_on is not None and due_on < now.astimezone(consultation.zone).date(),
        "has_plan": Version.objects.ready_plans()
        .visible_to(user if role == COORDINATOR else consultation.patient)
        .filter(case=consultation.case)
        .exists(),
        "day_before": (consultation.starts_at - timedelta(days=1)),
        "from_at": consultation.starts_at - timedelta(minutes=5),
        "google": calendars.google_link(entry),
        "outlook": calendars.outlook_link(entry),
        "is_elsewhere": when.zone_name(user.zone) != when.zone_name(consultation.zone),  # type: ignore[union-attr]
    }
    return render(request, "bookings/detail.html", context, status=status)


@open_to(PERSON)
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A call: when, with whom, what happens next, and the ways to change it."""
    consultation = find_or_404(_consultations(request), pk=pk)
    if role_in(consultation.case, request.user) not in ("patient", "helper"):
        case = consultation.case
        record(Actor.of(request), "consultation.seen", consultation, patient=case.patient_id, case=case.pk, why="care")
    return _detail_page(request, consultation)


@open_to(PERSON)
@require_safe
def calendar_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The call as a file for one's own calendar."""
    user: Any = request.user
    consultation = find_or_404(_consultations(request), pk=pk)
    answer = HttpResponse(
        invitations.file(consultation, user, clock.now()), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{invitations.FILE_NAME}"'
    return answer


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cancel with one press; the reason may stay empty."""
    consultation = find_or_404(_consultations(request), pk=pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            consultation = actions.cancel(
                consultation, reason=form.cleaned_data["reason"], by=hands.actor_for(request, consultation.case)
            )
        except Refused as refused:
            return _detail_page(request, consultation, 409, [str(refused.message)])
        return redirect(consultation)
    reason = rules.why_not("cancel", consultation, part_in(consultation.case, request.user), clock.now())
    if reason:
        return _detail_page(request, consultation, 409, [reason])
    context = {"base": _base(request), "case": consultation.case, "call": consultation, "form": form}
    return render(request, "bookings/cancel.html", context, status=422 if form.errors else 200)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the call happens: the address shortly before, and help for the one who cannot get in."""
    consultation = find_or_404(_consultations(request), pk=pk)
    user: Any = request.user
    if consultation.consultant_id != user.pk and not may("join_calls", consultation.case, user):
        raise Http404
    now = clock.now()
    if request.method == "POST":
        today = clock.today(consultation.zone)
        try:
            must_be_open(consultation.case, Actor.of(request))
            ask_to_do("call", consultation, case=consultation.case, due_on=today, by=Actor.of(request))
        except Refused as no:
            messages.error(request, no.message)
        else:
            messages.success(request, _("We know. One of us calls you now. Please keep your phone near."))
        return redirect("bookings:call", pk=pk)
    practice = Practice.objects.visible_to(request.user).filter(pk=consultation.consultant_id).first()
    opens_at = consultation.starts_at - rules.OPENS_BEFORE
    context = {
        "base": _base(request),
        "case": consultation.case,
        "call": consultation,
        "opens_at": opens_at,
        "is_open": consultation.is_booked and opens_at <= now < consultation.ends_at + rules.OPENS_BEFORE,
        "address": practice and practice.address_for(consultation),
    }
    return render(request, "bookings/call.html", context)


@open_to("consultant")
@require_POST
def settle(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """The consultant says how it went."""
    consultation = find_or_404(_consultations(request), pk=pk)
    act = {"complete": actions.complete, "no_show": actions.no_show}[verb]
    try:
        consultation = act(consultation, by=Actor.of(request))
    except Refused as refused:
        return _detail_page(request, consultation, 409, [str(refused.message)])
    return redirect(consultation)
