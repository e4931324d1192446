"""The press "I am late"."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.late import actions
from bookings.models import Consultation
from cases.case import hands
from portal.access import PERSON, find_or_404, open_to
from portal.errors import Refused

THERE = "there"


@open_to(PERSON)
@require_POST
def late(request: HttpRequest, pk: UUID) -> HttpResponse:
    """So many minutes, or "there": I am here after all. Then back to where it was pressed."""
    calls = Consultation.objects.visible_to(request.user).select_related("case__patient", "consultant")
    call = find_or_404(calls, pk=pk)
    said, by = request.POST.get("minutes", ""), hands.actor_for(request, call.case)
    try:
        if said == THERE:
            actions.say_there(call, by=by)
        else:
            actions.say_late(call, int(said) if said.isdecimal() and len(said) < 4 else 0, by=by)
            messages.success(request, _("We say so at once."))
    except Refused as no:
        messages.warning(request, no.message)
    if request.POST.get("from") == "today":
        return redirect("pages:today")
    return redirect("bookings:call", pk) if request.POST.get("from") == "call" else redirect(call)
