"""A member of staff leaves: what ends at once, and who takes their cases over. Counts only, nothing of a case."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings.models import Consultation
from cases.case.models import Assignment, ToDo
from portal import clock
from portal.access import find_or_404, open_to
from portal.accounts import actions
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.pages.away import PersonField


class LeavingForm(forms.Form):
    """Who takes over."""

    to = PersonField(
        label=gettext_lazy("Who takes their cases over?"),
        help_text=gettext_lazy(
            "Each patient is told and chooses. This person reads no file until the patient says yes."
        ),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet: the cases wait for a consultant"),
    )

    def __init__(self, leaver: User, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if leaver.role == User.Role.CONSULTANT:
            colleagues = User.objects.working_as(User.Role.CONSULTANT).exclude(pk=leaver.pk)
            self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]
        else:
            del self.fields["to"]


@open_to("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that somebody leaves; their account closes and everything of it ends with this press."""
    person = find_or_404(User.objects.staff_visible_to(request.user), pk=pk)
    form, status = LeavingForm(person, request.POST or None), 200
    if request.method == "POST":
        if form.is_valid():
            try:
                actions.close_account(person, to=form.cleaned_data.get("to"), by=Actor.of(request))
            except Refused as no:
                form.add_error("to" if "to" in form.fields else None, no.message)
            else:
                messages.success(request, _("%(name)s can open nothing any more.") % {"name": person.name})
                return redirect("accounts:people")
        status = 422
    page = {"person": person, "form": form, "counts": _counts(person)}
    return render(request, "pages/leaving.html", page, status=status)


def _counts(person: User) -> list[dict[str, Any]]:
    placed = Assignment.objects.filter(user=person, ended_at=None).exclude(case__state="closed")
    calls = Consultation.objects.upcoming(clock.now()).filter(consultant=person)
    return [
        {"label": _("Open cases"), "value": placed.count(), "hint": _("They go to a colleague, or wait for one.")},
        {
            "label": _("Calls to come"),
            "value": calls.count(),
            "hint": _("Each patient is asked to choose another of us. A coordinator sees them all."),
        },
        {
            "label": _("Things to do"),
            "value": ToDo.objects.open().filter(for_user=person).count(),
            "hint": _("They go to the colleague, or to the coordinators."),
        },
    ]
