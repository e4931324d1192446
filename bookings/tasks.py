"""What beat asks of bookings."""

from bookings import asking
from portal import clock
from portal.celery import app


@app.task(name="bookings.tasks.end_asked", ignore_result=True)
def end_asked() -> None:
    """Times that nobody accepted in 3 days are free again. Twice, or late, changes nothing."""
    asking.end_over(clock.now())
