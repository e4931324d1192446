"""What the clock finds due about people: help, second readings and urgent looks that came to their end."""

from cases.case.helping import actions
from cases.case.second import actions as second
from cases.case.urgent import actions as urgent
from portal import clock
from portal.celery import app


@app.task(name="cases.case.tasks.end_help", ignore_result=True)
def end_help() -> None:
    """Write down what has ended by its last day. Twice, or late, changes nothing: it opened nothing since that day."""
    now = clock.now()
    actions.end_passed(now)
    second.end_passed(now)
    urgent.end_passed(now)
