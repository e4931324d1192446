"""What the log says of a task: its own id, and that of the request or task that asked for it. Ids of ours alone."""

from typing import Any

import structlog
from celery.signals import before_task_publish, task_postrun, task_prerun

CARRIED = "portal_asked_by"  # a header of the message in the broker
IDS = ("request_id", "task_id")


@before_task_publish.connect(dispatch_uid="portal.task_log")
def carry_along(headers: dict[str, Any] | None = None, **told: Any) -> None:
    """Whose work this is goes along to the worker. A task that another one asked for names the first request, too."""
    bound = structlog.contextvars.get_contextvars()
    ids = {name: bound[name] for name in IDS if name in bound}
    if headers is not None and ids:
        headers[CARRIED] = ids


@task_prerun.connect(dispatch_uid="portal.task_log")
def begin(task_id: str, task: Any, **told: Any) -> None:
    """Lines of the task bear its ids. One that runs inside a request keeps the request's."""
    if task.request.is_eager:
        return
    asked_by = getattr(task.request, CARRIED, None) or {}
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
    if "request_id" in asked_by:
        structlog.contextvars.bind_contextvars(request_id=asked_by["request_id"])
    if "task_id" in asked_by:
        structlog.contextvars.bind_contextvars(asked_by_task=asked_by["task_id"])


@task_postrun.connect(dispatch_uid="portal.task_log")
def end(task: Any, **told: Any) -> None:
    if not task.request.is_eager:
        structlog.contextvars.clear_contextvars()
