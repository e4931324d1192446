"""What beat starts for the store: a look over it each night."""

from portal import clock
from portal.celery import app
from portal.vault import upkeep


@app.task
def look_over_store() -> None:
    """Count what is astray, read the next files through. The health page shows the result; nothing is removed."""
    upkeep.look_over(clock.real_now())
