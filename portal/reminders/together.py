"""A page shows rows of several kinds: the things they are about are read once for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from portal.reminders.models import Reminder


class Together:
    """The rows of one page, at one moment. The sender has none: it decides anew each time it looks."""

    def __init__(self, rows: Iterable[Reminder]) -> None:
        self._about: dict[str, set[UUID]] = defaultdict(set)
        self._found: dict[tuple[str, str], dict[UUID, Any]] = {}
        for row in rows:
            self._about[row.about_type].add(row.about_id)
            row.together = self

    def things(self, about_type: str, query: QuerySet[Any]) -> dict[UUID, Any]:
        key = (about_type, str(query.query))
        if key not in self._found:
            self._found[key] = query.in_bulk(self._about[about_type])
        return self._found[key]


def things(rows: Sequence[Reminder], query: QuerySet[Any]) -> dict[UUID, Any]:
    """What the rows of a kind are about, by id. One query; on a page, one for all kinds about such things."""
    if rows and (page := rows[0].together):
        return page.things(rows[0].about_type, query)
    return query.in_bulk([row.about_id for row in rows])
