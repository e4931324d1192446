"""A worker that is asked to end gives its tasks 15 seconds, then hands back what is not done: others begin it again.

Celery by itself waits for a task however long it takes, until the supervisor kills it; the broker would then show the
task to nobody for an hour (`visibility_timeout`).
"""

import os
import signal
import threading
from typing import Any

from celery.signals import worker_shutting_down

PATIENCE = 15.0  # seconds; supervisors kill after 22 (`make run`) or 30


@worker_shutting_down.connect(dispatch_uid="portal.stopping")
def hand_back_in_time(how: str, **told: Any) -> None:
    """SIGQUIT makes celery end its tasks and give them back to the broker."""
    if how == "Warm":
        waiting = threading.Timer(PATIENCE, os.kill, (os.getpid(), signal.SIGQUIT))
        waiting.daemon = True
        waiting.start()
