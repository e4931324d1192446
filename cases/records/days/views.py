"""Lead times for administrators: the list of kinds, and one kind's days with their source."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.records import showing
from cases.records.days import editing
from cases.records.days.lead_times import Lead
from cases.records.forms import LeadTimeForm
from cases.records.models import RecordKind
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused


@open_to(User.Role.ADMINISTRATOR)
@require_safe
def lead_times(request: HttpRequest) -> HttpResponse:
    """Every kind of record with its days, source and last change."""
    kinds = RecordKind.objects.select_related("changed_by").order_by("place")
    return render(request, "records/lead_times.html", {"kinds": showing.kind_rows(kinds)})


@open_to(User.Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change_lead_time(request: HttpRequest, pk: str) -> HttpResponse:
    """Change how long one kind takes; where the figure is from goes with it."""
    kind = find_or_404(RecordKind.objects.order_by("place"), pk=pk)
    if request.method != "POST":
        return _page(request, kind, LeadTimeForm.of(kind))
    form = LeadTimeForm(request.POST)
    if not form.is_valid():
        return _page(request, kind, form, 422)
    fields = form.cleaned_data
    lead = Lead(fields["expected"], fields["safe"], fields["reading"])
    try:
        editing.change_lead_time(kind, lead, source=fields["source"], seen_at=fields["seen_at"], by=Actor.of(request))
    except Refused as no:
        form.add_error(None, no.message)
        return _page(request, kind, form, 409 if no.code == "state" else 422)
    messages.success(request, _("Saved. Open visits are planned by the new days within minutes."))
    return redirect("records:lead_times")


def _page(request: HttpRequest, kind: RecordKind, form: LeadTimeForm, status: int = 200) -> HttpResponse:
    page: dict[str, Any] = {"kind": kind, "form": form}
    return render(request, "records/lead_time.html", page, status=status)
