"""The page when a consultant has left: who goes on, by the patient's choice alone, and her calls that wait for it.

She answers there herself; what she says on the phone or on paper a coordinator writes down.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.left.forms import SaidForm
from bookings.left.proposing import proposed
from bookings.models import Consultation
from cases.case import hands
from cases.case.left import actions
from cases.case.models import Departure
from cases.case.people import COORDINATOR, has_consent_to_read, role_in
from portal import clock
from portal.access import PERSON, find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.texts.models import Text
from portal.texts.words import text

TAKES, CALL = "takes", "call"


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def left(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another of us, who is proposed and named in the press, one of her own choice, or a call."""
    known = Departure.objects.visible_to(request.user)
    departure: Departure = find_or_404(known.select_related("case__patient", "consultant", "chosen"), pk=pk)
    now, by = clock.now(), Actor.of(request)
    other = None if departure.chosen else proposed(departure, request.user, now)
    if role_in(departure.case, request.user) == COORDINATOR:
        return _written_down(request, departure, other)
    also: list[str] = []
    if request.method == "POST":
        try:
            _answer(departure, other, request.POST, by)
        except Refused as no:
            also = [no.message]
        else:
            messages.success(request, _("Thank you. Your answer counts from now on."))
            return redirect("bookings:left", pk)
    calls = Consultation.objects.upcoming(now).filter(case=departure.case, consultant=departure.consultant)
    page = {
        "case": departure.case,
        "departure": departure,
        "may_read": _may_read(departure),
        "other": other,
        "calls": list(calls.order_by("starts_at")),
        "words": text(Text.Kind.CONSENT_READ, request.user.language),  # type: ignore[union-attr]
        "also": also,
    }
    return render(request, "bookings/left.html", page, status=422 if also else 200)


def _may_read(departure: Departure) -> bool:
    chosen = departure.chosen
    return chosen is not None and has_consent_to_read(departure.case, chosen)


def _written_down(request: HttpRequest, departure: Departure, other: User | None) -> HttpResponse:
    """A coordinator reads out what a yes means, and writes down whom the patient named and how she said it."""
    case = departure.case
    form = SaidForm(request.POST or None, departure=departure, other=other)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            by = hands.actor_for(request, case)
            actions.choose(departure, said["who"], how=said["said"], version=said["version"], by=by)
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            messages.success(request, _("Written down: %(name)s may read.") % {"name": said["who"].name})
            return redirect("bookings:left", departure.pk)
    page = {
        "case": case,
        "departure": departure,
        "may_read": _may_read(departure),
        "other": other,
        "form": form,
        "words": text(Text.Kind.CONSENT_READ, case.patient.language),
    }
    return render(request, "bookings/left_said.html", page, status=422 if form.errors else 200)


def _answer(departure: Departure, other: object, said: dict[str, str], by: Actor) -> None:
    """The name in the press is the one that the page showed: where it is another's by now, the page says so."""
    answer = said.get("answer", "")
    if answer == CALL:
        actions.ask_for_call(departure, by=by)
        return
    if answer != TAKES:
        raise Refused(_("Choose one of the answers."), code="answer")
    chosen = departure.chosen or other
    if chosen is None or str(chosen.pk) != said.get("who", ""):  # type: ignore[attr-defined]
        raise Refused(_("Somebody else is proposed by now. Look at the name once more."), code="answer")
    actions.choose(departure, chosen, by=by)  # type: ignore[arg-type]
