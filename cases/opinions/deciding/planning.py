"""More time: on the day she named, one quiet word that her page is there."""

from datetime import datetime, timedelta

from cases.opinions.deciding.models import Decision
from portal.reminders.planning import Plan
from portal.reminders.rules import morning

CHECK_IN = "opinions.check_in"
STILL_USEFUL = timedelta(days=14)
ONLY = 1  # an answer is never changed, only replaced


def replan(made: Decision, before: Decision | None, *, now: datetime) -> None:
    """Plan the word about what was just said; the one about what it replaces goes."""
    plan = Plan(now)
    plan.covers(made, *([before] if before else []))
    if made.check_in_on:
        patient = made.case.patient
        due_at = morning(made.check_in_on, patient.zone)
        about = {"version": ONLY, "recipient": patient, "case": made.case}
        plan.want(CHECK_IN, made, due_at=due_at, useful_until=due_at + STILL_USEFUL, **about)
    plan.write()
