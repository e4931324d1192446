"""The proof that counts: the rows are brought back into a database made for it, which then goes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from portal.backup.envelope import Broken
from portal.environment import database

LOCK = 4_715_010
SECONDS = 3000  # below the longest task


def is_possible() -> bool:
    """Whether the owner's account is known here, and may make databases."""
    try:
        with owner() as db:
            may = db.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
            return bool(may and may[0])
    except psycopg.OperationalError:
        return False


def bring_back(words: str) -> None:
    """Restore the rows of an archive beside the portal's own, and compare them. Raises Broken."""
    with owner() as db, _made(db) as name:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", words, "--only-rows"]
        try:
            done = subprocess.run(command, env=surroundings(name), capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise Broken("The rows did not come back in time.") from None
        if done.returncode:
            raise Broken(f"The rows did not come back. {done.stderr.strip().rpartition(chr(10))[2]}")


def surroundings(name: str) -> dict[str, str]:
    """What the restoring program is told: the database of that name, and no file of secrets that names another."""
    told = {key: _at(getattr(settings, key), name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    told |= {"PORTAL_AS": "owner", "PORTAL_ENV": settings.PORTAL_ENV}
    told |= {"BACKUP_KEY": settings.BACKUP_KEY, "BACKUP_TO": settings.BACKUP_TO}
    return {key: value for key, value in os.environ.items() if key.removesuffix("_FILE") not in told} | told


@contextmanager
def _made(db: psycopg.Connection) -> Iterator[str]:
    name = f"{connection.settings_dict['NAME']}_proof"
    if not db.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:  # type: ignore[index]
        raise Broken("Another proof is running.")
    drop(db, name)  # of a proof that was killed
    try:
        db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield name
    finally:
        drop(db, name)


def drop(db: psycopg.Connection, name: str) -> None:
    """Let the database of that name go, if there is one."""
    gone = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        db.execute(gone + sql.SQL(" WITH (FORCE)"))
    except psycopg.errors.InsufficientPrivilege:  # PostgreSQL is cleaning up in it: asked plainly, it makes way
        db.execute(gone)


def owner(name: str = "") -> psycopg.Connection:
    """Connected with the owner's account: to the portal's database, or that of another name."""
    if not settings.DATABASE_OWNER_URL:
        raise psycopg.OperationalError("no owner's account")
    given, now = database(settings.DATABASE_OWNER_URL), connection.settings_dict
    return psycopg.connect(
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        user=given["USER"] or None,
        password=given["PASSWORD"] or None,
        dbname=name or now["NAME"],
        autocommit=True,
        **given["OPTIONS"],
    )


def _at(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()
