"""The case that a page is of, for whoever may know that it exists. The SQL of the question is written once."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from cases.case.models import Case
from portal import looks
from portal.ready import ReadyRows


def case_or_404(reader: Any, key: UUID, *along: str) -> Case:
    """The case and the rows `along` with it; 404 where the reader may not know of it."""
    found: list[Case] = CASE.of(reader=reader, key=key, along=along)
    if not found:
        raise Http404
    looks.found(found[0])
    return found[0]


def _case(reader: Any, key: UUID, along: tuple[str, ...]) -> QuerySet[Case]:
    found = Case.objects.visible_to(reader).filter(pk=key)
    return found.select_related(*along) if along else found


CASE = ReadyRows(_case, reader=("role", "can_sign_in"))
