"""A page shows rows of several kinds: the things they are about are read once for all of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from portal import beside
from portal.accounts.models import User
from portal.reminders import kinds
from portal.reminders.models import RecipientType, Reminder

About = Callable[[], QuerySet[Any]]


class Together:
    """The rows of one page, at one moment. The sender has none: it decides anew each time it looks."""

    def __init__(self, rows: Iterable[Reminder]) -> None:
        self._rows = list(rows)
        self._about: dict[str, set[UUID]] = defaultdict(set)
        self._found: dict[tuple[str, About], dict[UUID, Any]] = {}
        self._people: dict[str, User] | None = None
        for row in self._rows:
            self._about[row.about_type].add(row.about_id)
            row.together = self

    def things(self, about_type: str, about: About) -> dict[UUID, Any]:
        self._read()
        key = (about_type, about)
        if key not in self._found:
            self._found[key] = about().in_bulk(self._about[about_type])
        return self._found[key]

    def people(self) -> dict[str, User]:
        self._read()
        return self._people or {}

    def _read(self) -> None:
        """Whom the rows are for, and what they are about, as their kinds say that they read it. One query, once."""
        if self._people is not None:
            return
        asked = {}
        for about_type, code in {(row.about_type, row.kind) for row in self._rows}:
            kind = kinds.known(code)
            for about in kind.about if kind else ():
                asked[about_type, about] = about().filter(pk__in=self._about[about_type])
        queries = {f"list{at}": query for at, query in enumerate(asked.values())}
        found = beside.lists(self._rows[0], people=_people(self._rows), **queries)
        self._people = {str(person.pk): person for person in found.pop("people")}
        self._found = {key: {each.pk: each for each in rows} for key, rows in zip(asked, found.values(), strict=True)}


@dataclass(frozen=True)
class Due:
    """`Kind.still_due`: the rows whose thing is there, and for which this holds."""

    about: About
    is_so: Callable[[Any], bool]

    def __call__(self, rows: Iterable[Reminder], now: dt.datetime) -> set[Any]:
        rows = list(rows)
        found = things(rows, self.about)
        return {row.pk for row in rows if (thing := found.get(row.about_id)) and self.is_so(thing)}


@dataclass(frozen=True)
class Told:
    """`Kind.words`: the words of each thing for its reader."""

    about: About
    one: Callable[[Any, Any], kinds.Words]

    def __call__(self, rows: Iterable[Reminder], reader: Any, now: dt.datetime) -> dict[Any, kinds.Words]:
        rows = list(rows)
        found = things(rows, self.about)
        return {row.pk: self.one(found[row.about_id], reader) for row in rows}


def _people(rows: Iterable[Reminder]) -> QuerySet[User]:
    ids = {row.recipient_id for row in rows if row.recipient_type == RecipientType.USER}
    return User.objects.filter(pk__in=ids)


def people(rows: Sequence[Reminder]) -> dict[str, User]:
    """The people that rows are for, by id. One query; on a page, it comes with what the rows are about."""
    if rows and (page := rows[0].together):
        return page.people()
    return {str(person.pk): person for person in _people(rows)}


def things(rows: Sequence[Reminder], about: About) -> dict[UUID, Any]:
    """What the rows of a kind are about, by id. One query; on a page, one for the rows of all kinds."""
    if rows and (page := rows[0].together):
        return page.things(rows[0].about_type, about)
    return about().in_bulk([row.about_id for row in rows])
