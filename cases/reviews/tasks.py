"""The look around that needs no page to be opened."""

from cases.reviews.asking.actions import pass_over
from cases.reviews.ending.actions import end_over, warn
from cases.reviews.opening import open_due_reviews
from portal import clock
from portal.celery import app


@app.task(name="cases.reviews.tasks.open_due", ignore_result=True)
def open_due() -> None:
    """Put plans up for reading, and follow moved and canceled calls, and read on where a patient has not answered."""
    now = clock.now()
    open_due_reviews(now)
    pass_over(now)


@app.task(name="cases.reviews.tasks.end_places", ignore_result=True)
def end_places() -> None:
    """Consultants leave cases whose last call was long ago. Twice, or late, changes nothing."""
    now = clock.now()
    end_over(now)
    warn(now)
