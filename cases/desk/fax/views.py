"""Faxing a letter from here: to which number, what became of it; and what the gateway answered, read by people."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.desk.fax import actions
from cases.desk.fax.models import Fax
from cases.desk.fax.states import Failure
from cases.desk.letters.actions import fresh
from cases.desk.letters.models import Letter
from portal import phones, when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused

COORDINATOR = User.Role.COORDINATOR
ANSWERS = {"arrived": True, "did-not": False}


@open_to(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def fax(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The number on file, one press, and every fax of this letter with what became of it."""
    letter = fresh(find_or_404(Letter.objects.visible_to(request.user), pk=pk))
    also: list[str] = []
    if request.method == "POST":
        try:
            actions.send(
                letter,
                number=request.POST.get("number", ""),
                is_sure="is_sure" in request.POST,
                by=Actor.of(request),
            )
        except Refused as no:
            also = [no.message]
        else:
            messages.success(request, _("It goes out now. What becomes of it stands here."))
            return redirect("desk:fax", letter.pk)
    faxes = list(Fax.objects.visible_to(request.user).filter(letter=letter).order_by("-asked_at"))
    number = actions.number_of(letter)
    page = {
        "case": letter.case,
        "letter": letter,
        "number": number,
        "shown": phones.shown(f"+{number}") if number else "",
        "rows": [_row(each) for each in faxes],
        "is_open": any(each.failed_at is None and each.delivered_at is None for each in faxes),
        "why_not": "" if also else actions.why_not(letter),
        "also": also,
    }
    return render(request, "desk/fax.html", page, status=409 if also else 200)


def _row(each: Fax) -> dict[str, object]:
    if each.delivered_at:
        tag, at = {"label": _("Arrived"), "kind": "ok"}, each.delivered_at
    elif each.failed_at:
        tag, at = {"label": _("Failed"), "kind": "stop"}, each.failed_at
    elif each.sent_at:
        tag, at = {"label": _("The gateway has it"), "kind": "info"}, each.sent_at
    else:
        tag, at = {"label": _("Going out"), "kind": "info"}, each.asked_at
    return {
        "pk": each.pk,
        "tag": tag,
        "at": when.moment(at),
        "number": phones.shown(f"+{each.number}"),
        "why": str(Failure(each.failure).label) if each.failure else "",
        "can_be_answered": each.is_unknown,
    }


@open_to(COORDINATOR)
@require_POST
def fax_answer(request: HttpRequest, pk: UUID, said: str) -> HttpResponse:
    """What the gateway's mail says, read by one of us."""
    found = find_or_404(Fax.objects.visible_to(request.user).select_related("letter__case"), pk=pk)
    if said not in ANSWERS:
        raise Http404
    actions.say(found, ANSWERS[said], by=Actor.of(request))
    return redirect("desk:fax", found.letter_id)
