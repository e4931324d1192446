"""What letters keep of the directory of offices: to whom they go."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from cases.case.models import Office
from cases.case.office_ties import Moved, Rows, Ties, ids
from cases.desk.letters import sending
from cases.desk.letters.models import Letter
from portal.actors import Actor


def _called(count: int) -> str:
    return ngettext("%(count)d letter", "%(count)d letters", count) % {"count": count}


ROWS = Rows(Letter._meta.get_field("office"), case="case", key="letters", called=_called)


def move(source: Office, target: Office, *, by: Actor) -> Moved:
    found = ROWS.of(source)
    moved = {ROWS.key: ids(found)}
    found.update(office=target)
    return moved


def move_back(source: Office, target: Office, moved: Moved, *, by: Actor) -> None:
    ROWS.still(target, moved).update(office=source)


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """A letter that would say something wrong by now ends at once; its paper is asked back where it may be out."""
    sending.follow_office(office, by=by)


TIES = Ties(
    columns=(ROWS.field,),
    cases_of=ROWS.cases_of,
    counted=ROWS.counted,
    counted_back=ROWS.counted_back,
    move=move,
    move_back=move_back,
    follow=follow,
)
