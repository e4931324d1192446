"""Sessions in the database, as Django keeps them. Every page reads one: that question is not written anew each time,
and tells whose session it is as well, and on a page the facts of the house.
"""

import datetime as dt
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import OuterRef, QuerySet

from portal import beside
from portal.accounts.backend import people_along, seen_by_pages
from portal.accounts.models import User
from portal.clock import real_now
from portal.once import is_page
from portal.texts import words

FIELDS = ["session_key", "session_data", "expire_date"]
ROW = f"SELECT {', '.join(FIELDS)} FROM django_session WHERE session_key = %s AND expire_date > %s"  # noqa: S608
A_KEY, A_MOMENT = "stands for a key", dt.datetime(9001, 1, 1, tzinfo=dt.UTC)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        along = people_along()
        own = {A_KEY: self.session_key, A_MOMENT: real_now()}
        sql, params = (ROW, tuple(own)) if along is None else _with_person(is_page())
        with connection.cursor() as cursor:
            cursor.execute(sql, [own.get(each, each) for each in params])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        row, lists = found[: len(FIELDS)], found[len(FIELDS) :]
        if along is not None:
            _tell(along, lists)
        return Session.from_db("default", FIELDS, row)


@cache
def _with_person(looks: bool) -> tuple[str, tuple[Any, ...]]:
    """The question with its values: once in a process for pages, once for forms."""
    rows = Session.objects.filter(session_key=A_KEY, expire_date__gt=A_MOMENT)
    return rows.values_list(*FIELDS, *map(beside.of, _lists(looks))).query.sql_with_params()


def _lists(looks: bool) -> "tuple[QuerySet[Any], ...]":
    people = seen_by_pages(User.objects.filter(usersession__session_key=OuterRef("session_key")), looks=looks)
    return (people, words.house()) if looks else (people,)


@cache
def _readers(looks: bool) -> list[beside.Reader]:
    return [beside.reader_of(query) for query in _lists(looks)]


def _tell(along: list[User], lists: Iterable[Iterable[str]]) -> None:
    """Each list is the rows of one query, each row as text."""
    looks = is_page()
    people, *house = (read(map(json.loads, found)) for read, found in zip(_readers(looks), lists, strict=True))
    along += people
    if looks:
        words.tell_house(house[0])
