"""What the desk keeps of the directory of offices: its links. Told of each merge through `office_ties`."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import ngettext

from cases.case.models import Office
from cases.case.office_ties import Moved, Ties, ids
from cases.desk.links.models import OfficeLink, OfficeLinkQuerySet
from cases.desk.links.rules import Ended
from cases.desk.mail import desks
from portal import clock
from portal.actors import Actor


def cases_of(offices: Iterable[UUID]) -> set[UUID]:
    return set(OfficeLink.objects.filter(office__in=list(offices)).values_list("visit__case", flat=True))


def counted(office: Office) -> list[str]:
    return _counted(OfficeLink.objects.filter(office=office))


def counted_back(office: Office, moved: Moved) -> list[str]:
    return _counted(_still(office, moved))


def _counted(found: OfficeLinkQuerySet) -> list[str]:
    count = found.count()
    return [ngettext("%(count)d link", "%(count)d links", count) % {"count": count}] if count else []


def move(source: Office, target: Office, *, by: Actor) -> Moved:
    """Links of one entry are the other's. Where both have one for a visit, the target's stands."""
    found = OfficeLink.objects.filter(office=source)
    twins = OfficeLink.objects.standing().filter(office=target).values("visit")
    doubled = found.standing().filter(visit__in=twins)
    moved = {"links": ids(found), "doubled": ids(doubled)}
    doubled.update(ended_at=clock.now(), ended_why=Ended.MERGED)
    OfficeLink.objects.filter(pk__in=moved["links"]).update(office=target)
    return moved


def move_back(source: Office, target: Office, moved: Moved, *, by: Actor) -> None:
    """Those that still name the entry that stands go back, and those that a merge ended stand again."""
    found = _still(target, moved)
    back = ids(found)
    found.update(office=source)
    doubled = OfficeLink.objects.filter(pk__in=set(back) & set(moved["doubled"]), ended_why=Ended.MERGED)
    doubled.update(ended_at=None, ended_why="")


def _still(office: Office, moved: Moved) -> OfficeLinkQuerySet:
    return OfficeLink.objects.filter(pk__in=moved["links"], office=office)


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """A link lives by the office's row; what came back is settled once its address is another."""
    desks.is_put_right(office, before, by=by)


TIES = Ties(
    columns=(OfficeLink._meta.get_field("office"),),
    cases_of=cases_of,
    counted=counted,
    counted_back=counted_back,
    move=move,
    move_back=move_back,
    follow=follow,
)
