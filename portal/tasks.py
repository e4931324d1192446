"""What beat starts for the house as a whole."""

from portal import clock, retention
from portal.celery import app


@app.task
def keep_no_longer() -> dict[str, int]:
    """Erase what has been kept as long as it may be, each on record. What a stop left goes the next night."""
    return retention.run(clock.now())
