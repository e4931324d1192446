"""`make run` as people meet it: it starts, says so, comes back from deaths, and leaves nothing behind."""

import os
import re
import signal
import socket
from contextlib import closing
from urllib.parse import urlsplit

import psycopg
import pytest

from portal import local_run
from tests.house.running import Run
from tests.programs import free_port, wait_until

pytestmark = pytest.mark.timeout(700)  # two starts each, beside a suite that keeps both cores busy


@pytest.mark.full
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_starts_says_so_and_stops_when_asked(start, sent):
    run = start()
    run.wait_until_ready()

    assert run.said().splitlines()[-1] == (
        f"Ready: http://localhost:{run.port} (backstage: http://localhost:{run.port}/backstage/)"
    )
    assert run.ask("/healthz") == run.ask("/readyz") == 200
    assert run.children().keys() == {"gunicorn", "worker", "beat", "postgres", "valkey"}
    assert (run.var / "run.env").stat().st_mode & 0o777 == 0o600
    assert run.stop(sent) == 0
    assert run.has_left_nothing()


def test_busy_port_is_said_before_anything_starts(start):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        run = start(PORT=str(port))

        assert run.process.wait(10) == 1
    assert f"Port {port} is in use by another program. Choose another: PORT={port + 1} make run" in run.said()
    assert not (run.var / "postgres").exists()


@pytest.mark.parametrize("port", ["web", "0", "70000", "-1", "٨٠٠٠"])
def test_impossible_port_is_said(monkeypatch, port):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(local_run.local.CannotStart, match="from 1 to 65535"):
        local_run.chosen_port()


@pytest.mark.full
def test_second_start_in_one_folder_is_refused_and_a_second_folder_is_not(start):
    first = start()
    first.wait_until_ready()
    other = start()
    other.wait_until_ready()

    again = Run(first.var, PORT=str(free_port()))

    assert again.process.wait(10) == 1
    assert "already running" in again.said()
    assert first.ask("/healthz") == other.ask("/healthz") == 200


@pytest.mark.full
def test_kill_leaves_nothing_behind_and_the_next_start_works(start):
    run = start()
    run.wait_until_ready()

    run.process.kill()
    run.process.wait()

    wait_until(run.has_left_nothing, 30, "every child to end")
    again = start(run.var)
    again.wait_until_ready()
    assert again.ask("/readyz") == 200


@pytest.mark.full
def test_next_start_does_not_have_to_wait_after_a_kill(start):
    run = start()
    run.wait_until_ready()
    run.process.kill()

    again = start(run.var, PORT=str(run.port))

    again.wait_until_ready()
    assert again.ask("/healthz") == 200


@pytest.mark.full
@pytest.mark.parametrize("name", ["gunicorn", "worker", "beat", "postgres", "valkey"])
def test_whatever_dies_is_started_again(start, name):
    run = start()
    run.wait_until_ready()
    victim = run.children()[name]

    os.kill(victim, signal.SIGKILL)

    wait_until(lambda: run.children().get(name, victim) != victim, 20, f"another {name}")
    wait_until(lambda: "starting it again" in run.said(), 5, "the words")
    wait_until(lambda: answers(run), 20, "the pages")
    assert run.stop() == 0
    assert run.has_left_nothing()


def answers(run: Run) -> bool:
    try:
        return run.ask("/readyz") == 200
    except OSError:
        return False


@pytest.mark.full
@pytest.mark.parametrize("name", ["a folder with spaces", "long-" + "x" * 150])
def test_any_folder_will_do(start, tmp_path, name):
    run = start(tmp_path / name)
    run.wait_until_ready()

    assert run.ask("/readyz") == 200
    assert run.stop() == 0


@pytest.mark.full
def test_servers_named_from_outside_are_used(start):
    with psycopg.connect(admin(), autocommit=True) as db:
        db.execute("DROP DATABASE IF EXISTS outside WITH (FORCE)")
        db.execute("CREATE DATABASE outside")
    named = {
        name: urlsplit(os.environ[name])._replace(path="/outside").geturl()
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    run = start(**named, REDIS_URL=re.sub(r"\?db=.*", "", os.environ["REDIS_URL"]) + "?db=15")
    run.wait_until_ready()

    assert run.children().keys() == {"gunicorn", "worker", "beat"}
    assert run.ask("/readyz") == 200
    assert run.stop() == 0


def admin() -> str:
    """How the owner reaches the server of the tests."""
    parts = urlsplit(os.environ["DATABASE_OWNER_URL"])
    return parts._replace(scheme="postgresql").geturl()
