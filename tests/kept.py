"""Starts that many tests share: made once by the real actions, their rows written again for each next test.

A visit with its records takes some 200 queries to make. Where a test begins with one, in a database as the
migrations left it and at a moment that stands still, the statements that wrote its rows are sent again in one go.
Anything else (time that passes, rows already there, a test that commits, unusual arguments) makes it anew.
"""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, models

from portal import clock
from tests import people

Made = TypeVar("Made", bound=models.Model)

# What people and their browsers write: a test may have some of it before it begins.
OF_PEOPLE = {
    "accounts_user", "account_emailaddress", "mfa_authenticator", "django_session", "usersessions_usersession",
    "vault_datakey", "accounts_userchange",
}  # fmt: skip
# A row that this transaction wrote is as young as the transaction, or younger.
YOUNG = "SELECT 1 FROM {} WHERE xmin::text::bigint >= pg_current_xact_id()::xid::text::bigint"
PEOPLE = """
    SELECT string_agg((to_jsonb(person) - 'password' - 'last_login')::text, '' ORDER BY id) FROM accounts_user AS person
"""
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Start:
    """The statements that wrote a row and what belongs to it, and the people they speak of."""

    row: models.Model
    people: frozenset[str]
    statements: str


_starts: dict[Any, Start] = {}


def kept(make: Callable[..., Made]) -> Callable[..., Made]:
    """Make a row and what belongs to it once for its arguments and its moment, and write it again afterwards."""

    @functools.wraps(make)
    def made(*args: Any, **fields: Any) -> Made:
        if args or not _is_the_beginning():
            return make(*args, **fields)
        key = (make.__module__, make.__name__, repr(sorted(fields.items())), clock.now(), _people())
        if start := _starts.get(key):
            return _write_again(start)
        row, _starts[key] = _watch(make, fields)
        return row

    return made


def _is_the_beginning() -> bool:
    """Time stands still, and nothing but people was written by this test."""
    if time.time_ns() != time.time_ns() or not connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_any_young_row())
        return not cursor.fetchone()[0] and people.house_key()


@functools.cache
def _any_young_row() -> str:
    tables = sorted(set(connection.introspection.table_names()) - OF_PEOPLE)
    looks = (f"EXISTS ({YOUNG.format(connection.ops.quote_name(table))})" for table in tables)
    return f"SELECT {' OR '.join(looks)}"


def _people() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE)
        return cursor.fetchone()[0]


def _watch(make: Callable[..., Made], fields: dict[str, Any]) -> tuple[Made, Start]:
    statements = []

    def note(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith(WRITES) and not people.are_being_made():
            assert not many
            statements.append(connection.ops.last_executed_query(context["cursor"].cursor, sql, params))
        return answer

    with people.asked_for() as asked, connection.execute_wrapper(note):
        row = make(**fields)
    return row, Start(row, frozenset(asked), ";".join(statements))


def _write_again(start: Start) -> models.Model:
    for key in start.people:
        people.person(key)
    with connection.cursor() as cursor:
        cursor.execute(start.statements)
    return type(start.row).objects.get(pk=start.row.pk)
