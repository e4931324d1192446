"""What letters keep of the directory of offices: to whom they go."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import ngettext

from cases.case.models import Office
from cases.case.office_ties import Moved, Ties, ids
from cases.desk.letters.models import Letter, LetterQuerySet
from portal.actors import Actor


def cases_of(offices: Iterable[UUID]) -> set[UUID]:
    return set(Letter.objects.filter(office__in=list(offices)).values_list("case", flat=True))


def counted(office: Office) -> list[str]:
    return _counted(Letter.objects.filter(office=office))


def counted_back(office: Office, moved: Moved) -> list[str]:
    return _counted(_still(office, moved))


def _counted(found: LetterQuerySet) -> list[str]:
    count = found.count()
    return [ngettext("%(count)d letter", "%(count)d letters", count) % {"count": count}] if count else []


def move(source: Office, target: Office, *, by: Actor) -> Moved:
    found = Letter.objects.filter(office=source)
    moved = {"letters": ids(found)}
    found.update(office=target)
    return moved


def move_back(source: Office, target: Office, moved: Moved, *, by: Actor) -> None:
    _still(target, moved).update(office=source)


def _still(office: Office, moved: Moved) -> LetterQuerySet:
    return Letter.objects.filter(pk__in=moved.get("letters", []), office=office)


def follow(office: Office, before: Mapping[str, Any], *, by: Actor) -> None:
    """A letter says what it said when it was made; what it is allowed to do is asked anew each time."""


TIES = Ties(
    columns=(Letter._meta.get_field("office"),),
    cases_of=cases_of,
    counted=counted,
    counted_back=counted_back,
    move=move,
    move_back=move_back,
    follow=follow,
)
