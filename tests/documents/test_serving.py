"""Files before the web server as it ships: what is too large, breaks off or comes slowly, and names on its disk."""

import contextlib
import os
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from bench.__main__ import descendants
from cases.documents.models import Document, Version
from tests import factories
from tests.documents.files import stored
from tests.programs import wait_until
from tests.slow_senders import slow_senders
from tests.web_server import WebServer

pytestmark = pytest.mark.django_db(transaction=True)
MB = 2**20
SENDERS = 200


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
    server = WebServer(name, tmp_path_factory.mktemp("var"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def web(server, transactional_db):
    """One server for all tests here: it takes seconds to start."""
    return server


@pytest.fixture
def folder(web):
    """Where the server keeps files, and the tests look for them."""
    return web.var


@pytest.fixture
def own_store():
    """The server is another process."""


@pytest.fixture
def case(web):
    return factories.open_case()


def head(path, cookie, length, name="plan.pdf"):
    part = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n{part}"
    ).encode()


def plan_page(case):
    return reverse("documents:add_plan", args=[case.pk])


def left(folder):
    """(documents, versions, files in the store, files in the temporary folder)."""
    temporary = [path for path in (folder / "tmp").rglob("*") if path.is_file()]
    return Document.objects.count(), Version.objects.count(), stored(folder), temporary


def sent_until_answered(line, megabytes):
    """(status line, megabytes that went before the answer or the cut)."""
    for sent in range(megabytes):
        try:
            line.sendall(bytes(MB))
        except OSError:
            break
        line.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            return line.recv(4096).split(b"\r\n")[0].decode(), sent + 1
        line.settimeout(20)
    line.settimeout(20)
    return line.recv(4096).split(b"\r\n")[0].decode(), sent


def test_500_megabytes_against_the_form_are_cut_off_near_the_limit(web, case, folder):
    with web.line() as line:
        line.sendall(head(plan_page(case), web.cookie(case.patient), 500 * MB))
        status, sent = sent_until_answered(line, 500)
    assert " 413 " in status
    assert 100 <= sent < 140  # the limit, what is read on for a browser's sake, what the sockets hold
    assert left(folder) == (0, 0, [], [])


def test_a_line_that_drops_leaves_no_row_and_no_file(web, case, folder):
    with web.line() as line:
        line.sendall(head(plan_page(case), web.cookie(case.patient), 20 * MB) + bytes(5 * MB))
    assert b" 200 OK" in web.ask(plan_page(case), web.cookie(case.patient))
    assert left(folder) == (0, 0, [], [])


def test_others_are_answered_while_200_send_slowly(web, case, folder):
    cookie = web.cookie(case.patient)
    with slow_senders(web.port, plan_page(case), SENDERS, cookie) as lines:
        for _turn in range(3):
            assert b" 200 OK" in web.ask(plan_page(case), cookie)
        small = web.ask(plan_page(case), cookie, "POST", Content_Type="application/x-www-form-urlencoded")
        assert small.startswith(b"HTTP/1.1 403 ")  # without a token, but answered
        assert not any(closed(line) for line in lines)
    assert b" 200 OK" in web.ask(plan_page(case), cookie)
    assert left(folder) == (0, 0, [], [])


def closed(line):
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.full
def test_a_line_that_says_nothing_any_more_is_hung_up_on(web, case, folder):
    with web.line(60) as silent, web.line(60) as unfinished:
        silent.sendall(head(plan_page(case), web.cookie(case.patient), 20 * MB) + bytes(5 * MB))
        unfinished.sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert silent.recv(4096).startswith(b"HTTP/1.1 400 ")
        assert unfinished.recv(4096) == b""
    assert left(folder) == (0, 0, [], [])


def test_no_part_of_a_files_name_is_ever_on_disk(web, case, folder):
    name = "Zitronenfalter.of-Rosa-Delgado"
    with web.line() as line:
        line.sendall(head(plan_page(case), web.cookie(case.patient), 20 * MB, name) + bytes(9 * MB))
        wait_until(lambda: any("tmp" in path for path in opened(web)), 20, "the file that is being received")
        names = opened(web) | {str(path) for path in folder.rglob("*")}
    assert [path for path in names if "Zitronenfalter" in path or "Rosa" in path] == []


def opened(web) -> set[str]:
    """What the processes of the server have open, by name."""
    found = set()
    for pid in descendants(web.process.pid):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):  # closed meanwhile
                found.add(os.readlink(link))
    return found
