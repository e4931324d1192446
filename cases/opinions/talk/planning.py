"""When a talk is spoken of: its reminders written anew after each change."""

from datetime import date, datetime, time, timedelta

from cases.case.models import Case
from cases.opinions.talk.models import Talk
from cases.opinions.talk.rules import TalkState, reminded_on
from cases.records.days.closed_days import ClosedDays
from portal.reminders.planning import Plan
from portal.reminders.rules import morning

BEFORE_TALK, TALK_HELD = "opinions.before_talk", "opinions.talk_held"
ASKED_FOR = timedelta(days=60)  # how long "did it take place?" stays open


def replan(talk: Talk, *, now: datetime) -> None:
    """Plan what is due about a talk from `now` on, and withdraw what is not due any more.

    Call it at the end of every action, in its transaction and under the case's lock. The talk's version was raised
    first: a message already on its way is then not sent.
    """
    plan = Plan(now)
    plan.covers(talk)
    if is_spoken_of(talk) and talk.on_date:
        _plan_talk(plan, talk, talk.on_date, now)
    plan.write()


def is_spoken_of(talk: Talk) -> bool:
    """Whether anybody is reminded of it: not once it took place or is off, nor while the case rests."""
    return talk.state == TalkState.BOOKED and talk.case.state == Case.State.OPEN


def _plan_talk(plan: Plan, talk: Talk, on: date, now: datetime) -> None:
    patient = talk.case.patient
    about = {"version": talk.version, "recipient": patient, "case": talk.case}
    set_on = (talk.moved_at or talk.planned_at).astimezone(patient.zone).date()
    due_at = morning(reminded_on(on, ClosedDays(now.date())[talk.region], set_on), patient.zone)
    begins_at = talk.starts_at or datetime.combine(on, time(0), talk.zone)
    plan.keep(BEFORE_TALK, talk, version=talk.version)
    plan.want(BEFORE_TALK, talk, due_at=due_at, useful_until=begins_at, is_late=due_at <= now, **about)
    asked_at = max(morning(on + timedelta(days=1), patient.zone), now)
    plan.keep(TALK_HELD, talk, version=talk.version)
    plan.want(TALK_HELD, talk, due_at=asked_at, useful_until=asked_at + ASKED_FOR, **about)
