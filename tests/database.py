"""The test database: made and migrated by its owner; tests log in as the portal does, with fewer rights."""

import os
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tests import migrated

BEFORE_TRUNCATE = 32  # bit of pg_trigger.tgtype
LOCK_SECONDS = 20
TRIES = 4
LET_GO = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user
"""


def create() -> None:
    """Make an empty database under the test's name, owned and migrated by DATABASE_OWNER_URL's account."""
    name = connections["default"].creation._get_test_db_name()
    drop(name)
    with owner(_given_name()) as db:
        db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name
    migrated.migrate(name, _migrate)


def _migrate() -> None:
    app, tables = (
        sql.Identifier(connections["default"].settings_dict["USER"]),
        "SELECT, INSERT, UPDATE, DELETE ON TABLES",
    )
    with owner(connections["default"].settings_dict["NAME"]) as db:
        for rights in (tables, "USAGE, SELECT ON SEQUENCES"):
            grant = sql.SQL(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} TO {{}}")
            db.execute(grant.format(app))
    with django_as_owner():
        call_command("migrate", verbosity=0, interactive=False)


def drop(name: str) -> None:
    """Drop a test's database. The portal's account sends its own connections away: a thread may have left one."""
    with _connect(os.environ["DATABASE_URL"], _given_name()) as db:
        db.execute(LET_GO, [name])
    with owner(_given_name()) as db:
        gone = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
        try:
            db.execute(gone + sql.SQL(" WITH (FORCE)"))
        except psycopg.errors.InsufficientPrivilege:  # PostgreSQL is cleaning up in it: asked plainly, it makes way
            db.execute(gone)


def owner(name: str) -> psycopg.Connection:
    """Connect to database `name` with the owner's account."""
    return _connect(os.environ["DATABASE_OWNER_URL"], name)


def _connect(url: str, name: str) -> psycopg.Connection:
    given, place = urlsplit(url), connections["default"].settings_dict
    return psycopg.connect(
        host=place["HOST"] or place["OPTIONS"].get("host"),
        port=place["PORT"] or None,
        user=unquote(given.username or ""),
        password=unquote(given.password or "") or None,
        dbname=name,
        autocommit=True,
    )


def _given_name() -> str:
    return urlsplit(os.environ["DATABASE_OWNER_URL"]).path.lstrip("/")


@contextmanager
def django_as_owner():
    """Let Django log in with the owner's account for a while, as one-off commands do."""
    connections["default"].close()
    given, place = urlsplit(os.environ["DATABASE_OWNER_URL"]), connections["default"].settings_dict
    app = {"USER": place["USER"], "PASSWORD": place["PASSWORD"]}
    place.update(USER=unquote(given.username or ""), PASSWORD=unquote(given.password or ""))
    try:
        yield
    finally:
        connections["default"].close()
        place.update(app)


def somebody_waits() -> bool:
    """Whether any transaction waits for what another one holds."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


class Rows:
    """What the migrations left in the tables, put back after each test that commits.

    Django's own flush would empty the texts, kinds and services that migrations fill, and needs rights that
    the portal's account does not have.
    """

    def __init__(self, name: str):
        self.db = owner(name)
        self.db.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        self.tables = [row[0] for row in self.db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        self.guards = self.db.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgtype & %s > 0",
            [BEFORE_TRUNCATE],
        ).fetchall()
        self.kept = {table: rows for table in self.tables if (rows := self._read(table))}

    def _read(self, table: str) -> bytes:
        with self.db.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            return b"".join(bytes(part) for part in copy)

    def put_back(self) -> None:
        """Empty every table, then write the kept rows again.

        A browser may still be loading the last page: its request and this one can wait for each other, and the
        server then sends one of them away. Sent away itself, this one asks again, once the page is through.
        """
        for _ in range(TRIES):
            with suppress(psycopg.errors.DeadlockDetected):
                return self._put_back()
        return self._put_back()

    def _put_back(self) -> None:
        with self.db.transaction():
            self._guard("DISABLE")
            names = sql.SQL(", ").join(map(sql.Identifier, self.tables))
            self.db.execute(sql.SQL("TRUNCATE {}").format(names))
            for table, rows in self.kept.items():
                with self.db.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(rows)
            self.db.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._guard("ENABLE")

    def _guard(self, verb: str) -> None:
        for table, trigger, enabled in self.guards:
            always = " ALWAYS" if verb == "ENABLE" and enabled == "A" else ""
            change = sql.SQL(f"ALTER TABLE {table} {verb}{always} TRIGGER {{}}")
            self.db.execute(change.format(sql.Identifier(trigger)))

    def close(self) -> None:
        self.db.close()
