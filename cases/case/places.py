"""A consultant's own part in a case: asked on every page of it, in one question that is written once in a process."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from cases.case.models import Assignment, Case, Consent, SecondReader, UrgentLook
from portal.accounts.models import User
from portal.once import once
from portal.ready import Ready


class Place(NamedTuple):
    """`looks` urgently: the page of that; `looks_into`: the files as well."""

    is_assigned: bool
    may_read: bool
    reads_along: bool
    looks: bool
    looks_into: bool


def place_in(case: Case, user: User) -> Place:
    """One query; one for a whole page."""
    return once(("place", case.pk, user.pk), lambda: _look(case, user))


def _look(case: Case, user: User) -> Place:
    found = STANDING.lists(case, case=case.pk, user=user.pk)
    return Place(**{name: bool(rows) for name, rows in found.items()})


def _standing(case: UUID, user: UUID) -> dict[str, QuerySet[Any]]:
    """By each field of `Place`, a row that makes it true."""
    looks = UrgentLook.objects.filter(case=case, reader=user)
    rows = {
        "is_assigned": Assignment.objects.filter(case=case, user=user, ended_at__isnull=True),
        "may_read": Consent.objects.standing().filter(case=case, kind=Consent.Kind.READ, consultant=user),
        "reads_along": SecondReader.objects.granted().filter(case=case, reader=user),
        "looks": looks.standing(),
        "looks_into": looks.reading(),
    }
    return {name: each.order_by().values_list("pk")[:1] for name, each in rows.items()}


STANDING = Ready(_standing)
