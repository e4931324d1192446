"""The database as it was before an upgrade: a copy beside it, put back when the upgrade fails.

Only while nobody else is connected. Each step may be broken off and run again: what is there says how far it came.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from psycopg import sql

from portal.backup import scratch
from portal.backup.envelope import Broken

PATIENCE = 30.0  # seconds for those who were just stopped to be gone
PAUSE = 0.3
MEETING_PLACE = "postgres"  # every PostgreSQL has it; nobody may be in the database that is copied


def copy() -> None:
    """Copy the database beside itself, in place of a copy of an earlier upgrade. Raises Broken."""
    name = _name()
    with _owner() as db:
        scratch.drop(db, _before(name))
        _patiently(db, sql.SQL("CREATE DATABASE {} TEMPLATE {}"), _before(name), name)


def back() -> bool:
    """Put the copy in the database's place; False where there is none. Raises Broken."""
    name = _name()
    with _owner() as db:
        if not _is_there(db, _before(name)):
            return False
        if _is_there(db, name):
            scratch.drop(db, _failed(name))
            _patiently(db, sql.SQL("ALTER DATABASE {} RENAME TO {}"), name, _failed(name))
        _patiently(db, sql.SQL("ALTER DATABASE {} RENAME TO {}"), _before(name), name)
        scratch.drop(db, _failed(name))
    return True


def forget() -> None:
    """The upgrade stands: its copy goes."""
    with _owner() as db:
        scratch.drop(db, _before(_name()))
        scratch.drop(db, _failed(_name()))


def _name() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _before(name: str) -> str:
    return f"{name}_before"


def _failed(name: str) -> str:
    return f"{name}_failed"


def _is_there(db: psycopg.Connection, name: str) -> bool:
    return db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


@contextmanager
def _owner() -> Iterator[psycopg.Connection]:
    try:
        with scratch.owner(MEETING_PLACE) as db:
            yield db
    except psycopg.errors.InsufficientPrivilege:
        raise Broken("The owner's account may not make databases: ALTER ROLE portal_owner CREATEDB.") from None
    except psycopg.Error as error:  # its words may hold an address
        raise Broken(f"The database cannot be set aside ({type(error).__name__}).") from None


def _patiently(db: psycopg.Connection, words: sql.SQL, *names: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            db.execute(words.format(*map(sql.Identifier, names)))
            return
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise Broken("Somebody is still connected to the database: stop web, worker and beat.") from None
            time.sleep(PAUSE)
