"""An urgent look: asked for with a reason, one page of the case for an hour, and the list that administrators watch."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.models import Consultation
from cases.case.models import Case, UrgentLook
from cases.case.people import may
from cases.case.urgent import actions
from cases.case.urgent.rules import WHY_LETTERS
from cases.documents import lists
from portal import clock, phones, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

SHOWN = 50
OWN_SHOWN = 10


class UrgentForm(forms.Form):
    """Which case, and why."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the case"),
        help_text=gettext_lazy("As it stands on letters and in the calendar, like RS 4T7 29K."),
        max_length=20,
        error_messages={"required": gettext_lazy("Enter the reference of the case.")},
    )
    why = forms.CharField(
        label=gettext_lazy("Why you must look now"),
        help_text=gettext_lazy("The patient and the administrators read this. Leave out what the patient has."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WHY_LETTERS,
        error_messages={"required": gettext_lazy("Say why you must look now.")},
    )


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def urgent(request: HttpRequest) -> HttpResponse:
    """Ask for an hour in a case that is not one's own."""
    form, status = UrgentForm(request.POST or None), 200
    if request.method == "POST":
        if form.is_valid() and (look := _begun(form, Actor.of(request))):
            return redirect("pages:urgent_look", look.pk)
        status = 422
    own = UrgentLook.objects.visible_to(request.user).filter(reader=request.user.pk)
    standing = own.standing().select_related("case__patient").order_by("-begun_at")[:OWN_SHOWN]
    return render(request, "pages/urgent.html", {"form": form, "standing": list(standing)}, status=status)


def _begun(form: UrgentForm, by: Actor) -> UrgentLook | None:
    case = actions.case_named(form.cleaned_data["reference"])
    if case is None:
        actions.note_miss(by=by)
        form.add_error("reference", _("There is no case with this reference. Look at it once more."))
        return None
    try:
        return actions.begin(case, form.cleaned_data["why"], by=by)
    except Refused as no:
        form.add_error(no.code if no.code in form.fields else None, no.message)
        return None


@open_to("consultant")
@require_safe
def urgent_look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who the patient is, what is next, which files there are. Each time on record; after its hour, that it is over."""
    own = UrgentLook.objects.visible_to(request.user).filter(reader=request.user.pk)
    look: UrgentLook = find_or_404(own.select_related("case__patient", "case__key"), pk=pk)
    if not may("look_urgently", look.case, request.user) or look.is_over:
        return render(request, "pages/urgent_over.html", {"look": look}, status=403)
    actions.note_look(look, by=Actor.of(request))
    case: Any = look.case
    files = [row for row in lists.rows_of(case, request.user) if row.document.withdrawn_at is None]
    page = {
        "look": look,
        "of": case,
        "facts": _facts(case),
        "files": [{"title": row.name, "href": row.document.get_absolute_url(), "hint": row.added} for row in files],
        "may_read": may("read_documents", case, request.user),
    }
    return render(request, "pages/urgent_look.html", page)


def _facts(case: Case) -> list[dict[str, str]]:
    patient, now = case.patient, clock.now()
    call = Consultation.objects.next_for(case, now)
    said = [
        (_("Called"), patient.first_name),
        (_("Phone"), phones.shown(patient.phone) if patient.phone else ""),
        (_("What it is about"), case.diagnosis),
        (_("Treatment begins"), when.day(case.treatment_on, year=True) if case.treatment_on else ""),
        (_("Next call with us"), when.moment(call.starts_at) if call else ""),
    ]
    return [{"label": label, "value": value or _("not said")} for label, value in said]


@open_to(PERSON)
@require_POST
def end_urgent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its consultant, the patient or an administrator ends it; everybody else finds nothing."""
    known = UrgentLook.objects.visible_to(request.user).select_related("case__patient", "reader")
    look = find_or_404(known, pk=pk)
    try:
        actions.end(look, by=Actor.of(request))
    except Refused as no:
        raise Http404 from no
    messages.success(request, _("Ended. %(name)s can open nothing any more.") % {"name": look.reader.first_name})
    if request.user.pk == look.case.patient_id:
        return redirect(reverse("pages:privacy", args=[look.case_id]) + "#urgent")
    role = getattr(request.user, "role", "")
    return redirect("pages:urgent_looks" if role == User.Role.ADMINISTRATOR else "pages:urgent")


@open_to("administrator")
@require_safe
def urgent_looks(request: HttpRequest) -> HttpResponse:
    """The latest, with who, when and why; nothing of what is in the case. Itself on record."""
    found = UrgentLook.objects.visible_to(request.user).select_related("case__key", "reader").order_by("-begun_at")
    rows = [row_of(look, is_for_patient=False) for look in found[:SHOWN]]
    if request.method != "HEAD":
        record(Actor.of(request), "urgent.list_seen", organisation())
    return render(request, "pages/urgent_looks.html", {"rows": rows})


def of_case(case: Case) -> QuerySet[UrgentLook]:
    """For the patient: who looked, when and why, the latest first."""
    found = UrgentLook.objects.visible_to(case.patient).filter(case=case).select_related("reader", "case__key")
    return found.order_by("-begun_at")[:SHOWN]


def row_of(look: UrgentLook, *, is_for_patient: bool) -> dict[str, Any]:
    until = look.ended_at or look.over_at
    said = {"begun": when.moment(look.begun_at), "until": when.moment(until)}
    times = _("From %(begun)s until %(until)s.") % said
    if look.ended_at:
        times += " " + str(look.get_ended_why_display()) + "."
    return {
        "pk": look.pk,
        "name": look.reader.name,
        "reference": "" if is_for_patient else look.case.reference,
        "times": times,
        "why": look.why,
        "can_end": not look.is_over,
    }
