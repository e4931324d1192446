"""The one-page sheet and the list of what to take: to read, to print, to have posted."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case.models import Case
from cases.case.people import COORDINATOR, may, role_in
from portal import clock, paper, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import actions, carry
from portal.pages import sheet as sheets


def _case(request: HttpRequest, pk: str) -> Case:
    """The case, for those who may take its papers along; 404 for a consultant, whose work they are not."""
    related = ("patient", "starter", "key")
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related(*related), pk=pk)
    if not may("take_papers", case, request.user):
        raise Http404
    return case


def _record(request: HttpRequest, verb: str, case: Case) -> None:
    record(Actor.of(request), verb, case, patient=case.patient_id, case=case.pk)


@open_to(PERSON)
@require_safe
def sheet(request: HttpRequest, pk: str) -> HttpResponse:
    """One large-print page: dates, records, questions, whom to call. As it is now."""
    case = _case(request, pk)
    role = role_in(case, request.user)
    _record(request, "sheet.seen", case)
    page = {
        "case": case,
        "sheet": sheets.of_case(case, role, clock.now(), request.user),
        "is_coordinator": role == COORDINATOR,
        "may_ask": may("ask_for_a_call", case, request.user),
    }
    return render(request, "pages/sheet.html", page)


@open_to(PERSON)
@recheck.required
@require_safe
def sheet_pdf(request: HttpRequest, pk: str) -> HttpResponse:
    """The same as a tagged PDF."""
    case = _case(request, pk)
    now = clock.now()
    try:
        content = sheets.pdf(_pages(case, request, now), case.patient, now)
    except Refused as refused:
        messages.warning(request, refused.message)
        return redirect("pages:sheet", case.pk)
    _record(request, "sheet.taken", case)
    return paper.download(content, _("Sheet %(day)s") % {"day": when.as_date(now, case.patient.zone).isoformat()})


def _pages(case: Case, request: HttpRequest, now: dt.datetime) -> list[sheets.Sheet]:
    """The sheet, and behind it the list of what to take where something is carried."""
    pages = [sheets.of_case(case, role_in(case, request.user), now, request.user)]
    if (takes := carry.of_case(case, request.user, now)) and takes.is_chosen:
        pages.append(takes.sheet)
    return pages


@open_to(PERSON)
@recheck.required
@require_safe
def carry_list(request: HttpRequest, pk: str) -> HttpResponse:
    """What to take to the visit, to tick off."""
    case = _case(request, pk)
    _record(request, "carry.seen", case)
    takes = carry.of_case(case, request.user, clock.now())
    return render(request, "pages/carry.html", {"case": case, "sheet": takes.sheet if takes else None})


@open_to(PERSON)
@require_POST
def post_sheet(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask us to send it by mail; pressing twice asks once."""
    case = _case(request, pk)
    try:
        actions.ask_for_the_sheet(case, by=Actor.of(request))
        messages.success(request, _("We have it. One of us posts the sheet to you."))
    except Refused as no:
        messages.info(request, no.message)
    return redirect("pages:sheet", case.pk)
