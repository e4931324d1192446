"""Messages of a whole running portal while its parts die: each goes once, within minutes, with nobody's help."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis

from tests.house.running import ROOT, STEERED, Run
from tests.programs import SmtpSink, wait_until

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
WITHIN = 300  # seconds: the promise after a fault


@pytest.fixture
def sink():
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


def plan(run: Run, number: int, ahead: int = 0) -> None:
    """A message that is due `ahead` seconds from now."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(STEERED)}
    surroundings |= {"PORTAL_VAR": str(run.var), "PORTAL_ENV": "development"}
    surroundings["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    command = [sys.executable, "-m", "tests.house.plan_notice", str(ahead), str(number)]
    subprocess.run(command, cwd=ROOT, env=surroundings, check=True, timeout=60)


def address(run: Run, name: str) -> str:
    return re.search(rf"^{name}=(.+)$", (run.var / "run.env").read_text(), re.M)[1]


def test_each_message_goes_once_whatever_dies(start, sink):
    """Worker, beat, broker and database die in turn before a message falls due, so that nothing but beat finds it.

    Last, the broker loses a message that was handed to it and that no worker had taken yet.
    """
    run = start(EMAIL_URL=sink.url)
    run.wait_until_ready()
    for number, victim in enumerate(["worker", "beat", "valkey", "postgres"], start=1):
        plan(run, number, ahead=5)
        os.kill(run.children()[victim], signal.SIGKILL)
        wait_until(lambda number=number: len(keys(sink)) == number, WITHIN, f"the message after {victim} died")
    with no_worker(run), redis.from_url(address(run, "REDIS_URL")) as broker:
        plan(run, 5)
        assert broker.llen("celery") > 0  # the nudge is there, and is lost
        broker.flushall()
        assert len(keys(sink)) == 4
    wait_until(lambda: len(keys(sink)) == 5, WITHIN, "the message after the broker was emptied")
    assert run.stop() == 0
    ids = {message["X-Reminder-Key"]: message["Message-ID"] for message in sink.messages}
    assert {(message["X-Reminder-Key"], message["Message-ID"]) for message in sink.messages} == set(ids.items())


@contextlib.contextmanager
def no_worker(run: Run) -> Iterator[None]:
    """The worker is killed, and whoever would start it again stands still meanwhile."""
    run.process.send_signal(signal.SIGSTOP)
    try:
        os.kill(run.children()["worker"], signal.SIGKILL)
        yield
    finally:
        run.process.send_signal(signal.SIGCONT)


def keys(sink: SmtpSink) -> set[str]:
    """The messages that came, each counted once: one that came again is the very same."""
    return {message["X-Reminder-Key"] for message in sink.messages}
