"""The coordinator's page for somebody who has died: one press ends everything, with the reason for it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.case.models import Case, Farewell
from cases.case.people import where_reopened
from portal import when
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import farewell_actions as actions


class FarewellForm(forms.Form):
    """What one of us was told, and decides."""

    right = forms.ChoiceField(
        label=gettext_lazy("Somebody acted for them in law. What becomes of that?"),
        help_text=gettext_lazy("Without anybody, choose that it ended."),
        choices=Farewell.Right.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what becomes of it.")},
    )
    why = forms.CharField(
        label=gettext_lazy("Who told us, and why is it decided so?"),
        help_text=gettext_lazy("Only coordinators read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=actions.WHY_AT_MOST,
        error_messages={"required": gettext_lazy("Say in a few words who told us, and why it is decided so.")},
    )


@open_to("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
def farewell(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say it, read what was said, or take it back."""
    theirs = Case.objects.filter(where_reopened(request.user), patient=OuterRef("pk"))
    person = find_or_404(User.objects.filter(Exists(theirs), role=""), pk=pk)
    said = Farewell.objects.visible_to(request.user).standing().filter(person=person).select_related("said_by").first()
    form = FarewellForm(request.POST if request.method == "POST" and not said else None)
    if request.method == "POST":
        try:
            if said and request.POST.get("do") == "take_back":
                actions.take_back(said, by=Actor.of(request))
                messages.success(request, _("Taken back. Open the case again where it should go on."))
                return redirect("pages:farewell", pk)
            if said:
                raise Http404
            if form.is_valid():
                actions.say_died(person, **form.cleaned_data, by=Actor.of(request))
                messages.success(request, _("Everything has ended, and nothing is sent any more."))
                return redirect("pages:farewell", pk)
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
    page: dict[str, Any] = {"person": person, "form": form, "said": said}
    if said:
        page["told"] = _("%(name)s, %(at)s") % {"name": said.said_by.name, "at": when.moment(said.said_at)}
    return render(request, "pages/farewell.html", page, status=422 if form.errors else 200)
