"""The packet for the people of the case: what goes to the office of a visit, to look through and to keep."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cases.case.people import may
from cases.desk.packet import actions, contents, giving
from cases.desk.packet.contents import Packet
from cases.documents.finding import base_of
from cases.records.models import Visit
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused

TOGETHER = ("case__patient", "case__starter", "case__key", "office", "clinician")


def _visit(request: HttpRequest, pk: UUID) -> Visit:
    visits = Visit.objects.visible_to(request.user).live().select_related(*TOGETHER)
    visit: Visit = find_or_404(visits, pk=pk)
    user: Any = request.user
    # A consultant reads file by file, for a reason of their own; who began for the patient, only what is theirs.
    if not (may("read_documents", visit.case, user) and may("take_papers", visit.case, user)):
        raise Http404
    return visit


def _packet(visit: Visit, request: HttpRequest) -> Packet:
    user: Any = request.user
    return contents.for_reader(visit, user, clock.today(visit.zone))


@open_to(PERSON)
@recheck.required
@require_safe
def packet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is in it, and what is here and stays out, and why."""
    visit = _visit(request, pk)
    is_own = visit.case.patient_id == request.user.pk
    today, with_private = clock.today(visit.zone), contents.reads_private(visit, request.user)  # type: ignore[arg-type]
    goes, not_allowed = None, ""
    try:
        goes = contents.for_office(visit, today, with_private=with_private)
    except Refused as no:
        not_allowed = no.message
    context = {
        "case": visit.case,
        "visit": visit,
        "packet": _packet(visit, request) if is_own else goes,
        "not_allowed": not_allowed,
        "is_own": is_own,
        "left_out": goes.left_out if goes else (),
        "is_staff": bool(request.user.role),
        "base": base_of(request),
    }
    return render(request, "desk/packet.html", context)


@open_to(PERSON)
@recheck.required
@require_safe
def packet_pdf(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """All documents of the visit as one PDF with bookmarks."""
    return _given(request, _visit(request, pk), actions.AS_PDF)


@open_to(PERSON)
@recheck.required
@require_safe
def packet_zip(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The same as files, with pictures of scans as they were sent."""
    return _given(request, _visit(request, pk), actions.AS_ZIP)


def _given(request: HttpRequest, visit: Visit, how: str) -> HttpResponseBase:
    try:
        found = _packet(visit, request)
        response = giving.give(found, how, clock.now(), is_head=request.method == "HEAD")
    except Refused as no:
        messages.error(request, no.message)
        return redirect("desk:packet", visit.pk)
    if request.method == "GET":
        actions.note_packet(found, how, by=Actor.of(request))
    return response
