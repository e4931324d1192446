"""Queueing is a nudge: a broker that is away costs a moment, never an answer."""

import socket
import time

import pytest
from django.core.cache import cache

from portal.celery import MISSED, PATIENCE, app, nudge

pytestmark = pytest.mark.django_db


@app.task(name="tests.nothing")
def nothing():
    """A task nobody runs."""


@pytest.fixture
def silent_broker():
    """Accepts the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture(params=["absent", "silent"])
def broker_away(request, silent_broker, monkeypatch):
    url = silent_broker if request.param == "silent" else "redis+socket:///nonexistent/redis.sock"
    monkeypatch.setattr(app.conf, "broker_write_url", url)


@pytest.mark.usefixtures("broker_away")
def test_broker_away_is_counted_and_costs_a_moment(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        nudge(nothing)  # the first one of a process also reads the broker's client from disk
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        nudge(nothing)
    assert cache.get(MISSED) == 2
    assert time.monotonic() - began < PATIENCE * 10


def test_nothing_is_queued_before_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        nudge(nothing)
    assert len(callbacks) == 1
    assert cache.get(MISSED) is None
