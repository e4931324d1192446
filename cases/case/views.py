"""The start of a case: opening it, its doctors and offices, and what it is about."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.case import actions, forms, offices
from cases.case.models import Case, CaseClinician, Office
from cases.case.people import cases_where, may, why_not_theirs
from portal import looks
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused

DRAFT = "open-case"
DOCTORS = {"first": CaseClinician.Role.FIRST, "primary": CaseClinician.Role.PRIMARY}


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: HttpRequest) -> HttpResponse:
    """Open a case, for oneself or for someone one helps. A second case of the same person is fine.

    A coordinator opens one for a person who calls; other staff come to cases by assignment.
    """
    if request.user.role not in ("", User.Role.COORDINATOR):
        raise Http404
    if request.method == "POST":
        form = forms.OpenForm(request.POST)
        if form.is_valid():
            try:
                return redirect(_opened(form.cleaned_data, Actor.of(request)))
            except Refused as no:
                form.add_error(None, no.message)
        status = 422
    else:
        form = forms.OpenForm(initial=drafts.kept(request.user, DRAFT) or {"whom": forms.ME})
        status = 200
    others = Case.objects.visible_to(request.user).filter(patient=request.user).open()
    page = {"form": form, "others": others, "draft": DRAFT, "offices": offices.while_typing([], request.user)}
    return render(request, "case/open.html", page, status=status)


@transaction.atomic
def _opened(fields: dict[str, Any], by: Actor) -> Case:
    # Staff are patients under an account of their own.
    is_mine = fields["whom"] == forms.ME and not by.user.role
    case = actions.open_case(
        patient=by.user if is_mine else None,
        patient_name=fields["patient_name"],
        starter=None if by.user.role else by.user,
        diagnosis=fields["diagnosis"],
        treatment_on=fields["treatment_on"],
        by=by,
    )
    _save_doctors(case, fields, by)
    drafts.drop(by.user, DRAFT)
    return case


def _save_doctors(case: Case, fields: dict[str, Any], by: Actor) -> None:
    for name, role in DOCTORS.items():
        doctor, office_name = fields[f"{name}_doctor"].strip(), fields[f"{name}_office"].strip()
        if not doctor and not office_name:
            continue
        office = offices.named_or_added(case, office_name, region=fields["region"], by=by)
        known = offices.doctor(case, role, by.user)
        if known and known.clinician.name == doctor and known.clinician.office == office:
            continue
        actions.set_clinician(case, role, name=doctor or office_name, office=office, by=by)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, pk: str) -> HttpResponse:
    """The doctors, offices and treatment date of a case, and what it is about."""
    case = find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)
    may_change = may("change_dates", case, request.user)
    is_told = not why_not_theirs(case, request.user, case.described_by_id)
    form, status = forms.PeopleForm(initial=_as_it_stands(case, request.user), is_told=is_told), 200
    if request.method == "POST":
        form = forms.PeopleForm(request.POST, is_told=is_told)
        if form.is_valid():
            try:
                _change(case, form.cleaned_data, Actor.of(request))
            except Refused as no:
                form.add_error(None, no.message)
            else:
                messages.success(request, _("Saved."))
                return redirect("case:people", pk)
        status = 422
    page = {
        "case": case,
        "form": form if may_change else None,
        "doctors": _doctors(case, request.user),
        "offices": offices.while_typing([], request.user),
        "own_offices": Office.objects.visible_to(request.user).filter(for_case=case, checked_at__isnull=True),
    }
    return render(request, "case/people.html", page, status=status)


def _as_it_stands(case: Case, user: Any) -> dict[str, Any]:
    initial: dict[str, Any] = {"diagnosis": case.diagnosis, "treatment_on": case.treatment_on}
    for name, role in DOCTORS.items():
        if link := offices.doctor(case, role, user):
            initial[f"{name}_doctor"] = link.clinician.name
            initial[f"{name}_office"] = link.clinician.office.name if link.clinician.office else ""
    return initial


def _doctors(case: Case, user: Any) -> list[dict[str, str]]:
    words = {
        CaseClinician.Role.PRIMARY: _("Primary doctor"),
        CaseClinician.Role.FIRST: _("Gave you the plan"),
        CaseClinician.Role.SECOND: _("Second doctor"),
        CaseClinician.Role.THIRD: _("Third doctor"),
    }
    links = CaseClinician.objects.visible_to(user).filter(case=case).select_related("clinician__office")
    return [
        {
            "label": words[link.role],
            "value": link.clinician.name,
            "hint": link.clinician.office.name if link.clinician.office else "",
        }
        for link in sorted(links, key=lambda link: list(words).index(link.role))
    ]


@transaction.atomic
def _change(case: Case, fields: dict[str, Any], by: Actor) -> None:
    is_told = "diagnosis" in fields
    if is_told and (case.diagnosis, case.treatment_on) != (fields["diagnosis"], fields["treatment_on"]):
        actions.change_case(case, diagnosis=fields["diagnosis"], treatment_on=fields["treatment_on"], by=by)
    _save_doctors(case, fields, by)


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest, pk: str) -> HttpResponse:
    """How to reach an office that was typed in for a case; a checked one is the coordinators' to change."""
    own = Office.objects.known_to(request.user).filter(for_case__isnull=False, checked_at__isnull=True)
    found = find_or_404(own.select_related("for_case__patient"), pk=pk)
    if found.merged_into_id:
        return redirect("case:people", found.for_case_id)
    looks.found(found.for_case)
    form = forms.OfficeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_office(found, by=Actor.of(request), **form.cleaned_data)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("case:people", found.for_case_id)
    is_coordinator = request.user.role == User.Role.COORDINATOR
    page = {"case": found.for_case, "form": form, "office": found, "is_coordinator": is_coordinator}
    return render(request, "case/office.html", page, status=422 if form.errors else 200)


@open_to(PERSON)
@require_safe
def office_names(request: HttpRequest) -> HttpResponse:
    """Names for the list under an office field, while somebody types."""
    typed = [value for name, value in request.GET.items() if name.endswith("office") and value.strip()]
    return render(request, "case/_offices.html", {"offices": offices.while_typing(typed, request.user)})
