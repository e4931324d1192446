"""What the clock finds due about records: the day on which a person takes over from messages."""

from cases.records import handing_over
from portal import clock
from portal.celery import app


@app.task
def hand_over() -> None:
    """Put each record whose day has come on the coordinator's board. Twice, or late, changes nothing."""
    handing_over.put_on_board(now=clock.now())
