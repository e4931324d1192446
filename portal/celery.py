"""Celery: due work is rows in PostgreSQL that beat finds; a queued task is only a nudge to look now."""

import os
from typing import Any

import structlog
from celery import Celery, Task
from django.core.cache import cache
from django.db import transaction

from portal import stopping, task_log  # noqa: F401 -- listen to what becomes of workers and tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

PATIENCE = 0.2  # seconds a request may lose to a broker that does not answer
MISSED = "nudges-missed"

log = structlog.get_logger(__name__)


def nudge(task: Task, *args: Any) -> None:
    """Queue a task after commit. A broker that is away is counted, never an error: beat finds the row."""
    transaction.on_commit(lambda: _send(task, args))


def _send(task: Task, args: tuple[Any, ...]) -> None:
    options = {
        **app.conf.broker_transport_options,
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "max_retries": 0,
    }
    try:
        with app.connection_for_write(connect_timeout=PATIENCE, transport_options=options) as connection:
            task.apply_async(args, connection=connection, retry=False, ignore_result=True)
    except Exception as error:
        log.warning("nudge_missed", task=task.name, error=type(error).__name__)
        cache.set(MISSED, cache.get(MISSED, 0) + 1, timeout=None)
