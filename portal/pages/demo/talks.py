"""Talks with the primary doctor: one to come, with what is to be gone over."""

import datetime as dt

from cases.case.models import Case
from cases.opinions.talk import actions
from portal.actors import Actor

AT = dt.time(9, 20)
QUESTIONS = ("Where do the two opinions agree?", "Can I go on driving for work with each way?", "How long can I wait?")
POINTS = ("What does each way ask of me, and what does it give?", "What will each way cost me?")


def plan_talk(case: Case, on: dt.date, by: Actor) -> None:
    """With the primary doctor, on a day that the desk has named; then what to ask."""
    talk = actions.arrange(case, role="primary", on=on, at=AT, by=by)
    actions.change_agenda(talk, questions=QUESTIONS, points=POINTS, seen_at=None, by=by)
