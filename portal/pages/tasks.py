"""What beat starts for the pages that gather: the coming Friday's notes, and the counts of a month that is over."""

from portal import clock
from portal.celery import app
from portal.pages import copies, friday
from portal.pages.month import actions as month


@app.task
def plan_friday_notes() -> int:
    """Plan what is still to be planned, with what helpers are sent. A beat that was away, or runs twice, changes
    nothing.
    """
    copies.plan_coming(clock.now())
    return friday.plan_coming(clock.now())


@app.task
def count_month() -> int:
    """Count each month that is over and was not counted. Asked every hour, done once a month."""
    return month.count_finished(clock.now())
