"""What talks live by of the directory of offices; told of each change and merge through `office_ties`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from cases.case.models import Office
from cases.case.office_ties import Moved, Rows, Ties, ids
from cases.opinions.talk.actions import TOGETHER
from cases.opinions.talk.models import Talk, TalkQuerySet
from cases.opinions.talk.planning import replan
from portal import clock
from portal.actors import Actor


def _called(count: int) -> str:
    return ngettext("%(count)d talk", "%(count)d talks", count) % {"count": count}


ROWS = Rows(Talk._meta.get_field("office"), case="case", key="talks", called=_called)


def move(source: Office, target: Office, *, by: Actor) -> Moved:
    """Talks at one entry are at the other. Days and times stay as they stand on paper."""
    found = ROWS.of(source)
    moved = {ROWS.key: ids(found)}
    _name(target, found)
    return moved


def move_back(source: Office, target: Office, moved: Moved, *, by: Actor) -> None:
    _name(source, ROWS.still(target, moved))


def _name(office: Office, found: TalkQuerySet) -> None:
    talks = set(found.values_list("pk", flat=True))
    found.update(office=office)
    _live_by(office, Talk.objects.open().filter(pk__in=talks))


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """The days of its talks follow what the entry says now."""
    if before.keys() & {"region", "time_zone"}:
        _live_by(office, Talk.objects.open().filter(office=office))


def _live_by(office: Office, found: TalkQuerySet) -> None:
    """Plan anew by its clock and its closed days. Every case is locked.

    What was said or asked of it already is not said once more: only of another instant that is to come are the words
    others, and those on their way not sent.
    """
    now = clock.now()
    for talk in found.select_related(*TOGETHER):
        before, talk.time_zone = talk.starts_at, office.time_zone
        is_moved = talk.starts_at != before and talk.starts_at is not None and talk.starts_at > now
        talk.version += is_moved
        talk.save(update_fields=["time_zone", "version"])
        replan(talk, now=now)


TIES = Ties(
    columns=(ROWS.field,),
    cases_of=ROWS.cases_of,
    counted=ROWS.counted,
    counted_back=ROWS.counted_back,
    move=move,
    move_back=move_back,
    follow=follow,
)
