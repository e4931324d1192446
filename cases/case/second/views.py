"""The patient's page: who reads along, why and until when; her yes, her no, and ending it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.case.models import SecondReader
from cases.case.people import has_consent_to_read, may
from cases.case.second import actions, showing
from portal.access import PERSON, find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.models import Text
from portal.texts.words import text

YES, NO, END = "yes", "no", "end"


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def second_reader(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient's own answer, or what a coordinator heard on the phone."""
    own = SecondReader.objects.visible_to(request.user).told_to(request.user)
    second: SecondReader = find_or_404(own.select_related("case__patient", "case__key", "reader", "asked_by"), pk=pk)
    is_hers = may("consent", second.case, request.user)
    also: list[str] = []
    if request.method == "POST":
        try:
            said = _answer(second, request.POST.get("answer", ""), "page" if is_hers else "phone", Actor.of(request))
        except Refused as no:
            also = [no.message]
        else:
            messages.success(request, said)
            return redirect("case:second_reader", pk)
    page = {
        "case": second.case,
        "second": second,
        "sentence": showing.sentence(second),
        "may_read": has_consent_to_read(second.case, second.reader),
        "is_hers": is_hers,
        "words": text(Text.Kind.CONSENT_READ, request.user.language),  # type: ignore[union-attr]
        "also": also,
    }
    return render(request, "case/second_reader.html", page, status=422 if also else 200)


def _answer(second: SecondReader, answer: str, how: str, by: Actor) -> str:
    if answer == YES:
        actions.let_read(second, True, how=how, by=by)
        return _("Thank you. Your answer counts from now on.")
    if answer in {NO, END}:
        actions.end(second, how=how, by=by) if answer == END else actions.let_read(second, False, how=how, by=by)
        return _("Ended. %(name)s can open nothing any more.") % {"name": second.reader.first_name}
    raise Refused(_("Choose yes or no."), code="answer")
