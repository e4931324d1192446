"""Restarting and migrating while people read: nobody is turned away, and no table is waited for long."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.urls import reverse

from portal.accounts import drafts
from portal.management.commands import migrate
from tests import database, factories
from tests.programs import ROOT, wait_until
from tests.web_server import WebServer

pytestmark = pytest.mark.django_db(transaction=True)
A_SECOND = 30
TOKEN = "a" * 32
TABLE = "backup_backuplook"
READ = "SELECT * FROM backup_backuplook"


@pytest.fixture
def web(transactional_db, tmp_path):
    server = WebServer(connection.settings_dict["NAME"], tmp_path)
    server.start()
    yield server
    server.stop()


@dataclass(frozen=True)
class Ask:
    """A request of one person; with `words`, a form of those."""

    path: str
    cookie: str = ""
    words: str = ""

    def sent(self) -> bytes:
        head = f"Host: localhost\r\nCookie: {self.cookie}\r\nConnection: close\r\n"
        if not self.words:
            return f"GET {self.path} HTTP/1.1\r\n{head}\r\n".encode()
        body = urlencode({"csrfmiddlewaretoken": TOKEN, "first": self.words})
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return f"POST {self.path} HTTP/1.1\r\n{head}\r\n{body}".encode()


@contextlib.contextmanager
def asked(web: WebServer, asks: list[Ask]) -> Iterator[list[Future[bytes]]]:
    """Thirty requests a second while the block lasts, each on a line of its own; all are answered after it."""
    answers: list[Future[bytes]] = []
    is_over = threading.Event()

    def patiently(ask: Ask) -> bytes:
        with web.line(seconds=120) as line:
            line.sendall(ask.sent())
            return b"".join(iter(lambda: line.recv(65536), b""))

    def ask_on() -> None:
        began = time.monotonic()
        while not is_over.wait(max(0.0, began + len(answers) / A_SECOND - time.monotonic())):
            answers.append(pool.submit(patiently, asks[len(answers) % len(asks)]))

    with ThreadPoolExecutor(100) as pool:
        asking = threading.Thread(target=ask_on)
        asking.start()
        try:
            yield answers
        finally:
            is_over.set()
            asking.join()


def statuses(answers: list[Future[bytes]]) -> Counter[str]:
    """What was answered, how often; a line that broke by its kind."""
    broken = [type(answer.exception()).__name__ for answer in answers if answer.exception()]
    return Counter(broken + [answer.result()[:12].decode() for answer in answers if not answer.exception()])


def workers(web: WebServer) -> set[str]:
    pid = web.process.pid
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        return set(listed.read().split())


def waits(is_over: threading.Event) -> tuple[float, int]:
    """Seconds that anybody waited for what another one held, and how many did at once; looked at ten times a second."""
    longest, most = 0.0, 0
    try:
        while not is_over.wait(0.1):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT coalesce(extract(epoch FROM max(clock_timestamp() - waitstart)), 0), count(*) FROM pg_locks"
                    " WHERE NOT granted"
                )
                seconds, number = cursor.fetchone()
            longest, most = max(longest, float(seconds)), max(most, number)
    finally:
        connections.close_all()
    return longest, most


@pytest.fixture
def migrates(web):
    """Start the migration of the next version, as an upgrade does; what it added goes again."""
    command = [sys.executable, "manage.py", "migrate", "later"]
    surroundings = web.environment | {"PORTAL_DB_POOL": "0", "PORTAL_AS": "owner"}
    surroundings["DJANGO_SETTINGS_MODULE"] = "tests.house.later.settings"
    say = partial(subprocess.Popen, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL)
    yield lambda: say(command)
    web.stop()
    assert say([*command, "zero"]).wait(60) == 0


def migrate_under_a_reader(web, migrates) -> None:
    """Somebody reads the table for long: the migration waits for it, and whoever asks waits behind the migration."""
    with database.owner(connection.settings_dict["NAME"]) as reader:
        reader.autocommit = False
        reader.execute("SELECT count(*) FROM case_case")
        migrating = migrates()
        wait_until(database.somebody_waits, 60, "the migration to wait")
        time.sleep(0.7)
        reader.rollback()
    assert migrating.wait(60) == 0


@pytest.mark.full
@pytest.mark.timeout(600)
def test_no_request_fails_over_restarts_and_a_migration(web, migrates):
    case = factories.open_case()
    cookie = web.cookie(case.patient)
    pages = [reverse("pages:case_home", args=[case.pk]), reverse("records:list", args=[case.pk])]
    with_token = f"{cookie}; {web.cookie_name('csrf')}={TOKEN}"
    form = Ask(reverse("accounts:draft", args=["questions", case.pk]), with_token, "Will it hurt?")
    asks = [*[Ask(page, cookie) for page in pages], form, *[Ask(reverse("pages:landing"))] * 5]
    is_over = threading.Event()
    with ThreadPoolExecutor(1) as watching, asked(web, asks) as answers:
        watched = watching.submit(waits, is_over)
        for restart in range(2):
            before = workers(web)
            web.process.send_signal(signal.SIGHUP)
            wait_until(lambda before=before: not before & workers(web), 60, "the workers of before to end")
            if not restart:
                migrate_under_a_reader(web, migrates)
        is_over.set()
    assert statuses(answers) == {"HTTP/1.1 200": len(answers)}
    assert len(answers) > 4 * A_SECOND
    assert drafts.kept(case.patient, "questions", case.pk) == {"first": "Will it hurt?"}
    longest, most = watched.result()
    assert longest <= 2.0
    assert most > 1  # the migration, and requests behind it


@pytest.fixture
def in_use(transactional_db):
    """A reader holds the table that a migration takes away; the migration runs in a thread, as the owner."""
    with database.owner(connection.settings_dict["NAME"]) as reader:
        reader.autocommit = False
        reader.execute(READ)
        with database.django_as_owner(), ThreadPoolExecutor(1) as pool:
            yield reader, lambda: pool.submit(migrated_away)
            reader.rollback()
        with database.django_as_owner():
            call_command("migrate", "backup", verbosity=0)


def migrated_away() -> None:
    try:
        call_command("migrate", "backup", "zero", verbosity=0)
    finally:
        connections.close_all()


def seconds_of_another_reader() -> float:
    """How long somebody waits who wants to read the table behind the migration; 3 at most."""
    with database.owner(connection.settings_dict["NAME"]) as other:
        other.execute("SET statement_timeout = '3s'")
        began = time.monotonic()
        with contextlib.suppress(psycopg.errors.QueryCanceled):
            other.execute(READ)
        return time.monotonic() - began


def test_a_migration_that_waits_for_a_table_lets_others_pass_and_comes_again(in_use, monkeypatch):
    reader, begin = in_use
    monkeypatch.setattr(migrate, "WAITS", "300ms")
    monkeypatch.setattr(migrate, "PAUSE", 0.2)
    migrating = begin()
    wait_until(database.somebody_waits, 20, "the migration to wait")
    assert seconds_of_another_reader() < 3
    reader.rollback()
    migrating.result(60)
    assert TABLE not in connection.introspection.table_names()


def test_twin_without_a_bound_others_wait_as_long(in_use, monkeypatch):
    reader, begin = in_use
    monkeypatch.setattr(migrate, "WAITS", "0")
    migrating = begin()
    wait_until(database.somebody_waits, 20, "the migration to wait")
    assert seconds_of_another_reader() >= 3
    reader.rollback()
    migrating.result(60)
