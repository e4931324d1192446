"""What the clock finds due about messages: the staff's digest."""

from cases.threads import digest
from portal import clock
from portal.celery import app


@app.task(name="cases.threads.tasks.plan_digests", ignore_result=True)
def plan_digests() -> None:
    """Plan the digests of the day. Twice, or late, changes nothing."""
    digest.plan_digests(clock.now())
