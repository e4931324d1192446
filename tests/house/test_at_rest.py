"""At rest: what people write and send is in no file of the database, the store or the broker that could be read."""

import os
from pathlib import Path

import psycopg
import pytest
import redis
from django.db import connection
from django.urls import reverse
from psycopg import sql

from bench.visitor import Visitor
from cases.case.actions import ask_to_do
from cases.documents import actions
from cases.documents.describing import actions as describing
from cases.documents.models import Version
from cases.documents.worker import checking
from portal import clock
from portal.accounts import drafts
from portal.actors import Actor
from portal.vault import keys
from tests import database, factories, plan_files
from tests.documents.files import folder, upload
from tests.programs import wait_until
from tests.web_server import WebServer

__all__ = ["folder"]

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]
CANARY = "Zitronenfalter"
PLAIN = "Schwalbenschwanz"  # a name stands in the rows as it is: the search would find the other word too


FILES = {
    ".txt": lambda: f"{CANARY} was found in the left side.".encode(),
    " locked.pdf": plan_files.locked_pdf,
    " with macros.docx": plan_files.docx_with_macros,
}


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
    describing.describe(version.document, kind="plan", title=CANARY, author=CANARY, dated_on=None, by=by)
    drafts.keep(case.patient, "questions", case, {"first": CANARY})
    ask_to_do("call", case, case=case, due_on=clock.today(case.patient.zone), note=CANARY, by=by)
    type(case.patient).objects.filter(pk=case.patient_id).update(name=PLAIN)
    return case


def content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):  # the database renames its files
        return b""


def holds(path: Path, word: str) -> bool:
    """Whether a file holds the word, in one of the ways a program would write it."""
    content = content_of(path)
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
    assert PLAIN.encode() in rows()
    assert CANARY.encode() not in rows()
    assert list((folder / "documents").rglob("??/*"))
    assert holders(folder, CANARY) == []
    for kept in (broker(), dump()):
        assert b"check_version" in kept
        assert CANARY.encode() not in kept


def test_the_word_is_in_no_file_of_the_database(written, database_files):
    wait_until(lambda: holders(database_files, PLAIN), 30, "the name in the database's files")
    assert holders(database_files, CANARY) == []


def dump() -> bytes:
    """The file that the broker would leave on its disk."""
    with redis.from_url(os.environ["REDIS_URL"]) as line:
        line.config_set("rdbcompression", "no")  # a packed word would not be found
        line.save()
        place = Path(line.config_get("dir")["dir"]) / line.config_get("dbfilename")["dbfilename"]
        try:
            return place.read_bytes()
        finally:
            place.unlink()


@pytest.fixture
def web(transactional_db):
    server = WebServer(connection.settings_dict["NAME"], Path(os.environ["PORTAL_VAR"]))
    server.start()
    yield server
    server.stop()


def test_the_word_is_in_no_log_no_dump_and_no_temporary_file(web, real_worker):
    """A file sent, looked for, opened, asked for wrongly; a locked one tried; through the programs that ship."""
    case = factories.open_case()
    visitor = Visitor(web.port)
    visitor.cookies = dict([web.cookie(case.patient).split("=", 1)])
    plan = reverse("documents:add_plan", args=[case.pk])
    visitor.get(plan)
    for name, content in FILES.items():
        visitor.send_file(plan, "files", f"{CANARY}{name}", content())
        assert visitor.status == 302
        visitor.get(plan)
    wait_until(lambda: not Version.objects.moving().exists(), 120, "the verdicts")
    ready, locked, _refused = Version.objects.order_by("put_in_at")
    assert (ready.state, locked.state, _refused.state) == ("ready", "locked", "refused")
    for address in [
        ready.document.get_absolute_url(),
        reverse("documents:file", args=[ready.pk]),
        f"/documents/{CANARY}/?{CANARY}",
    ]:
        visitor.get(address)
    visitor.get(reverse("documents:unlock", args=[locked.pk]))
    visitor.send(reverse("documents:unlock", args=[locked.pk]), {"password": CANARY})
    visitor.send(reverse("documents:search", args=[case.pk]), {"words": CANARY})
    assert CANARY in visitor.page
    place = Path(os.environ["PORTAL_VAR"])
    logs = [web.log, real_worker.log]
    assert all(log.read_bytes() for log in logs)
    assert [path.name for path in logs if holds(path, CANARY)] == []
    assert [path for folder in ("tmp", "documents", "mail") for path in holders(place / folder, CANARY)] == []
    assert CANARY.encode() not in dump()
    visitor.line.close()


def test_no_key_lies_beside_what_it_opens(written, folder):
    master = next(iter(keys.master_keys().values()))
    for secret in (keys.raw(written.key), keys.raw(keys.house_key()), master):
        assert secret not in rows()
        assert not any(secret in path.read_bytes() for path in (folder / "documents").rglob("*") if path.is_file())
