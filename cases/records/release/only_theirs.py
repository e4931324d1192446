"""What the patient alone signs, told to somebody who helps; and who signs for her in law, under a name of their own."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cases.case.helping.models import Mandate
from cases.case.models import Case
from cases.case.people import HELPER, acts_as, begins, may, role_in
from cases.records.models import RecordItem


def page(request: HttpRequest, case: Case, item: RecordItem | None = None) -> HttpResponse:
    """That only the patient can, and how; a press is answered with the same. 404 for whoever does not help here."""
    if role_in(case, request.user) != HELPER:
        raise Http404
    can_print = item is not None and may("print_forms", case, request.user)
    context = {
        "case": case,
        "name": case.patient.first_name,
        "item": item if can_print else None,
        "is_pressed": request.method == "POST",
        "can_nudge": not begins(case, request.user),  # type: ignore[arg-type]
    }
    return render(request, "records/only_theirs.html", context, status=409 if request.method == "POST" else 200)


def signer(case: Case, user: Any) -> str:
    """The name of whom the law lets sign for the patient; "" for the patient herself, and for staff."""
    return user.name if acts_as(case, user) else ""


def law(case: Case, user: Any) -> str:
    """ "by power of attorney", for whom the law lets sign for the patient."""
    kind = acts_as(case, user)
    return str(Mandate.Kind(kind).label) if kind else ""
