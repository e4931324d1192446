"""A task that takes as long as it is told, once: for a real worker, by `--include tests.house.slow_work`."""

import time
from pathlib import Path

from portal.celery import app


@app.task
def work(notes: str, seconds: float) -> None:
    """Writes down when it begins and ends; the second time it is quick."""
    path = Path(notes)
    is_first = not path.exists()
    with path.open("a") as file:
        file.write("begun ")
    if is_first:
        time.sleep(seconds)
    with path.open("a") as file:
        file.write("done ")
