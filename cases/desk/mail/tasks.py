"""What the clock finds due: offices that are to be written to today."""

from cases.desk.mail import planning, wishes
from portal import clock
from portal.celery import app


@app.task
def write_to_offices() -> None:
    """Plan today's mail to offices. Twice, or late, changes nothing."""
    now = clock.now()
    planning.plan_due(now)
    wishes.put_due(now)
    planning.send_codes(now)
