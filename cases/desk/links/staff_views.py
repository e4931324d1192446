"""What the team does about an office's link: a new code, unlocking, closing."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.desk.links import actions
from cases.desk.links.models import OfficeLink
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused


@open_to("coordinator")
@require_POST
def move_link(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Each is pressed on the case file, and leads back there."""
    found = OfficeLink.objects.visible_to(request.user).select_related("office", "visit__case__key")
    link, by = find_or_404(found, pk=pk), Actor.of(request)
    moves = {
        "new-code": (actions.make_new_code, _("A new code holds now. The earlier ones are void.")),
        "unlock": (actions.unlock, _("Unlocked. The office can try again with its code.")),
        "close": (actions.close, _("Closed, also where it was open.")),
    }
    if verb not in moves:
        raise Http404
    move, said = moves[verb]
    try:
        move(link, by=by)
        messages.success(request, said)
    except Refused as no:
        messages.error(request, no.message)
    return redirect("pages:case_file", link.visit.case_id)
