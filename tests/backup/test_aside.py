"""The database as it was before an upgrade: copied, put back, also when that is broken off."""

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from portal.backup import aside, scratch
from portal.backup.envelope import Broken
from tests import database

NAME = "aside_of_tests"
BEFORE, FAILED = f"{NAME}_before", f"{NAME}_failed"


def ask(words: str, name: str = NAME):
    with database.owner(name) as db:
        return db.execute(words).fetchone()[0]


def there() -> set[str]:
    return {name for name in (NAME, BEFORE, FAILED) if is_there(name)}


def is_there(name: str) -> bool:
    with database.owner("postgres") as db:
        return db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


@pytest.fixture(autouse=True)
def small(django_db_setup, monkeypatch, django_db_blocker):
    """A database of one row, in the portal's place."""
    monkeypatch.setattr(aside, "PATIENCE", 3.0)
    with django_db_blocker.unblock(), database.owner("postgres") as db:
        for name in (NAME, BEFORE, FAILED):
            scratch.drop(db, name)
        db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(NAME)))
        with database.owner(NAME) as inside:
            inside.execute("CREATE TABLE word AS SELECT 'before' AS said")
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", NAME)
        yield
        for name in (NAME, BEFORE, FAILED):
            scratch.drop(db, name)


def change() -> None:
    with database.owner(NAME) as db:
        db.execute("UPDATE word SET said = 'after'")
        db.execute("CREATE TABLE further AS SELECT 1 AS number")


def test_what_was_changed_since_goes():
    aside.copy()
    change()

    assert aside.back() is True
    assert (ask("SELECT said FROM word"), ask("SELECT to_regclass('further')"), there()) == ("before", None, {NAME})
    assert aside.back() is False
    assert there() == {NAME}


def test_put_back_half_way_is_put_back_wholly_by_the_next():
    aside.copy()
    change()
    with database.owner("postgres") as db:  # who was putting it back died between two names
        db.execute(f"ALTER DATABASE {NAME} RENAME TO {FAILED}")

    assert aside.back() is True
    assert (ask("SELECT said FROM word"), there()) == ("before", {NAME})


def test_a_copy_is_made_anew_and_forgotten():
    aside.copy()
    change()
    aside.copy()
    assert ask("SELECT said FROM word", BEFORE) == "after"
    aside.forget()
    aside.forget()
    assert (ask("SELECT said FROM word"), there()) == ("after", {NAME})


def test_nothing_is_touched_while_somebody_is_connected(monkeypatch):
    aside.copy()
    monkeypatch.setattr(aside, "PATIENCE", 0.5)
    change()
    with database.owner(NAME), pytest.raises(Broken, match="stop web, worker and beat"):
        aside.back()
    assert there() == {NAME, BEFORE}
    with database.owner(BEFORE) as held:  # a copy in use is no longer needed by anybody: it makes way
        with pytest.raises(psycopg.errors.ObjectInUse), database.owner("postgres") as db:
            db.execute(f"DROP DATABASE {BEFORE}")
        assert held.execute("SELECT said FROM word").fetchone()[0] == "before"
    assert aside.back() is True
    assert ask("SELECT said FROM word") == "before"
