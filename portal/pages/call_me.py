""" "Please call me", with a time that suits; and the way there from pages that are of no case."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.case.models import Case, TimeOfDay
from cases.case.people import cases_where, may
from portal.access import PERSON, open_to
from portal.pages import actions, cards


class CallMeForm(forms.Form):
    """When a call suits, and a few words for the one who rings."""

    suits = forms.ChoiceField(
        label=gettext_lazy("Best time"),
        required=False,
        choices=[("", gettext_lazy("Any time")), *TimeOfDay.choices],
    )
    note = forms.CharField(
        label=gettext_lazy("A note for us"), required=False, max_length=actions.NOTE_AT_MOST, strip=True
    )
    is_filter = True  # one press is enough: both stand there for those who want them


def form_url(case: Case, user: Any) -> str:
    """Where one asks for a call in a case: beside one's reminders, or at home where one sees none of these."""
    page = "pages:ledger" if may("see_reminders", case, user) else "pages:case_home"
    return reverse(page, args=[case.pk]) + "#call"


@open_to(PERSON)
@require_safe
def call_home(request: HttpRequest) -> HttpResponse:
    """To the form of one's case; whoever has several says which, whoever has none reads our number."""
    user: Any = request.user
    if user.role:
        return redirect("pages:home")
    found = cases_where(user, "ask_for_a_call").open().select_related("patient")
    cases = list(found.order_by("opened_at", "pk"))
    if len(cases) == 1:
        return redirect(form_url(cases[0], user))
    lines = cards.case_lines(cases, user)
    rows = [line | {"href": form_url(case, user)} for case, line in _pairs(cases, lines, user)]
    return render(request, "pages/call_home.html", {"rows": rows})


def _pairs(cases: list[Case], lines: dict[str, list[dict[str, Any]]], user: Any) -> list[tuple[Case, dict[str, Any]]]:
    own = iter(lines["own"])
    helped = iter(lines["helped"])
    return [(case, next(own if case.patient_id == user.pk else helped)) for case in cases]
