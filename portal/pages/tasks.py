"""What beat starts for the pages that gather: the coming Friday's notes."""

from portal import clock
from portal.celery import app
from portal.pages import copies, friday


@app.task
def plan_friday_notes() -> int:
    """Plan what is still to be planned, with what helpers are sent. A beat that was away, or runs twice, changes
    nothing.
    """
    copies.plan_coming(clock.now())
    return friday.plan_coming(clock.now())
