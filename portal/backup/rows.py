"""Rows in and out of PostgreSQL by COPY, which needs no program of its own and works between versions of the server."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from psycopg import sql

from portal.backup.entries import Rows, Said


def tables() -> dict[str, list[str]]:
    """Each table of the portal with the columns that are stored, in the order of their names."""
    found: dict[str, list[str]] = {}
    for table, column in _asked(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY 1, 2"
    ):
        found.setdefault(table, []).append(column)
    return found


def out(table: str, columns: list[str]) -> Iterator[bytes]:
    """The rows of a table as lines, as they come."""
    words = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), _listed(columns))
    with connection.cursor() as cursor, cursor.copy(words) as copy:
        for data in copy:
            yield bytes(data)


def put(table: str, columns: list[str], data: Iterator[bytes]) -> None:
    words = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _listed(columns))
    with connection.cursor() as cursor, cursor.copy(words) as copy:
        for piece in data:
            copy.write(piece)


def counted(table: str, columns: list[str]) -> Said:
    """The foot that a table has as it stands here."""
    rows = Rows()
    for data in out(table, columns):
        rows.add(data)
    return rows.foot


def has_rows(table: str) -> bool:
    return bool(_asked(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))))


def counters() -> list[tuple[str, str, int]]:
    """(table, column, last number given) of each sequence that has given one."""
    owned = _asked(
        "SELECT t.relname, a.attname, pg_sequence_last_value(s.oid) FROM pg_class s"
        " JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
        " JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid"
        " WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace ORDER BY 1, 2"
    )
    return [(table, column, last) for table, column, last in owned if last is not None]


def set_counter(table: str, column: str, last: int) -> None:
    _asked("SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s), %s)", table, column, last)


def empty(names: list[str]) -> None:
    _done(sql.SQL("TRUNCATE {}").format(_listed(names)))


def guards() -> list[tuple[str, str, str]]:
    """(table, trigger, how it is on) of every trigger of ours: none may write or refuse while rows come back."""
    return _asked(
        "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relnamespace = 'public'::regnamespace"
    )


def turn(guard: tuple[str, str, str], *, is_on: bool) -> None:
    table, trigger, how = guard
    always = {"A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}.get(how, "ENABLE")
    verb = sql.SQL(always if is_on else "DISABLE")
    _done(sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(sql.Identifier(table), verb, sql.Identifier(trigger)))


def check_ties() -> None:
    """Every foreign key now, not at the commit. Raises IntegrityError."""
    _done("SET CONSTRAINTS ALL IMMEDIATE")


def _listed(names: list[str]) -> Any:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _asked(words: Any, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(words, values or None)
        return cursor.fetchall()


def _done(words: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words)
