"""The coordinator asks somebody to help for the patient, as the patient said; and puts in an address heard by phone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.case.helping import actions as helping
from cases.case.helping.inviting import actions
from cases.case.helping.inviting.forms import AddressForm
from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.rules import Part
from cases.case.helping.inviting.views import said
from cases.case.people import cases_where
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.pages import todos
from portal.pages.case_helpers import no_words
from portal.pages.helper_forms import AskForPatientForm
from portal.texts.models import Text
from portal.texts.words import text


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: str) -> HttpResponse:
    """Whom the patient wants to ask: read out first, put on record as done by us."""
    found = cases_where(request.user, "record_helpers").select_related("patient")
    case = find_or_404(found, pk=pk)
    words = text(Text.Kind.HELPER_YES, case.patient.language)
    former = helping.former_no_by_address(case, request.POST.get("email", "").strip())
    form = AskForPatientForm(request.POST if request.method == "POST" else None, has_no=former is not None)
    if form.is_bound and request.POST.get("version") != str(words.version):
        form.add_error(None, _("These words have changed since. Read out the new ones."))
    if form.is_bound and form.is_valid():
        try:
            asked = actions.invite(case, **form.asked, by=Actor.of(request))
        except Refused as no:
            form.add_error(no.code if no.code in form.fields else None, no.message)
        else:
            why = f"version {words.version}"
            record(Actor.of(request), "helping.read_out", asked, patient=case.patient_id, case=case.pk, why=why)
            messages.success(request, said(asked))
            return redirect("pages:case_helpers", case.pk)
    page: dict[str, Any] = {"case": case, "patient": case.patient, "form": form, "words": words}
    page |= {"paragraphs": words.body.split("\n"), "reach": todos.reach(case.patient)}
    page["former_no"] = no_words(case, former) if former else ""
    page["call"] = todos.call_button(None, case.patient)
    return render(request, "pages/ask_helper.html", page, status=422 if form.errors else 200)


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, pk: str) -> HttpResponse:
    """Somebody who was asked by phone told us where to send the link."""
    own = Invite.objects.visible_to(request.user).filter(case__in=cases_where(request.user, "record_helpers"))
    asked = find_or_404(own.filter(part=Part.HELPER).select_related("case__patient"), pk=pk)
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            asked = actions.give_address(asked, **form.cleaned_data, by=Actor.of(request))
        except Refused as no:
            form.add_error("email", no.message)
        else:
            messages.success(request, said(asked))
            return redirect("pages:case_helpers", asked.case_id)
    page = {"case": asked.case, "invite": asked, "form": form}
    return render(request, "pages/invite_address.html", page, status=422 if form.errors else 200)
