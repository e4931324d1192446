"""Talks for the tests, brought to their states through the real actions."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cases.case.models import Case
from cases.opinions.models import Talk
from cases.opinions.talk import actions
from portal.reminders.models import Reminder
from tests.records.builders import actor, case_of_rosa

EASTERN = ZoneInfo("America/New_York")
TALK_ON = date(2026, 12, 3)  # a Thursday, nine days after the visit of the examples
QUESTIONS = ("Is a smaller operation possible for me?", "How long can I take to decide?")


def planned(case: Case | None = None, key: str = "rosa", **said) -> Talk:
    """A talk with Dr. Abara, the primary doctor at Elm Street."""
    said.setdefault("role", "primary")
    return actions.arrange(case or case_of_rosa(), by=actor(key), **said)


def booked(case: Case | None = None, on: date = TALK_ON, at: time | None = time(9, 20), **said) -> Talk:
    return planned(case, on=on, at=at, **said)


def write(talk: Talk, key: str = "rosa", questions=QUESTIONS, points=("What will it cost me?",)) -> Talk:
    seen_at = Talk.objects.get(pk=talk.pk).agenda_changed_at
    return actions.change_agenda(talk, questions=questions, points=points, seen_at=seen_at, by=actor(key))


def fresh(talk: Talk) -> Talk:
    return Talk.objects.select_related("case__patient", "case__key", "clinician", "office").get(pk=talk.pk)


def due(talk: Talk) -> list[tuple[str, datetime]]:
    """What is planned about it: kind and instant, on the wall of the east."""
    rows = Reminder.objects.filter(about_id=talk.pk, settled_at=None).order_by("due_at")
    return [(row.kind, row.due_at.astimezone(EASTERN)) for row in rows]


def nine(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=EASTERN)
