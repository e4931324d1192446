"""What copies of an ID keep of the directory of offices: whom they are for. Told of each merge by `offices`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.case.models import Office
from cases.case.office_ties import ids
from cases.records.wants import copies
from cases.records.wants.models import IdentityCopy
from portal.actors import Actor

COLUMNS = (IdentityCopy._meta.get_field("office"),)


def cases_of(offices: list[UUID]) -> QuerySet[Any]:
    return IdentityCopy.objects.filter(office__in=offices).values_list("visit__case", flat=True)


def move(source: Office, target: Office, *, by: Actor) -> dict[str, list[str]]:
    """A copy for one entry is for the other: the same desk, under one name."""
    there = IdentityCopy.objects.live().filter(office=target).values_list("visit", flat=True)
    copies.give_way(there, source, by=by)
    found = IdentityCopy.objects.filter(office=source)
    moved = {"identity_copies": ids(found)}
    found.update(office=target)
    return moved


def move_back(source: Office, target: Office, moved: Mapping[str, list[str]]) -> None:
    IdentityCopy.objects.filter(pk__in=moved.get("identity_copies", []), office=target).update(office=source)
