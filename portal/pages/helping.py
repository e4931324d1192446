"""What a helper presses on her page: a nudge, a rest from copies, and the end of helping."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.case.actions import ask_to_do
from cases.case.helping import actions as helping
from cases.case.helping.copies import pause_copies
from cases.case.helping.models import Helper
from cases.case.models import Case
from cases.case.people import HELPER, grant_of, role_in
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import nudges
from portal.pages.actions import organisation_zone

HELPER_STOPPED = "helper_stopped"


def _case(request: HttpRequest, pk: str) -> Case:
    """A case in which this person helps; else 404."""
    case: Case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    if role_in(case, request.user) != HELPER:
        raise Http404
    return case


@open_to(PERSON)
@require_POST
def nudge(request: HttpRequest, pk: str) -> HttpResponse:
    """One kind message to the patient; pressing again on the same day sends none."""
    case = _case(request, pk)
    name = {"name": case.patient.first_name}
    try:
        if nudges.nudge(case, by=Actor.of(request)):
            messages.success(request, _("We tell %(name)s kindly, with our next message.") % name)
        else:
            messages.info(request, _("%(name)s has had one today. One a day is enough.") % name)
    except Refused as no:
        messages.info(request, no.message)
    return redirect(case)


@open_to(PERSON)
@require_POST
def copies(request: HttpRequest, pk: str) -> HttpResponse:
    """Pause one's copies of messages about this patient, or take them up again."""
    case = _case(request, pk)
    is_paused = request.POST.get("copies") == "off"
    try:
        if grant := grant_of(case, request.user):
            pause_copies(grant, is_paused, by=Actor.of(request))
            messages.success(request, _("We send you no copies for now.") if is_paused else _("You get copies again."))
    except Refused as no:
        messages.info(request, no.message)
    return redirect(case)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, pk: str) -> HttpResponse:
    """Stop helping: asked once more, then at once."""
    case = _case(request, pk)
    if request.method != "POST":
        return render(request, "pages/stop_helping.html", {"case": case, "name": case.patient.first_name})
    try:
        stop_helping(case, by=Actor.of(request))
    except Refused as no:
        messages.info(request, no.message)
        return redirect(case)
    messages.success(request, _("You have stopped helping. Thank you for all you did."))
    return redirect("pages:home")


@transaction.atomic
def stop_helping(case: Case, *, by: Actor) -> Helper:
    """End one's own help, agreed or only begun; a coordinator looks who helps from now on."""
    user: Any = by.user
    helper = grant_of(case, user) or helping.ask(case, user, by=by)
    ended = helping.end(helper, by=by)
    ask_to_do(HELPER_STOPPED, ended, case=case, due_on=clock.today(organisation_zone()), by=by)
    return ended
