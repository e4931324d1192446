"""The pages of letters: what one would be about, the letter beside what it is made of, and the letters of a case."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.models import Case
from cases.case.people import COORDINATOR, cases_where, may, role_in
from cases.desk.letters import actions, paper, papers, rules, sending, showing
from cases.desk.letters.filling import Request
from cases.desk.letters.models import Letter
from cases.desk.letters.states import BY_US, LetterKind
from cases.desk.links.models import OfficeLink
from cases.records.board import urgent
from cases.records.models import RecordItem, Visit
from cases.records.standing import standing
from cases.records.wants import showing as wants_showing
from portal import clock, phones, when
from portal import paper as house_paper
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


def _about(request: HttpRequest, kind: str, pk: UUID) -> actions.About:
    """The record, visit or page of an office a letter would be about, if the person may; else 404."""
    if kind not in LetterKind.values:
        raise Http404
    together = ("visit__case__patient", "visit__case__key", "kind", "holder")
    about: actions.About
    if kind in actions.ABOUT_ITEM:
        about = find_or_404(RecordItem.objects.visible_to(request.user).select_related(*together), pk=pk)
    elif kind == LetterKind.CODE:
        links = OfficeLink.objects.visible_to(request.user).select_related("office", *together[:2])
        about = find_or_404(links, pk=pk)
    else:
        found = Visit.objects.visible_to(request.user).select_related("case__patient", "case__key", "office")
        about = find_or_404(found, pk=pk)
    case = actions.case_of(about)
    needs = ["take_papers", "say_signed", *(["log_calls"] if kind in BY_US else [])]
    if not all(may(verb, case, request.user) for verb in needs):
        raise Http404
    return about


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """What a letter would ask for, of whom, and what is still missing; pressed, it is made."""
    about = _about(request, kind, pk)
    if request.method != "POST":
        return _new_page(request, kind, about)
    try:
        letter = actions.make(kind, about, by=Actor.of(request))
    except Refused as no:
        return _new_page(request, kind, about, also=[no.message], status=409 if no.code == "state" else 422)
    return redirect(letter)


def _new_page(
    request: HttpRequest, kind: str, about: actions.About, *, also: list[str] | None = None, status: int = 200
) -> HttpResponse:
    found: Request | None = actions.request_of(kind, about, clock.now())
    case = actions.case_of(about)
    page: dict[str, Any] = {
        "case": case,
        "base": _base(case, request),
        "kind": kind,
        "title": showing.TITLES[LetterKind(kind)],
        "says": showing.SAYS.get(LetterKind(kind), ""),
        "about": found,
        "item": about if isinstance(about, RecordItem) else None,
        "may_ask_again": kind != LetterKind.AGAIN and isinstance(about, RecordItem) and about.state in rules.WAITS,
        "is_staff": role_in(case, request.user) == COORDINATOR,
        "ring_first": bool(found and found.wants_release and urgent.is_urgent(standing(found.visit, clock.now()))),
        "phone": phones.shown(found.office.phone) if found else "",
        "identity": wants_showing.way_to_copy(about, role_in(case, request.user))
        if isinstance(about, RecordItem)
        else None,
        "names": [item.called for item in found.items] if found else [],
        "missing": showing.missing(found, about) if found else None,
        "earlier": showing.rows(_letters(request, case).filter(kind=kind, office=found.office))[:3] if found else [],
        "birth_date": showing.no_birth_date(found.visit, is_own=case.patient_id == request.user.pk) if found else None,
        "also": also,
    }
    return render(request, "desk/new_letter.html", page, status=status)


def _base(case: Case, request: HttpRequest) -> str:
    is_staff = role_in(case, request.user) == COORDINATOR
    return "base_staff.html" if is_staff else "base_patient.html"


def _letters(request: HttpRequest, case: Case) -> Any:
    found = Letter.objects.visible_to(request.user).filter(case=case).select_related("case", "office", "sent_by")
    return found.order_by("-number")


def _letter(request: HttpRequest, pk: UUID) -> Letter:
    return find_or_404(actions.with_all(Letter.objects.visible_to(request.user)), pk=pk)


@open_to(PERSON)
@recheck.required
@require_safe
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page as it is printed, beside what it is made of and what became of it."""
    return _page(request, _letter(request, pk))


def _page(request: HttpRequest, found: Letter, *, also: list[str] | None = None, status: int = 200) -> HttpResponse:
    case = found.case
    if case.patient_id != request.user.pk and request.method != "HEAD":
        record(Actor.of(request), "letter.opened", found, patient=case.patient_id, case=case.pk, why="care")
    why = "" if found.sent_at else sending.why_not(found, found.visit)
    with paper.reader(found.visit.zone):
        code = paper.coded(paper.link_of(found), found.reference, found.kind)
    page = {
        "case": case,
        "base": _base(case, request),
        "is_staff": role_in(case, request.user) == COORDINATOR,
        "letter": found,
        "said": json.loads(found.said) if found.said else None,
        "code": code,
        "tag": showing.tag(found),
        "became": showing.became(found),
        "filled": showing.filled(found, is_own=case.patient_id == request.user.pk),
        "beside": papers.by_hand(found),
        "left_over": showing.left_over(found),
        "why": why,
        "why_void": sending.why_void(found) if found.is_to_go and not why else "",
        "is_less": papers.is_less_than_went(found),
        "may_go": found.is_to_go and not why,
        "is_out": showing.is_out(found),
        "ways": showing.ways(found, request.user),
        "also": also,
    }
    return render(request, "desk/letter.html", page, status=status)


@open_to(PERSON)
@recheck.required
@require_POST
def print_letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The PDF to print, with what was signed behind it."""
    found = _letter(request, pk)
    try:
        found, content = actions.print_letter(found, by=Actor.of(request))
    except Refused as no:
        return _page(request, actions.fresh(found), also=[no.message], status=409)
    day = when.as_date(found.made_at, found.visit.zone).isoformat()
    return house_paper.download(content, _("Letter %(mark)s %(day)s") % {"mark": found.mark, "day": day})


@open_to(PERSON)
@require_POST
def send_letter(request: HttpRequest, pk: UUID, how: str) -> HttpResponse:
    """Say that it was handed over, posted or faxed."""
    found = _letter(request, pk)
    if how not in showing.ways_of(found, request.user):
        raise Http404
    try:
        sending.sent(found, how, by=Actor.of(request))
    except Refused as no:
        return _page(request, actions.fresh(found), also=[no.message], status=409)
    messages.success(request, showing.done(found))
    return redirect(found)


@open_to(PERSON)
@recheck.required
@require_safe
def letters(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every letter of a case, the latest first."""
    case = find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)
    if not may("say_signed", case, request.user):
        raise Http404
    page = {
        "case": case,
        "base": _base(case, request),
        "is_staff": role_in(case, request.user) == COORDINATOR,
        "rows": showing.rows(_letters(request, case)[:100]),
        "back": reverse("records:list", args=[case.pk]),
    }
    return render(request, "desk/letters.html", page)
