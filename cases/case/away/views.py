"""The patient's page: who stands in for a consultant who is away, and whether this person may read."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.case.away import actions, showing
from cases.case.away.models import Cover
from cases.case.people import has_consent_to_read
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.models import Text
from portal.texts.words import text

YES, NO = "yes", "no"


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def stands_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Until she says yes, the one who stands in sees that a plan exists, and not what it says."""
    own = Cover.objects.visible_to(request.user).filter(case__patient=request.user.pk)
    cover: Cover = find_or_404(own.select_related("case__patient", "away__consultant", "reader"), pk=pk)
    also: list[str] = []
    answer = request.POST.get("answer")
    if request.method == "POST" and answer in {YES, NO}:
        try:
            actions.let_read(cover, answer == YES, by=Actor.of(request))
        except Refused as no:
            also = [no.message]
        else:
            messages.success(request, _("Thank you. Your answer counts from now on."))
            return redirect(cover.case)
    elif request.method == "POST":
        also = [_("Choose yes or no.")]
    page = {
        "case": cover.case,
        "cover": cover,
        "sentence": showing.sentence(cover),
        "may_read": has_consent_to_read(cover.case, cover.reader),
        "words": text(Text.Kind.CONSENT_READ, request.user.language),  # type: ignore[union-attr]
        "also": also,
    }
    return render(request, "case/stands_in.html", page, status=422 if also else 200)
