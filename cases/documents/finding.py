"""What every page of files begins with: the case or the file, found through what the person may know."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from cases.case.models import Case
from cases.case.people import where
from cases.documents.reading import looks
from portal.access import find_or_404
from portal.actors import Actor

# The pages that a file's buttons stand on, as their forms name them.
BACK = {"plan": "documents:add_plan", "add": "documents:add", "list": "documents:list"}


def cases_with_files(user: Any) -> QuerySet[Case]:
    """The cases whose files somebody sees or adds to; who began one and helps in it sees what she put in."""
    if not user.is_authenticated or not user.is_active:
        return Case.objects.none()
    hers = Q(starter=user.pk) & where(user, "see") & ~Q(state=Case.State.CLOSED)
    return Case.objects.filter(where(user, "list_documents") | where(user, "add_documents") | hers)


def case_of(request: HttpRequest, pk: UUID) -> Case:
    """The case whose files a page is about, or 404; being refused is on record."""
    try:
        return find_or_404(cases_with_files(request.user).select_related("patient", "starter"), pk=pk)
    except Http404:
        looks.note_case_denial(pk, by=Actor.of(request))
        raise


def found(request: HttpRequest, visible: QuerySet[Any], pk: UUID) -> Any:
    """The row, or 404 like one that does not exist; asking for another person's is put on record.

    So is not what a person may know and this page does not show.
    """
    try:
        return find_or_404(visible, pk=pk)
    except Http404:
        if not looks.may_know(visible.model, pk, request.user):
            looks.note_denial(visible.model, pk, by=Actor.of(request))
        raise


def base_of(request: HttpRequest) -> str:
    return "base_staff.html" if request.user.role else "base_patient.html"


def number(asked: str | None) -> int:
    """A page or version as an address names it; 0 for anything else."""
    return int(asked) if asked and asked.isdecimal() and len(asked) < 6 else 0
