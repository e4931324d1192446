"""SIGTERM with work in hand: the request is answered, tasks are done or handed back, and all ends within 30 seconds."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from tests import database, factories
from tests.house.slow_work import work
from tests.programs import Worker, wait_until
from tests.web_server import WebServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full, pytest.mark.timeout(300)]
WITHIN, SHORT, LONG = 30, 4, 300  # seconds
TAKES_BOTH = ("--concurrency=2", "--include=tests.house.slow_work")


@pytest.fixture
def house(transactional_db, tmp_path):
    """A web server, a worker, and the worker that is started after it."""
    name = connection.settings_dict["NAME"]
    web, *workers = WebServer(name, tmp_path), *(Worker(name, "", tmp_path / f"{n}.log") for n in ("first", "next"))
    web.start()
    workers[0].start(*TAKES_BOTH)
    yield web, *workers
    web.stop()
    for worker in workers:
        worker.stop()


def test_work_in_hand_is_answered_done_or_handed_back(house, tmp_path):
    web, worker, following = house
    case, short, long = factories.open_case(), tmp_path / "short", tmp_path / "long"
    work.delay(str(short), SHORT)
    work.delay(str(long), LONG)
    wait_until(lambda: short.exists() and long.exists(), 20, "both tasks to begin")
    name, cookie = connection.settings_dict["NAME"], web.cookie(case.patient)
    with ThreadPoolExecutor(1) as pool, database.owner(name) as holder:
        holder.autocommit = False
        holder.execute("LOCK TABLE case_case IN ACCESS EXCLUSIVE MODE")
        answer = pool.submit(web.ask, reverse("pages:case_home", args=[case.pk]), cookie)
        wait_until(database.somebody_waits, 20, "the request to be in hand")
        asked_at = time.monotonic()
        for process in (web.process, worker.process):
            process.terminate()
        time.sleep(SHORT)
        holder.rollback()
        assert answer.result(WITHIN).startswith(b"HTTP/1.1 200")
    for process in (web.process, worker.process):
        process.wait(max(0.0, asked_at + WITHIN - time.monotonic()))

    assert (short.read_text(), long.read_text()) == ("begun done ", "begun ")
    following.start(*TAKES_BOTH)
    wait_until(lambda: long.read_text() == "begun begun done ", 20, "the next worker to do it")
    assert short.read_text() == "begun done "


def test_a_worker_without_work_ends_at_once(house):
    _web, worker, _following = house
    worker.process.terminate()
    worker.process.wait(10)
