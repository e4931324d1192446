"""A browser that asks for many pages of a file at once: one look, one line of history."""

import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection
from psycopg import sql

from cases.documents.reading import looks
from portal.actors import Actor
from portal.history.models import Event
from tests import database, factories, people
from tests.at_once.rivals import WAIT, at_once
from tests.documents.files import folder
from tests.reviews.world import plan

__all__ = ["folder"]
pytestmark = pytest.mark.django_db(transaction=True)

RIVALS = 3
LOCK = "    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(' ', $6, $8, $4), 0));\n"
WAITING = """
    SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = %s)
"""


@pytest.fixture
def version(folder):
    return plan(factories.open_case())


@pytest.fixture
def by(db):
    return Actor.person(people.person("rosa"))


@contextmanager
def lines_held_back():
    """Nobody writes a line, though everybody may look whether it stands, until all rivals wait."""
    name = connection.settings_dict["NAME"]
    held = threading.Event()

    def hold():
        with database.owner(name) as db, database.owner(name) as watch, db.transaction():
            db.execute("LOCK TABLE history_event IN SHARE MODE")
            held.set()
            until = time.monotonic() + WAIT
            while watch.execute(WAITING, [name]).fetchone()[0] < RIVALS and time.monotonic() < until:
                time.sleep(0.01)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(WAIT)
    yield
    thread.join(WAIT)


@contextmanager
def without_the_lock():
    """The database's function without the guard, as its owner can make it; put back afterwards."""
    with database.owner(connection.settings_dict["NAME"]) as db:
        (whole,) = db.execute("SELECT pg_get_functiondef('history_note_once'::regproc)").fetchone()
        assert LOCK in whole
        db.execute(sql.SQL(whole.replace(LOCK, "")))
        try:
            yield
        finally:
            db.execute(sql.SQL(whole))


def lines(version, by):
    with lines_held_back():
        at_once(*[partial(looks.note_opening, version, by=by) for _rival in range(RIVALS)])
    return Event.objects.filter(verb="document.opened", about_id=str(version.pk)).count()


def test_pages_asked_for_at_once_are_one_look(version, by):
    assert lines(version, by) == 1


def test_without_the_lock_each_of_them_is_a_line(version, by):
    with without_the_lock():
        assert lines(version, by) == RIVALS
