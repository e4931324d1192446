"""Somebody without email rings: a coordinator opens their page while they speak, and reads out what they agree to."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.case.actions import open_case
from cases.case.hands import ask_to_read_out, read_privacy_out
from cases.case.models import Case
from portal.access import find_or_404, open_to
from portal.accounts.by_phone import HELPER_RANG, open_by_phone
from portal.accounts.models import User
from portal.accounts.phone_forms import RingsForm
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import cards, todos
from portal.texts.words import text


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    """An account and a case for someone who rings. Sent twice, the form opens one."""
    notice = text("privacy_notice")
    initial = {"time_zone": request.user.time_zone, "language": "en", "version": notice.version}
    form = RingsForm(request.POST if request.method == "POST" else None, initial=initial)
    same = None
    if form.is_bound and form.is_valid():
        same = None if form.cleaned_data["is_another"] else _same_person(request, form)
        if same is None:
            try:
                case = opened(form, by=Actor.of(request))
            except Refused as no:
                form.add_error(no.code if no.code in form.fields else None, no.message)
            else:
                messages.success(request, _("The page is open. Write down the doctors and the treatment next."))
                return redirect(cards.file_url(case))
    page = {
        "form": form,
        "notice": notice,
        "same": same and {"name": same.patient.name, "reference": same.reference, "href": cards.file_url(same)},
        "also": [_("Someone with this name and birth date has a page. Look at it first.")] if same else [],
    }
    return render(request, "pages/first_call.html", page, status=422 if form.is_bound else 200)


def _same_person(request: HttpRequest, form: RingsForm) -> Case | None:
    """The newest open case of someone of this name, born that day; not the one that this very form has opened."""
    said = form.cleaned_data
    known = Case.objects.visible_to(request.user).open().exclude(patient=said["ticket"]).select_related("patient")
    alike = known.filter(patient__birth_date=said["birth_date"], patient__name__iexact=said["name"])
    return alike.order_by("-opened_at").first()


@transaction.atomic
def opened(form: RingsForm, *, by: Actor) -> Case:
    """The account, its case, and what was read out; one form opens one. Raises Refused as its actions do."""
    said = form.cleaned_data
    person, is_new = open_by_phone(ticket=said["ticket"], fields=form.account, rang=said["rang"], by=by)
    if not is_new and (case := Case.objects.filter(patient=person).order_by("opened_at").first()):
        return case
    case = open_case(patient=person, by=by)
    if said["rang"] == HELPER_RANG:
        ask_to_read_out(case, by=by)
    else:
        read_privacy_out(person, version=said["version"], by=by)
    return case


@open_to(User.Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def read_out(request: HttpRequest, pk: str) -> HttpResponse:
    """The privacy notice, to read out on the phone; its button says that the patient agreed."""
    case = find_or_404(Case.objects.visible_to(request.user).select_related("patient"), pk=pk)
    also: list[Any] = []
    if request.method == "POST":
        try:
            version = int(request.POST.get("version", "") or 0)
            read_privacy_out(case.patient, version=version, language=case.patient.language, by=Actor.of(request))
        except ValueError:
            also = [_("Read out the words below, then press the button.")]
        except Refused as no:
            also = [no.message]
        else:
            messages.success(request, _("Saved. It stands on the privacy page with its version."))
            return redirect(cards.file_url(case))
    page = {
        "case": case,
        "notice": text("privacy_notice", case.patient.language),
        "also": also,
        "file_url": cards.file_url(case),
        "call": todos.call_button(None, case.patient),
        "reach": todos.reach(case.patient),
    }
    return render(request, "pages/read_out.html", page, status=409 if also else 200)
