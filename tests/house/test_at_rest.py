"""At rest: what people write and send is in no file of the database, the store or the broker that could be read."""

import os
from pathlib import Path

import psycopg
import pytest
import redis
from django.db import connection
from psycopg import sql

from cases.case.actions import ask_to_do
from cases.documents import actions, checking
from portal import clock
from portal.accounts import drafts
from portal.actors import Actor
from portal.vault import keys
from tests import database, factories
from tests.documents.files import folder, upload
from tests.programs import wait_until

__all__ = ["folder"]

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]
CANARY = "Zitronenfalter"
PLAIN = "Schwalbenschwanz"  # a name stands in the rows as it is: the search would find the other word too


@pytest.fixture
def written(folder):
    """The word in everything that a person writes: of the case, a file and its name, a draft, a note for the team."""
    case = factories.open_case(diagnosis=CANARY, answers=CANARY)
    by = Actor.person(case.patient)
    version = actions.add_file(case, upload(f"{CANARY}.txt", f"{CANARY} was found in the left side.".encode()), by=by)
    checking.check(version.pk)
    version.refresh_from_db()
    assert version.state == "ready"
    assert CANARY in version.page_images.get().words
    drafts.keep(case.patient, "questions", case, {"first": CANARY})
    ask_to_do("call", case, case=case, due_on=clock.today(case.patient.zone), note=CANARY, by=by)
    type(case.patient).objects.filter(pk=case.patient_id).update(name=PLAIN)
    return case


def holds(path: Path, word: str) -> bool:
    """Whether a file holds the word, in one of the ways a program would write it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:  # the database renames its files
        return False
    return any(form in content for form in (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode()))


def holders(place: Path, word: str) -> list[str]:
    return [str(path.relative_to(place)) for path in place.rglob("*") if path.is_file() and holds(path, word)]


def rows() -> bytes:
    """Every row of every table as a backup would hold it."""
    with database.owner(connection.settings_dict["NAME"]) as db:
        tables = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return b"".join(table(db, name) for (name,) in tables)


def table(db: psycopg.Connection, name: str) -> bytes:
    with db.cursor().copy(sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(name))) as copy:
        return b"".join(bytes(part) for part in copy)


def broker() -> bytes:
    """Everything that the broker holds."""
    with redis.from_url(os.environ["REDIS_URL"]) as line:
        found = [(key, line.type(key)) for key in line.scan_iter()]
        lists = [b"".join(line.lrange(key, 0, -1)) for key, kind in found if kind == b"list"]
        return b"".join(key for key, _kind in found) + b"".join(lists)


def test_the_word_is_in_no_row_and_no_file(written, folder):
    database_files = Path(os.environ["PORTAL_VAR"]) / "postgres"  # of a server that the tests started
    if database_files.exists():
        wait_until(lambda: holders(database_files, PLAIN), 30, "the name in the database's files")
        assert holders(database_files, CANARY) == []
    assert PLAIN.encode() in rows()
    assert CANARY.encode() not in rows()
    assert list((folder / "documents").rglob("??/*"))
    assert holders(folder, CANARY) == []
    assert b"check_version" in broker()
    assert CANARY.encode() not in broker()


def test_no_key_lies_beside_what_it_opens(written, folder):
    master = next(iter(keys.master_keys().values()))
    for secret in (keys.raw(written.key), keys.raw(keys.house_key()), master):
        assert secret not in rows()
        assert not any(secret in path.read_bytes() for path in (folder / "documents").rglob("*") if path.is_file())
