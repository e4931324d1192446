"""Whoever of us asks for a page of a case and is refused leaves a line in its record: once a session, case and day.

Which case an address names is asked of all rows at once, by its keys, and only after a refusal: pages that open ask
the database nothing more.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet, UUIDField
from django.http import HttpRequest

from portal import clock, looks
from portal.actors import Actor
from portal.history.actions import record
from portal.history.ways import CASE, way

REFUSED = {403, 404}
NOTED = "refusals"
AT_MOST = 200  # keys that a session remembers; beyond them a line is written again


def note(request: HttpRequest, keys: list[UUID], looked: looks.Looked) -> None:
    """A line for each case that these keys of an address lead to, unless its record tells of it already."""
    today = clock.now().date().isoformat()
    noted = request.session.get(NOTED) or {}
    known: list[str] = list(noted.get("keys", [])) if noted.get("on") == today else []
    asked = [key for key in keys if str(key) not in known]
    found = list(_cases_of(asked)) if asked else []
    for case, patient in found:
        if str(case) not in known and case not in looked.told:
            about = apps.get_model(CASE)(pk=case)
            record(Actor.of(request), "case.denied", about, patient=patient, case=case)
        known.append(str(case))
    if found:
        known += [str(key) for key in asked if str(key) not in known]
        request.session[NOTED] = {"on": today, "keys": known[-AT_MOST:]}


def keys_in(kwargs: dict[str, Any]) -> list[UUID]:
    """What an address names by keys that nobody can guess."""
    return [value for value in kwargs.values() if isinstance(value, UUID)]


def _cases_of(keys: list[UUID]) -> Iterator[tuple[UUID, UUID]]:
    """Case and patient of whatever rows have these keys, each once; one question."""
    first, *others = [_rows(model, names, keys) for model, names in _of_cases()]
    yield from dict.fromkeys(first.union(*others, all=True))


def _rows(model: type[Model], names: tuple[str, ...], keys: list[UUID]) -> QuerySet[Any, Any]:
    case = "".join(f"{name}__" for name in names)
    rows = model._base_manager.filter(pk__in=keys, **{f"{case}pk__isnull": False})
    return rows.order_by().values_list(f"{case}pk", f"{case}patient_id")


@cache
def _of_cases() -> list[tuple[type[Model], tuple[str, ...]]]:
    """All kinds of rows that lead to a case and that an address can name."""
    found = [(model, way(model)) for model in apps.get_models() if isinstance(model._meta.pk, UUIDField)]
    return [(model, names) for model, names in found if names is not None]
