"""What talks live by of the directory of offices; told of each change and merge through `office_ties`."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import ngettext

from cases.case.models import Office
from cases.case.office_ties import Moved, Ties, ids
from cases.opinions.talk.actions import TOGETHER
from cases.opinions.talk.models import Talk, TalkQuerySet
from cases.opinions.talk.planning import replan
from portal import clock
from portal.actors import Actor


def cases_of(offices: Iterable[UUID]) -> set[UUID]:
    return set(Talk.objects.filter(office__in=list(offices)).values_list("case", flat=True))


def counted(office: Office) -> list[str]:
    return _counted(Talk.objects.filter(office=office))


def counted_back(office: Office, moved: Moved) -> list[str]:
    return _counted(_still(office, moved))


def _counted(found: TalkQuerySet) -> list[str]:
    count = found.count()
    return [ngettext("%(count)d talk", "%(count)d talks", count) % {"count": count}] if count else []


def move(source: Office, target: Office, *, by: Actor) -> Moved:
    """Talks at one entry are at the other. Days and times stay as they stand on paper."""
    found = Talk.objects.filter(office=source)
    moved = {"talks": ids(found)}
    _name(target, found)
    return moved


def move_back(source: Office, target: Office, moved: Moved, *, by: Actor) -> None:
    _name(source, _still(target, moved))


def _still(office: Office, moved: Moved) -> TalkQuerySet:
    return Talk.objects.filter(pk__in=moved["talks"], office=office)


def _name(office: Office, found: TalkQuerySet) -> None:
    talks = set(found.values_list("pk", flat=True))
    found.update(office=office)
    _live_by(office, Talk.objects.open().filter(pk__in=talks))


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """The days of its talks follow what the entry says now."""
    if before.keys() & {"region", "time_zone"}:
        _live_by(office, Talk.objects.open().filter(office=office))


def _live_by(office: Office, found: TalkQuerySet) -> None:
    """Plan anew by its clock and its closed days. Every case is locked."""
    for talk in found.select_related(*TOGETHER):
        talk.time_zone = office.time_zone
        talk.version += 1
        talk.save(update_fields=["time_zone", "version"])
        replan(talk, now=clock.now())


TIES = Ties(
    columns=(Talk._meta.get_field("office"),),
    cases_of=cases_of,
    counted=counted,
    counted_back=counted_back,
    move=move,
    move_back=move_back,
    follow=follow,
)
