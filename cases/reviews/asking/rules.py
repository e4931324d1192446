"""What may happen to a request, how long the reading rests for it, and the day it is read by afterwards. Pure."""

from collections.abc import Set
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.moves import Move
from portal.texts.business_days import add_business_days, business_days_between

RESTS = 5  # business days that a reading rests at most for one request
NUDGED_AFTER = 3  # calendar days: the one nudge
WORDS = 600  # letters


class AskingKind(TextChoices):
    COPY = "copy", gettext_lazy("A clear copy of a page")
    REPORT = "report", gettext_lazy("A report that is missing")
    ANSWER = "answer", gettext_lazy("An answer to a question")


class AskingState(TextChoices):
    WITH_PATIENT = "with_patient", gettext_lazy("with the patient")
    PASSED = "passed", gettext_lazy("reading goes on without it")
    ANSWERED = "answered", gettext_lazy("answered")
    NOT_THERE = "not_there", gettext_lazy("the patient doesn’t have it")
    WITHDRAWN = "withdrawn", gettext_lazy("taken back")
    DROPPED = "dropped", gettext_lazy("not needed any more")


A = AskingState
OPEN = frozenset({A.WITH_PATIENT, A.PASSED})  # she can still answer, late as well
PATIENTS_SIDE = frozenset({"patient", "helper", "coordinator"})

ASKING_MOVES = {
    "answer": Move(OPEN, A.ANSWERED, PATIENTS_SIDE),
    "not_there": Move(OPEN, A.NOT_THERE, PATIENTS_SIDE),
    "withdraw": Move(OPEN, A.WITHDRAWN, {"consultant"}),
    "pass": Move({A.WITH_PATIENT}, A.PASSED, {"system"}),
    "drop": Move(OPEN, A.DROPPED, {"system"}),
}

NOT_FROM_HERE = {
    A.ANSWERED: gettext_lazy("This is answered already. Thank you."),
    A.NOT_THERE: gettext_lazy("You said that you don’t have it. That is all right."),
    A.WITHDRAWN: gettext_lazy("We don’t need this any more. You have nothing to do."),
    A.DROPPED: gettext_lazy("We don’t need this any more. You have nothing to do."),
}


def why_not_ask(kind: str, page: int | None, words: str, pages: int) -> str:
    """Why this cannot be asked for so; "" when it can."""
    if kind not in AskingKind.values:
        return _("Choose what you need.")
    if kind == AskingKind.COPY and (page is None or not 1 <= page <= pages):
        return _("Choose a page of this plan.")
    if kind != AskingKind.COPY and not words.strip():
        return _("Say in a line what you need.")
    return ""


def rests_until(asked_on: date, closed: Set[date], last: date | None = None) -> date:
    """The last day on which the reading rests for a request; never past `last`, by which it is read for its call."""
    until = add_business_days(asked_on, RESTS, closed)
    return until if last is None else max(asked_on, min(until, last))


def rested(asked_on: date, ended_on: date, until_on: date, closed: Set[date]) -> int:
    """How many business days it rested: never more than was promised."""
    return business_days_between(asked_on, min(ended_on, until_on), closed)


def read_by_after(read_by: date, days: int, *, last: date | None, closed: Set[date]) -> date:
    """The day it is read by after a rest of so many business days; with a call never later than the day before it."""
    later = add_business_days(read_by, days, closed)
    return later if last is None else max(min(later, last), min(read_by, last))
