"""Sending an office our page by mail: to which address, when it goes, what stands in it; one press."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.case.models import Case, Office
from cases.case.people import COORDINATOR, cases_where, may, role_in
from cases.desk.links.models import OfficeLink
from cases.desk.mail import kinds, planning
from cases.records.models import RecordItem, Visit
from portal import clock, when
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused


def _visit(request: HttpRequest, case: Case, office: Office) -> Visit:
    """The latest visit that this office has to do with: it holds a record, is visited, has the primary doctor, or is
    where the talk is.
    """
    visits = Visit.objects.visible_to(request.user).live().filter(case=case).select_related(*planning.TOGETHER)
    held = set(RecordItem.objects.visible_to(request.user).filter(holder=office).values_list("visit", flat=True))
    primary = kinds.primary_offices([case.pk]).get(case.pk)
    for visit in visits.order_by("-round"):
        if visit.pk in held or visit.office_id == office.pk or (primary and primary.pk == office.pk):
            return visit
        if kinds.besides([OfficeLink(visit=visit, office=office)]):
            return visit
    raise Http404


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def send_page(request: HttpRequest, pk: UUID, office: UUID) -> HttpResponse:
    """Look at what would go and when; pressed, it goes in their hours."""
    case: Case = find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)
    if not may("write_to_offices", case, request.user):
        raise Http404
    found = find_or_404(Office.objects.visible_to(request.user), pk=office)
    visit, now = _visit(request, case, found), clock.now()
    also: list[str] = []
    if request.method == "POST":
        try:
            planning.send_page(visit, found, email=request.POST.get("email"), by=Actor.of(request))
        except Refused as no:
            also = [no.message]
        else:
            messages.success(request, _("It goes to them by email, in their hours."))
            return redirect("records:list", case.pk)
    zone = ZoneInfo(found.time_zone)
    goes_at = max(planning.goes_at(visit, found, now), now)
    page = {
        "case": case,
        "base": "base_staff.html" if role_in(case, request.user) == COORDINATOR else "base_patient.html",
        "office": found,
        "goes": when.moment(goes_at, zone),
        "zone_name": when.zone_name(zone),
        "asks": kinds.asks(kinds.PAGE, 1),
        "subject": kinds.subject(kinds.PAGE, case.reference),
        "why_not": "" if also else planning.why_not_page(visit, found, now),
        "also": also,
    }
    return render(request, "desk/send_page.html", page, status=409 if also else 200)
