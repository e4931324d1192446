"""Picking a time, checking it, booking or moving: the patient's way to a call."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings import (
    actions,
    agreeing,
    anyone,
    asking,
    availability,
    by_then,
    chips,
    drawing,
    finding,
    near,
    picker,
    rules,
    ways_back,
    ways_on,
    ways_to_talk,
    whose_clock,
)
from bookings.call_views import consultations, detail_page
from bookings.forms import CheckForm, PickForm
from bookings.models import AskedHold, Consultation, Hold, How, Practice, Service
from bookings.overriding import rules as overriding
from bookings.parts import part_in
from bookings.rules import JustTaken
from bookings.slots import Why
from bookings.waiting import switching
from cases.case import hands
from cases.case.models import Case
from cases.case.page_of import case_or_404
from cases.case.people import COORDINATOR, HELPER, acts_as, has_consent_to_read, may, role_in
from cases.documents.models import Version
from cases.records.models import RecordItem
from cases.records.words import listed
from portal import beside, clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused
from portal.once import told
from portal.texts import words
from portal.texts.models import Text

DRAFT = "check-and-book"
SAID = (Text.Kind.SCOPE_TICK, Text.Kind.CONSENT_READ, Text.Kind.SCOPE_FULL, Text.Kind.SCOPE_SHORT)


def _chosen(request: HttpRequest, bookable: list[anyone.Bookable]) -> anyone.Bookable | None:
    """The consultant asked for, else the case's own; None where any who fits will do."""
    wanted = _asked(request, "with")
    if wanted == anyone.ANYONE:
        return None
    named = [one for one in bookable if str(one.pk) == wanted]
    own = [one for one in bookable if one.is_own]
    only = bookable if len(bookable) == 1 else []
    return next(iter(named or own or only), None)


def _service(request: HttpRequest, services: list[Service]) -> Service:
    """The service asked for, else the treatment-plan consultation."""
    wanted = _asked(request, "service")
    by_code = {service.code: service for service in services}
    return by_code.get(wanted) or by_code.get(Service.Code.PLAN) or services[0]


@dataclass
class Finding:
    """What the page of times is made from. `offer` is None where nobody can be booked."""

    offer: picker.Offer | None
    bookable: list[anyone.Bookable] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    waits: list[AskedHold] = field(default_factory=list)
    last_call: list[Consultation] = field(default_factory=list)
    items: list[RecordItem] = field(default_factory=list)
    unmet: tuple[Service, anyone.Fit] | None = field(default=None, init=False)  # what nobody gives who fits


def _find(request: HttpRequest, case: Case, moving: Consultation | None, lost: datetime | None = None) -> Finding:
    """What the consultant asked for, or any who fits, can offer; for a call that moves, its own consultant."""
    now, wanted = clock.now(), {"case": case, "lost": lost, "moving": moving, **_wanted(request, case)}
    if moving is not None:
        offer = _offer_for(request, case, moving, wanted, now)
        found = Finding(offer, items=list(by_then.items_of(case, request.user)) if offer else [])
        if offer is None and _wants_anyone(request):
            found.bookable, found.unmet = anyone.bookable(request.user, case, now), (moving.service, _fit(request))
        return found
    bookable = anyone.bookable(request.user, case, now)
    chosen = _chosen(request, bookable)
    asked = [chosen] if chosen else bookable
    read = finding.read(case, request.user, asked, now)
    known = {name: read[name] for name in ("services", "waits", "last_call", "items")}
    practices = anyone.practices_of(asked, read["practices"])
    if not practices:
        return Finding(None, **known)
    first = anyone.in_order(practices)[0]
    service = _service(request, read["services"])
    calendars = availability.calendars_from(practices, read, now)
    offer = picker.Offer(practice=first, service=service, now=now, known=calendars, **wanted)
    offer.asked = availability.asked_for(case, first, service, now, own=read["own"])
    if chosen is None:
        fit = _fit(request)
        together = anyone.offer_of(offer, practices, fit)
        if together is None and fit != anyone.Fit():
            found = Finding(None, bookable, **known)
            found.unmet = service, fit
            return found
        offer = together or offer
    return Finding(offer, bookable, **known)


def _offer_for(
    request: HttpRequest, case: Case, moving: Consultation, wanted: dict[str, Any], now: datetime
) -> picker.Offer | None:
    """For a call that moves: what its consultant can offer, else whom the page of earlier times named, or anyone.

    Anyone, too, where its consultant works here no more.
    """
    known = Practice.objects.visible_to(request.user).select_related("consultant")
    practice = known.filter(pk=moving.consultant_id).first()
    asked = _asked(request, "with") or ("" if practice else anyone.ANYONE)
    if asked and asked != str(moving.consultant_id):
        bookable = anyone.taking_bookings(request.user, case, now)
        calendars = availability.calendars_of(bookable, now, case=case, moving=moving)
        named = next((one for one in anyone.in_order(bookable) if asked in (anyone.ANYONE, str(one.pk))), None)
        if named:
            offer = picker.Offer(practice=named, service=moving.service, now=now, known=calendars, **wanted)
            if asked != anyone.ANYONE:
                return offer
            fit = _fit(request)
            return anyone.offer_of(offer, bookable, fit) or (offer if fit == anyone.Fit() else None)
    return practice and picker.Offer(practice=practice, service=moving.service, now=now, **wanted)


def _wants_anyone(request: HttpRequest) -> bool:
    """Whether anyone was asked for who is something: one who is not is never taken instead."""
    return _asked(request, "with") == anyone.ANYONE and _fit(request) != anyone.Fit()


def _wanted(request: HttpRequest, case: Case) -> dict[str, Any]:
    return {
        "zone": whose_clock.zone_for(case, request.user),
        "wanted_day": picker.as_date(request.GET.get("day", "")),
        "wanted_month": request.GET.get("month", ""),
    }


def _asked(request: HttpRequest, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name) or ""


def _fit(request: HttpRequest) -> anyone.Fit:
    return anyone.Fit(speaks=_asked(request, "speaks")[:200], knows=_asked(request, "knows")[:8])


def _pick_page(
    request: HttpRequest, case: Case, moving: Consultation | None, status: int = 200, **more: Any
) -> HttpResponse:
    found, also = _find(request, case, moving, more.pop("lost", None)), more.pop("also", [])
    offer, others = found.offer, found.bookable
    if taken := more.pop("refused", None):
        there = near.Near(offer.suggestions(), notice_hours=offer.notice_hours) if offer else near.Near()
        also = [there.said(taken)]
    context: dict[str, Any] = {"case": case, "moving": moving, "offer": offer, "also": also}
    context |= {"waits": next(iter(found.waits), None), "last_call": next(iter(found.last_call), None)}
    if offer:
        chosen = anyone.fit_of(offer)
        context |= {
            "month": offer.month(),
            "how": ways_to_talk.first(
                _asked(request, "how") or (moving.how if moving else ""), case, has_video=offer.has_video
            ),
            "others": drawing.others(case, others, offer.service.code, None if offer.is_anyone else offer.practice),
            "ways": _ways_on(request, offer, found.services),
            **_chips(found, offer.service, offer.wish(), chosen),
            **_wished(offer.service, chosen, others),
            "is_coordinator": request.user.role == COORDINATOR,  # type: ignore[union-attr]
            **_by_then(case, found, offer),
            **whose_clock.words(case, request.user, None if offer.is_anyone else offer.practice),
        }
    elif found.unmet:
        service, fit = found.unmet
        context |= _chips(found, service, fit.wish(), fit)
        context |= {
            "others": drawing.others(case, others, service.code, None),
            "service": service,
            **_wished(service, fit, others),
        }
    part = "#days" if offer and request.htmx and request.method == "GET" else ""  # type: ignore[attr-defined]
    return render(request, f"bookings/pick.html{part}", context, status=status)


def _wished(service: Service, fit: anyone.Fit, bookable: list[anyone.Bookable]) -> dict[str, str]:
    """What was asked of anyone, in words, and the way to everybody's times. Empty where nothing was."""
    if fit == anyone.Fit():
        return {}
    to_anyone = f"?service={service.code}&with={anyone.ANYONE}"
    return {"wished": listed(anyone.said(fit, anyone.choices(bookable))), "to_anyone": to_anyone}


def _by_then(case: Case, found: Finding, offer: picker.Offer) -> dict[str, Any]:
    """Which records will be in by the three times that fit, and by the first one of the day that is shown."""
    known, times = by_then.known_of(case, found.items, offer.now), offer.days.get(offer.day or offer.today, [])
    return {
        "by_then": known.sentences(offer.three(), offer.zone),
        "day_by_then": known.sentence(times[0]) if times else "",
    }


def _chips(found: Finding, service: Service, wish: dict[str, str], fit: anyone.Fit) -> dict[str, Any]:
    kinds = chips.of_services(found.services, service, wish)
    return {
        "services": list(zip(found.services, kinds, strict=True)),
        "choices": chips.of_fits(service, fit, anyone.choices(found.bookable)),
    }


def _ways_on(request: HttpRequest, offer: picker.Offer, services: list[Service]) -> ways_on.Ways | None:
    if offer.case is None or not ways_on.are_needed(offer):
        return None
    return ways_on.ways_on(offer, anyone.taking_bookings(request.user, offer.case, offer.now), services)


def _choose(request: HttpRequest, case: Case, moving: Consultation | None) -> HttpResponse:
    """Keep the time that was pressed and go on to its page; or say why not, and offer the nearest."""
    found = _find(request, case, moving)
    offer = found.offer
    if found.unmet:  # nobody is taken who does not fit
        return _pick_page(request, case, moving, 409)
    form = PickForm(request.POST, has_video=offer is None or offer.has_video)
    if offer is None or not form.is_valid():
        return _pick_page(request, case, moving, 422, also=[_("Choose one of the times below.")])
    slot = form.cleaned_data["slot"]
    try:
        kept = anyone.first_who_can(
            offer,
            slot,
            partial(
                actions.hold,
                case=case,
                service=offer.service,
                starts_at=slot,
                how=form.cleaned_data["how"],
                moving=moving,
                by=hands.actor_for(request, case),
            ),
            by_video=form.cleaned_data["how"] == How.VIDEO,
        )
    except JustTaken as taken:
        return _pick_page(request, case, moving, 409, refused=taken, lost=slot)
    except Refused as refused:
        return _pick_page(request, case, moving, 409, also=[str(refused.message)])
    return redirect(ways_back.to_kept(kept, anyone.fit_of(offer), is_anyone=offer.is_anyone))


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def pick(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Three times that fit, then a month. Pressing a time keeps it and goes on to check-and-book."""
    case = case_or_404(request.user, pk, "patient")
    role = role_in(case, request.user)
    if not may("book", case, request.user):
        return render(request, "bookings/pick_not_you.html", {"case": case, "role": role})
    if again := ways_back.asked_again(request, case.pk):
        return redirect(again)
    # The tab "Consultation" leads to the call that is booked; any wish in the address leads to the times.
    booked = Consultation.objects.visible_to(request.user).next_for(case, clock.now()) if _is_bare(request) else None
    if booked:
        return redirect(booked)
    with whose_clock.shown_for(case, request.user):
        return (_choose if request.method == "POST" else _pick_page)(request, case, None)


def _is_bare(request: HttpRequest) -> bool:
    return request.method != "POST" and not request.GET


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page for a call that is booked: pressing a time goes on to a page that moves it."""
    consultation = find_or_404(consultations(request), pk=pk)
    reason = rules.why_not("move", consultation, part_in(consultation.case, request.user), clock.now())
    if reason or not may("book", consultation.case, request.user):
        return detail_page(request, consultation, 409, also=[reason or _("Only the patient can move this call here.")])
    is_ours = request.user.role == COORDINATOR  # type: ignore[union-attr]
    if is_ours and overriding.needs_reason(consultation, clock.now()):
        return redirect("bookings:override_move", pk)
    with whose_clock.shown_for(consultation.case, request.user):
        return (_choose if request.method == "POST" else _pick_page)(request, consultation.case, consultation)


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
        asks_scope=not is_helper and agreeing.standing_scope(kept.patient) is None,
        asks_to_read=not is_helper and asks_to_read,
        acts_for=kept.patient.first_name if role_in(kept.case, user) == COORDINATOR else "",
        initial={
            "hope": (drafts.kept(user, DRAFT, kept.case_id) or {}).get("hope", ""),
            "seen": kept.choice,
        },
    )


def _check_page(
    request: HttpRequest,
    kept: Hold,
    practice: Practice,
    form: CheckForm,
    status: int = 200,
    refused: Refused | None = None,
) -> HttpResponse:
    now, user, found = clock.now(), request.user, near.Near()
    form.follow_page(seen=kept.choice)  # another time than the form was sent with, maybe
    if refused:
        found = near.near(kept.case, practice, kept.service, kept.starts_at, user, now, moving=kept.moving)
    context = {
        "case": kept.case,
        "hold": kept,
        "to_times": ways_back.of_kept(request, kept),
        "form": form,
        "also": [found.said(refused)] if refused else None,
        "near": found,
        "files": _files(request, kept.case) if kept.service.needs_plan else [],
        "due_on": availability.due_on(kept.starts_at, kept.service, practice, now),
        "by_then": by_then.known_of(kept.case, list(by_then.items_of(kept.case, user)), now).sentence(kept.starts_at),
        "scope": agreeing.standing_scope(kept.patient),
        "practice": practice,
        **whose_clock.words(kept.case, user, practice),
        "reason": kept.override_reason if role_in(kept.case, user) == COORDINATOR else "",
        "acts_for": kept.patient if kept.patient_id != user.pk else None,
        "must_ask": not kept.moves and asking.must_ask(kept.case, Actor.of(request)),
        "until": rules.asked_until(kept.starts_at, now),
        "asks_later": kept.service.needs_plan
        and "may_read" not in form.fields
        and not kept.moves
        and not has_consent_to_read(kept.case, kept.consultant),
        "is_elsewhere_for_them": whose_clock.differ(user.zone, kept.patient.zone),  # type: ignore[union-attr]
    }
    with whose_clock.shown_for(kept.case, user):
        return render(request, "bookings/check.html", context, status=status)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The last look; its button books, or moves. A second press finds what the first one booked."""
    booked = consultations(request).filter(held_as=pk).first()
    booked = booked or AskedHold.objects.visible_to(request.user).filter(pk=pk).first()
    if booked:
        return redirect(booked)
    holds = Hold.objects.visible_to(request.user).with_time()
    kept = find_or_404(holds.select_related("case", "patient", "consultant", "service", "moving"), pk=pk)
    whose = Practice.objects.visible_to(request.user).filter(pk=kept.consultant_id)
    read = beside.lists(kept.patient, whose=whose.order_by(), **words.beside(*SAID))
    told(words.answers(read))
    practice = next(iter(read["whose"]), None)
    if request.method == "POST":
        drafts.keep(request.user, DRAFT, kept.case_id, {"hope": request.POST.get("hope", "")})  # type: ignore[arg-type]
    if practice is None:  # who was chosen works here no longer
        messages.warning(request, rules.sentence(Why.NO_HOURS))
        if kept.moving:
            return redirect(kept.moving)
        others = {"service": kept.service.code, "with": anyone.ANYONE, "how": kept.how}
        return redirect(f"{reverse('bookings:pick', args=[kept.case_id])}?{urlencode(others)}")
    if request.method != "POST":
        return _check_page(request, kept, practice, _check_form(kept, request.user), refused=_lost(kept, practice))
    form = _check_form(kept, request.user, request.POST)
    if not form.is_valid():
        return _check_page(request, kept, practice, form, 422)
    try:
        consultation = _book(request, kept, form.cleaned_data)
    except Refused as refused:
        if refused.code in form.fields:
            form.add_error(refused.code, refused.message)
            return _check_page(request, kept, practice, form, 422)
        return _check_page(request, kept, practice, form, 409, refused)
    drafts.drop(request.user, DRAFT, kept.case_id)  # type: ignore[arg-type]
    return redirect(consultation)


def _lost(kept: Hold, practice: Practice) -> JustTaken | None:
    """What has happened to the time since it was chosen, where somebody comes back to its page."""
    try:
        actions.check_not_lost(kept, practice, clock.now())
    except JustTaken as lost:
        return lost
    return None


def _book(request: HttpRequest, kept: Hold, said: dict[str, Any]) -> Consultation | AskedHold:
    by = hands.actor_for(request, kept.case)
    if kept.moves:
        return actions.move(hold=kept, seen=said["seen"], by=by)
    if not kept.replaces and asking.must_ask(kept.case, by):
        return asking.ask(kept, seen=said["seen"], hope=said["hope"], by=by)
    return (switching.switch if kept.replaces else actions.book)(
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
