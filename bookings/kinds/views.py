"""The administrator's page of what can be booked, with what a change does to the calls to come."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.kinds import actions
from bookings.kinds.forms import ServiceForm
from bookings.models import Consultation, Service
from portal import clock
from portal.access import open_to
from portal.actors import Actor
from portal.errors import Refused


@open_to("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def services(request: HttpRequest) -> HttpResponse:
    """Each kind of call with its figures; one is changed at a time."""
    if request.method != "POST":
        return _page(request)
    service = next((each for each in Service.objects.all() if each.code == request.POST.get("service")), None)
    if service is None:
        return _page(request, also=[_("Choose one of the kinds of call.")], status=422)
    form = ServiceForm(request.POST, auto_id=f"{service.code}_%s")
    if not form.is_valid():
        return _page(request, {service.code: form}, status=422)
    try:
        actions.change(service, **form.cleaned_data, by=Actor.of(request))
    except Refused as no:
        if no.code in form.fields and no.code != "seen":
            form.add_error(no.code, no.message)
            return _page(request, {service.code: form}, status=409)
        return _page(request, also=[str(no.message)], status=409)
    messages.success(request, _("Saved. It holds for calls booked from now on."))
    return redirect("bookings:services")


def _page(
    request: HttpRequest,
    sent: dict[str, ServiceForm] | None = None,
    *,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    to_come = dict(
        Consultation.objects.upcoming(clock.now())
        .order_by()
        .values("service")
        .annotate(n=Count("pk"))
        .values_list("service", "n")
    )
    rows: list[dict[str, Any]] = [
        {
            "service": each,
            "to_come": to_come.get(each.pk, 0),
            "form": (sent or {}).get(each.code) or _form(each),
        }
        for each in Service.objects.all()
    ]
    bound = next(iter((sent or {}).values()), None)
    return render(request, "bookings/services.html", {"rows": rows, "form": bound, "also": also}, status=status)


def _form(service: Service) -> ServiceForm:
    initial = {name: getattr(service, name) for name in ("minutes", "preparation_minutes", "needs_plan", "is_offered")}
    return ServiceForm(initial=initial | {"seen": actions.as_seen(service)}, auto_id=f"{service.code}_%s")
