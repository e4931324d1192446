"""What permissions keep of the directory of offices: who sends, and who receives. Told of each merge by `offices`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.case.models import Office
from cases.case.office_ties import ids
from cases.records.release.models import Release, ReleaseRecipient
from cases.records.release.states import ReleaseState
from portal import clock
from portal.actors import Actor

COLUMNS = (Release._meta.get_field("holder"), ReleaseRecipient._meta.get_field("office"))


def cases_of(offices: list[UUID]) -> QuerySet[Any]:
    found = Release.objects.filter(Q(holder__in=offices) | Q(to__office__in=offices))
    return found.values_list("visit__case", flat=True)


def move(source: Office, target: Office, *, by: Actor) -> dict[str, list[str]]:
    """The permissions of one entry are those of the other: the same desk, under one name. What was read stays."""
    _give_way(source, target, by)
    releases, to = Release.objects.filter(holder=source), ReleaseRecipient.objects.filter(office=source)
    moved = {"releases": ids(releases), "recipients": ids(to)}
    releases.update(holder=target)
    to.update(office=target)
    return moved


def move_back(source: Office, target: Office, moved: Mapping[str, list[str]]) -> None:
    Release.objects.filter(pk__in=moved.get("releases", []), holder=target).update(holder=source)
    ReleaseRecipient.objects.filter(pk__in=moved.get("recipients", []), office=target).update(office=source)


def _give_way(source: Office, target: Office, by: Actor) -> None:
    """Of two unsigned forms for one visit, that of the entry which stands goes on."""
    there = Release.objects.drafts().filter(holder=target).values("visit")
    twins = Release.objects.drafts().filter(holder=source, visit__in=there)
    twins.update(state=ReleaseState.REPLACED, ended_at=clock.now(), ended_by=by.user)
