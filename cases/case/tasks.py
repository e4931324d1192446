"""What the clock finds due about the people of a case: help that came to its last day."""

from cases.case.helping import actions
from portal import clock
from portal.celery import app


@app.task(name="cases.case.tasks.end_help", ignore_result=True)
def end_help() -> None:
    """Write down what has ended by its last day. Twice, or late, changes nothing: it opened nothing since that day."""
    actions.end_passed(clock.now())
