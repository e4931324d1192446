"""What beat asks of bookings."""

from bookings import asking
from bookings.company import actions as company
from bookings.late import actions as late
from bookings.outside import actions as outside
from bookings.waiting import looking
from portal import clock
from portal.celery import app


@app.task(name="bookings.tasks.end_asked", ignore_result=True)
def end_asked() -> None:
    """Times that nobody accepted in 3 days are free again, and nobody is rung about a call that began late, or is over.
    Twice, or late, changes nothing.
    """
    asking.end_over(clock.now())
    late.end_over(clock.now())
    company.end_over(clock.now())


@app.task(name="bookings.tasks.tell_of_earlier_times", ignore_result=True)
def tell_of_earlier_times() -> None:
    """Who asked to hear of earlier times is told of what got free. Twice, or late, nobody hears of a time twice."""
    looking.look(clock.now())


@app.task(name="bookings.tasks.read_outside_calendars", ignore_result=True)
def read_outside_calendars() -> None:
    """Consultants' own calendars elsewhere, each every quarter of an hour. Two workers read each once."""
    outside.read_due(clock.now())
