"""A line of a worker's log names the task, and the request that asked for it; nothing of what it was asked."""

import json
import uuid

import pytest
import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

from portal import task_log
from portal.celery import app
from tests.programs import wait_until


class Asked:
    """A task as the worker sees it."""

    def __init__(self, **headers):
        self.name = "tests.asked"
        self.request = type("Request", (), {"is_eager": False} | headers)()


@pytest.fixture(autouse=True)
def nothing_bound():
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


def test_the_ids_of_a_request_go_along_and_nothing_else():
    headers = {}
    with bound_contextvars(request_id="r1", user_id="u1", ip="192.0.2.1", typed="Zitronenfalter"):
        task_log.carry_along(headers=headers)
    assert headers == {"portal_asked_by": {"request_id": "r1"}}

    task_log.begin(task_id="t1", task=Asked(**headers))
    assert get_contextvars() == {"task": "tests.asked", "task_id": "t1", "request_id": "r1"}
    further = {}
    task_log.carry_along(headers=further)  # this task asks for another one
    task_log.end(task=Asked())
    assert get_contextvars() == {}

    task_log.begin(task_id="t2", task=Asked(**further))
    assert get_contextvars() == {
        "task": "tests.asked", "task_id": "t2", "request_id": "r1", "asked_by_task": "t1"
    }  # fmt: skip


def test_a_task_that_beat_asked_for_has_its_own_id_and_no_request():
    headers = {}
    task_log.carry_along(headers=headers)
    assert headers == {}
    with bound_contextvars(request_id="of the task before"):
        task_log.begin(task_id="t1", task=Asked())
        assert get_contextvars() == {"task": "tests.asked", "task_id": "t1"}


def test_a_task_inside_a_request_leaves_the_ids_of_the_request():
    def look():
        return get_contextvars()

    inside = app.task(name="tests.inside")(look)
    try:
        with bound_contextvars(request_id="r1"):
            assert inside.apply().get() == {"request_id": "r1"}
            assert get_contextvars() == {"request_id": "r1"}
    finally:
        app.tasks.pop("tests.inside")


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_through_the_broker_to_a_real_worker(real_worker):
    """A task that fails writes a line: it bears the id of the request that asked."""
    asked = str(uuid.uuid4())
    with bound_contextvars(request_id=asked):
        app.send_task("cases.documents.tasks.check_version", args=["Zitronenfalter"])
    log = real_worker.log

    def lines():
        return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]

    wait_until(lambda: any(line.get("request_id") == asked for line in lines()), 30, "the line of the worker")
    line = next(line for line in lines() if line.get("request_id") == asked)
    assert uuid.UUID(line["task_id"])
