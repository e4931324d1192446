"""What may happen to a talk, on which days, and who reads what she wants to go over. Pure."""

import unicodedata
from collections.abc import Sequence, Set
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.records.rules import COORDINATOR, DOERS, HELPER, LOOK_AHEAD, PATIENT, TELLERS
from portal.moves import Move
from portal.texts.business_days import add_business_days

REMINDED_BEFORE = 2  # business days
QUESTIONS = 3
QUESTION_LETTERS = 160
POINTS = 8
POINT_LETTERS = 120


class TalkState(TextChoices):
    PLANNED = "planned", gettext_lazy("No date yet")
    BOOKED = "booked", gettext_lazy("Has a date")
    HELD = "held", gettext_lazy("Took place")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


T = TalkState
OPEN = frozenset({T.PLANNED, T.BOOKED})

TALK_MOVES = {
    "set_date": Move({T.PLANNED}, T.BOOKED, DOERS),
    "move": Move({T.BOOKED}, T.BOOKED, DOERS),
    "undated": Move({T.BOOKED}, T.PLANNED, DOERS),
    "cancel": Move({T.PLANNED, T.BOOKED}, T.CANCELLED, DOERS),
    "held": Move({T.PLANNED, T.BOOKED}, T.HELD, TELLERS),
    "did_not": Move({T.BOOKED}, T.PLANNED, DOERS),
}


def why_not_on(on: date, today: date) -> str:
    """Why a talk cannot be saved for day `on`, in a sentence; empty when it can."""
    if on < today:
        return _("That day has passed. Enter the day of the talk, today or later.")
    if on > today + LOOK_AHEAD:
        return _("That is more than a year away. Check the year.")
    return ""


def why_not_held_on(on: date, today: date) -> str:
    """Why nobody can say that it took place on day `on`."""
    if on > today:
        return _("The talk is still to come.")
    if on < today - LOOK_AHEAD:
        return _("That day is more than a year ago. Check the year.")
    return ""


def reminded_on(on: date, closed: Set[date], set_on: date) -> date:
    """The day on which she is reminded: two business days before, so that the desk can still be rung. Where it was
    set or moved later than that, the next day, if that is before the talk.
    """
    day = add_business_days(on, -REMINDED_BEFORE, closed)
    next_day = set_on + timedelta(days=1)
    return next_day if day < next_day < on else day


def reads_agenda(role: str, is_own: bool, is_empty: bool) -> bool:
    """Whether somebody reads and writes what is to be gone over: the patient and the coordinator; a helper while it
    is empty or holds what she put in herself.
    """
    return role in {PATIENT, COORDINATOR} or (role == HELPER and (is_own or is_empty))


def breadth(line: str) -> int:
    """How much room a line takes, in letters: those of Chinese, Japanese and Korean are twice as broad."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in line)


def why_not_agenda(questions: Sequence[str], points: Sequence[str]) -> str:
    """Why these lines do not fit on the one page; empty when they do."""
    if len(questions) > QUESTIONS:
        return _("Keep it to three questions. The rest fits below them.")
    if any(breadth(line) > QUESTION_LETTERS for line in questions):
        return _("Make this question shorter, so that all of it fits on one page.")
    if len(points) > POINTS:
        return _("Keep it to %(count)d lines, so that it fits on one page.") % {"count": POINTS}
    if any(breadth(line) > POINT_LETTERS for line in points):
        return _("Make the longest line shorter, so that all of it fits on one page.")
    return ""
