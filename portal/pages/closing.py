"""Pages of closing a case and opening it again: the coordinator's, and the patient's two buttons."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.models import Case
from cases.case.people import cases_where
from portal import when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import cards, closing_actions
from portal.pages.closing_actions import Why

SHOWN = 50
REASONS = {
    Why.DECIDED: gettext_lazy("They have decided, and the report is confirmed"),
    Why.ASKED: gettext_lazy("They asked for it"),
    Why.SILENCE: gettext_lazy("A year of silence, and three gentle messages without an answer"),
    Why.DIED: gettext_lazy("They have died"),
}


class CloseForm(forms.Form):
    """Why the case is closed."""

    why = forms.ChoiceField(
        label=gettext_lazy("Why is it closed?"),
        choices=[(why, words) for why, words in REASONS.items() if why != Why.DIED],  # that has a page of its own
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say why the case is closed.")},
    )


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def close_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What ends with it is said before; one press closes it."""
    case = find_or_404(cases_where(request.user, "close").select_related("patient", "key"), pk=pk)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            closing_actions.close_case(case, form.cleaned_data["why"], by=Actor.of(request))
        except Refused as no:
            form.add_error("why", no.message)
        else:
            messages.success(request, _("The case is closed. You find it under “Closed cases”."))
            return redirect("pages:caseload")
    context = {"case": case, "form": form, "file_url": cards.file_url(case)}
    return render(request, "pages/close_case.html", context, status=422 if form.errors else 200)


@open_to(User.Role.COORDINATOR)
@require_safe
def closed_cases(request: HttpRequest) -> HttpResponse:
    """Closed cases by name or reference, to open one again, unless they died. Nothing else of them is shown."""
    asked = request.GET.get("find", "").strip()[:80]
    found = Case.objects.to_reopen(request.user).filter(state=Case.State.CLOSED, key__destroyed_at=None)
    if asked:
        found = found.filter(Q(patient__name__icontains=asked) | Q(reference__icontains=asked))
    rows = [
        {
            "pk": case.pk,
            "name": case.patient.name,
            "reference": case.reference,
            "text": _("Closed on %(day)s.") % {"day": when.day(case.closed_at, year=True)},
            "why": _why_closed(case),
            "may_open": case.patient.death_known_at is None,
        }
        for case in found.select_related("patient").order_by("-closed_at", "pk")[:SHOWN]
    ]
    return render(request, "pages/closed_cases.html", {"rows": rows, "asked": asked})


def _why_closed(case: Case) -> Any:
    """Why a case is closed, and stays so where we know of a death."""
    why = Why.DIED if case.patient.death_known_at is not None else case.closed_why
    return REASONS[Why(why)] if why else ""


@open_to(PERSON)
@require_POST
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open it again: the patient from her page, a coordinator from the list."""
    user: Any = request.user
    case = find_or_404(Case.objects.to_reopen(user), pk=pk)
    try:
        case = closing_actions.reopen_case(case, by=Actor.of(request))
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, _("It is open again."))
    if case.patient_id == user.pk:
        return redirect(case)
    return redirect("pages:closed_cases" if case.state == Case.State.CLOSED else cards.file_url(case))


@open_to(PERSON)
@require_POST
def ask_to_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient closes it by one press. Where something is open on our side, one of us does it, and tells her."""
    found = Case.objects.visible_to(request.user).filter(patient=request.user.pk)
    case = find_or_404(found.select_related("patient", "key"), pk=pk)
    try:
        is_closed = closing_actions.close_own(case, by=Actor.of(request))
    except Refused as no:
        messages.info(request, no.message)
    else:
        said = _("Your page is closed. You can open it again at any time.")
        messages.success(request, said if is_closed else _("We have it. One of us closes your page, and tells you."))
    return redirect("pages:privacy", case.pk)
