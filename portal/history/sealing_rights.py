"""The rows of rights in a night's digest: of each table that has new ones, from where to where, and their digest.

The columns are said with it, so that a table may get another one later.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from portal.history import kept
from portal.history.models import Digest
from portal.history.plain import plain

Night = dict[str, dict[str, Any]]
BATCH = 2000


def made(uptos: Mapping[str, int]) -> Night:
    """Of each table the rows since the night before, up to these ids; tables without new ones are left out."""
    night = {}
    for table in kept.TABLES:
        after, upto = last_upto(table), uptos.get(table, 0)
        if upto > after:
            night[table] = _sealed(table, after, upto, _columns(table))
    return night


def last_upto(table: str) -> int:
    """Up to which row of a table the nights reach."""
    last = Digest.objects.filter(rights__has_key=table).order_by("pk").last()
    return int(last.rights[table]["upto"]) if last else 0


def sealed_again(table: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The same rows as they are now. Raises DatabaseError where a column is gone."""
    return _sealed(table, int(said["after"]), int(said["upto"]), list(said["columns"]))


def _sealed(table: str, after: int, upto: int, columns: list[str]) -> dict[str, Any]:
    digest, count, newest = hashlib.sha256(), 0, None
    at = columns.index("pgh_created_at")
    for row in _rows(table, after, upto, columns):
        digest.update(json.dumps([plain(value) for value in row], separators=(",", ":")).encode() + b"\n")
        count, newest = count + 1, max(newest or row[at], row[at])
    return {
        "after": after,
        "upto": upto,
        "rows": count,
        "newest": plain(newest),
        "sha256": digest.hexdigest(),
        "columns": columns,
    }


def _rows(table: str, after: int, upto: int, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """The first night's reach down without end: a row put in under id 0 is among them."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    since = sql.SQL("pgh_id > {} AND").format(sql.Literal(after)) if after else sql.SQL("")
    asked = sql.SQL("SELECT {} FROM {} WHERE {} pgh_id <= {} ORDER BY pgh_id").format(
        names, sql.Identifier(table), since, sql.Literal(upto)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        while rows := cursor.fetchmany(BATCH):
            yield from rows


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " ORDER BY attnum",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]
