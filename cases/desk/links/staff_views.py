"""What the team does about an office's link: a new code, unlocking, closing."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.desk.links import actions
from cases.desk.links.forms import OpenAgainForm
from cases.desk.links.models import OfficeLink
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused


def _link(request: HttpRequest, pk: UUID) -> OfficeLink:
    together = ("office", "visit__case__key", "visit__case__patient", "visit__office", "visit__clinician")
    found: OfficeLink = find_or_404(OfficeLink.objects.visible_to(request.user).select_related(*together), pk=pk)
    return found


@open_to("coordinator")
@require_POST
def move_link(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Each is pressed on the case file, and leads back there."""
    link, by = _link(request, pk), Actor.of(request)
    moves = {
        "new-code": (
            actions.make_new_code,
            _("A new code holds now. The earlier ones are void."),
            _("Nothing has changed: that page is closed."),
        ),
        "unlock": (
            actions.unlock,
            _("Unlocked. The office can try again with its code."),
            _("Nothing has changed: that page is not locked."),
        ),
        "close": (
            actions.close,
            _("Closed, also where it was open."),
            _("Nothing has changed: that page was closed before."),
        ),
    }
    if verb not in moves:
        raise Http404
    move, done, not_done = moves[verb]
    try:
        if move(link, by=by):
            messages.success(request, done)
        else:
            messages.info(request, not_done)
    except Refused as no:
        messages.error(request, no.message)
    return redirect("pages:case_file", link.visit.case_id)


@open_to("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def open_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page that somebody ended by mistake: why it opens again, and what the office needs then."""
    link = _link(request, pk)
    form = OpenAgainForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _open_again(request, link, form, status=422 if form.is_bound else 200)
    try:
        actions.open_again(link, form.cleaned_data["why"], by=Actor.of(request))
    except Refused as no:
        return _open_again(request, link, form, also=[no.message], status=409)
    messages.success(request, _("Open again. A new code holds: send our page, or a letter with the code."))
    return redirect("pages:case_file", link.visit.case_id)


def _open_again(
    request: HttpRequest, link: OfficeLink, form: OpenAgainForm, *, also: list[str] | None = None, status: int = 200
) -> HttpResponse:
    page = {"link": link, "form": form, "why_not": actions.why_not_again(link), "also": also}
    return render(request, "desk/open_again.html", page, status=status)
