"""Work of one turn at a time: whoever else is there waits or goes on, also through a pooler that mixes lines."""

import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from portal import alone as turns
from portal.environment import database
from portal.management.commands import migrate
from tests.database import owner
from tests.house.pooler import Pooler

NUMBER = 0x7E57
LOCK = "SELECT pg_try_advisory_lock(%s)"


@pytest.mark.django_db
def test_one_turn_at_a_time_and_the_next_once_it_is_over():
    with turns.alone(NUMBER) as first, turns.alone(NUMBER) as second, turns.alone(NUMBER + 1) as another:
        assert (first, second, another) == (True, False, True)
    with pytest.raises(ZeroDivisionError), turns.alone(NUMBER):
        1 / 0  # noqa: B018
    with turns.alone(NUMBER) as again:
        assert again


@pytest.fixture
def pgbouncer(tmp_path):
    sockets = Path(connection.settings_dict["HOST"])
    pooler = Pooler(tmp_path / "pooler", sockets, lines=4)
    pooler.start()
    yield pooler
    pooler.stop()


@pytest.mark.full
@pytest.mark.django_db
def test_a_turn_ends_through_a_pooler(pgbouncer, monkeypatch):
    """A lock of a session stays behind on a line that another has by then, as is shown first."""
    url = pgbouncer.url.replace("/portal?", f"/{connection.settings_dict['NAME']}?")
    pooled = DatabaseWrapper(connection.settings_dict | database(url), "default")
    with pooled.cursor() as cursor:
        cursor.execute(LOCK, [NUMBER + 2])
        busy = pooled.copy()
        busy.set_autocommit(False)
        with busy.cursor() as other:  # takes the line that was free
            other.execute("SELECT 1")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [NUMBER + 2])
            assert cursor.fetchone() == (False,)
        busy.close()
    monkeypatch.setattr(turns, "connection", pooled)
    for _ in range(10):
        with turns.alone(NUMBER) as is_alone, turns.alone(NUMBER) as is_second:
            assert (is_alone, is_second) == (True, False)
            with pooled.cursor() as cursor:
                cursor.execute("SELECT 1")
    pooled.close()


def test_a_pooler_by_transactions_keeps_no_cursor_of_the_server():
    assert database("postgres://app@db:6432/portal?pooler=transaction")["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database("postgres://app@db/portal")["DISABLE_SERVER_SIDE_CURSORS"] is False
    assert "pooler" not in database("postgres://app@db/portal?pooler=transaction&sslmode=verify-full")["OPTIONS"]
    with pytest.raises(ImproperlyConfigured):
        database("postgres://app@db/portal?pooler=session")


@pytest.mark.django_db(transaction=True)
def test_machines_that_start_together_migrate_one_after_the_other(monkeypatch):
    monkeypatch.setattr(migrate, "PAUSE", 0.02)
    began = threading.Event()

    def migrated() -> None:
        with migrate.in_turn("default"):
            began.set()
        connection.close()

    with owner(connection.settings_dict["NAME"]) as other:
        assert other.execute(LOCK, [migrate.ONE_AT_A_TIME]).fetchone() == (True,)
        second = threading.Thread(target=migrated)
        second.start()
        assert not began.wait(0.2)
        monkeypatch.setattr(migrate, "LONGEST", 0.1)
        with pytest.raises(CommandError, match="Another migration"), migrate.in_turn("default"):
            pass
        other.execute("SELECT pg_advisory_unlock(%s)", [migrate.ONE_AT_A_TIME])
        assert began.wait(20)
        second.join()
    with migrate.in_turn("default"):
        pass
