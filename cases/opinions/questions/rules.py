"""What may happen to a question, who may change it, and how many stand on top. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.people import CONSULTANT, COORDINATOR, HELPER, PATIENT
from portal.moves import Move

SYSTEM = "system"
ON_TOP = 3
MOST_OPEN = 60
LONGEST = 4000  # letters: as long as what she may write when she books


class QuestionState(TextChoices):
    OPEN = "open", gettext_lazy("Open")
    ANSWERED = "answered", gettext_lazy("Answered")
    DROPPED = "dropped", gettext_lazy("Dropped")


class AnsweredIn(TextChoices):
    """Where the answer was given."""

    VISIT = "visit", gettext_lazy("In the visit")
    CONSULTATION = "consultation", gettext_lazy("In a call with us")
    TALK = "talk", gettext_lazy("In the talk with the doctor")
    SUMMARY = "summary", gettext_lazy("In the summary")
    MESSAGE = "message", gettext_lazy("In a message")
    ELSEWHERE = "elsewhere", gettext_lazy("Somewhere else")


class CameOf(TextChoices):
    """How a question got onto the list: typed there, written when booking, raised by the one who read the plan."""

    TYPED = "", gettext_lazy("Typed")
    BOOKING = "booking", gettext_lazy("Written when booking")
    READING = "reading", gettext_lazy("Raised after reading the plan")


Q = QuestionState
EVERYONE = {PATIENT, HELPER, CONSULTANT, COORDINATOR}

QUESTION_MOVES = {
    "answer": Move({Q.OPEN, Q.ANSWERED}, Q.ANSWERED, EVERYONE | {SYSTEM}),
    "drop": Move({Q.OPEN}, Q.DROPPED, EVERYONE),
    "reopen": Move({Q.ANSWERED, Q.DROPPED}, Q.OPEN, EVERYONE | {SYSTEM}),
}
ORDER = ("top", "off", "up", "down")


def may_change(role: str, is_own: bool) -> bool:
    """Whose words and whose to drop: the patient's all of them, the coordinator for her, anyone else their own."""
    return role in {PATIENT, COORDINATOR} or is_own


def may_order(role: str) -> bool:
    """Which three matter most is for the patient to say, or for who does it for her."""
    return role in {PATIENT, COORDINATOR, HELPER}


def why_not_top(on_top: int) -> str:
    """Why no further one fits on top; empty while one does."""
    if on_top >= ON_TOP:
        return _("Three are on top already. Take one of them off first.")
    return ""


def why_not_text(text: str) -> str:
    if not text.strip():
        return _("Write your question.")
    if len(text) > LONGEST:
        return _("Make this question shorter.")
    return ""


def why_not_another(open_ones: int) -> str:
    """A list that nobody can read helps nobody."""
    if open_ones >= MOST_OPEN:
        return _("There are %(count)d open questions. Answer or drop some of them first.") % {"count": open_ones}
    return ""


def swapped(order: list[str], one: str, verb: str) -> list[str]:
    """The ids on top after a press: one added at the end, taken off, or moved by one place. Raises ValueError for
    another verb.
    """
    rest = [each for each in order if each != one]
    if verb == "top":
        return order if one in order else [*order, one]
    if verb == "off" or one not in order:
        return rest
    place = order.index(one) + {"up": -1, "down": 1}[verb]
    place = min(max(place, 0), len(rest))
    return [*rest[:place], one, *rest[place:]]
