"""What the desk keeps of the directory of offices: its links. Told of each merge through `office_ties`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from cases.case.models import Office
from cases.case.office_ties import Moved, Rows, Ties, ids
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import Ended
from cases.desk.mail import desks, planning
from portal import clock
from portal.actors import Actor


def _called(count: int) -> str:
    return ngettext("%(count)d link", "%(count)d links", count) % {"count": count}


ROWS = Rows(OfficeLink._meta.get_field("office"), case="visit__case", key="links", called=_called)


def move(source: Office, target: Office, *, by: Actor) -> Moved:
    """Links of one entry are the other's. Where both have one for a visit, the target's stands."""
    planning.hold_pages(source, target, by=by)
    found = ROWS.of(source)
    twins = OfficeLink.objects.standing().filter(office=target).values("visit")
    doubled = found.standing().filter(visit__in=twins)
    moved = {ROWS.key: ids(found), "doubled": ids(doubled)}
    doubled.update(ended_at=clock.now(), ended_why=Ended.MERGED)
    OfficeLink.objects.filter(pk__in=moved[ROWS.key]).update(office=target)
    return moved


def move_back(source: Office, target: Office, moved: Moved, *, by: Actor) -> None:
    """Those that still name the entry that stands go back, and those that a merge ended stand again."""
    found = ROWS.still(target, moved)
    back = ids(found)
    found.update(office=source)
    doubled = OfficeLink.objects.filter(pk__in=set(back) & set(moved["doubled"]), ended_why=Ended.MERGED)
    doubled.update(ended_at=None, ended_why="")


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """A link lives by the office's row; what came back is settled once its address is another, what waits is held."""
    desks.is_put_right(office, before, by=by)
    planning.address_changed(office, before, by=by)


TIES = Ties(
    columns=(ROWS.field,),
    cases_of=ROWS.cases_of,
    counted=ROWS.counted,
    counted_back=ROWS.counted_back,
    move=move,
    move_back=move_back,
    follow=follow,
)
