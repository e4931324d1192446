"""Whom and which case an administrator means, and the lines that are shown with names."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from cases.case.helping.rules import SWITCHES, Chosen
from cases.case.models import Case, HelperChange
from portal.accounts.models import User
from portal.pages.rights import words
from portal.pages.rights.finding import HELP, Row

PEOPLE_FOUND = 200


def people_named(typed: str) -> list[User] | None:
    """By a part of the name, or by the whole address; None when nobody was asked for."""
    if not typed:
        return None
    named = Q(name__icontains=typed) | Q(called__icontains=typed) | Q(email__iexact=typed)
    return list(User.objects.filter(named).only("pk", "role").order_by("pk")[:PEOPLE_FOUND])


def cases_named(reference: str) -> list[Case] | None:
    """The one with this reference; None when none was asked for."""
    return list(Case.objects.filter(reference=reference).only("pk", "patient")) if reference else None


def lines(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Each row in words. Three queries, however many there are."""
    people = {person for row in rows for person in row.people}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}
    of_cases = {row.of_case for row in rows if row.of_case}
    cases = dict(Case.objects.filter(pk__in=of_cases).values_list("pk", "reference")) if of_cases else {}
    own = {row.row for row in rows if row.kind == HELP and row.what == Chosen.OWN}
    picked = HelperChange.objects.in_bulk(own) if own else {}
    return [words.line(row, names, cases, _switches(row, picked)) for row in rows]


def _switches(row: Row, picked: dict[int, HelperChange]) -> list[str]:
    helper = picked.get(row.row) if row.kind == HELP else None
    return [name for name in SWITCHES if getattr(helper, name)] if helper else []
