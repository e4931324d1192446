"""What may happen to a second reading, how long it may last, and who can be asked. Pure."""

import datetime as dt
from collections.abc import Sequence, Set
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.moves import Move
from portal.texts.business_days import add_business_days, first_business_day

LONGEST = 10  # business days that a colleague may read along
USUAL = 3
WHY_LETTERS = 160
QUESTION_LETTERS = 2000


class SecondState(TextChoices):
    ASKED = "asked", gettext_lazy("asked")
    READING = "reading", gettext_lazy("reads along")
    DECLINED = "declined", gettext_lazy("said no")
    ENDED = "ended", gettext_lazy("ended")


class SecondEnded(TextChoices):
    DONE = "done", gettext_lazy("The second reader is done")
    READER = "reader", gettext_lazy("The consultant ended it")
    PATIENT = "patient", gettext_lazy("The patient ended it")
    TIME = "time", gettext_lazy("Its last day has passed")
    CLOSED = "closed", gettext_lazy("The case was closed")


S = SecondState
OPEN = frozenset({S.ASKED, S.READING})
ASKER, SECOND, PATIENT, SYSTEM = "asker", "second_reader", "patient", "system"

SECOND_MOVES = {
    "agree": Move({S.ASKED}, S.READING, {SECOND}),
    "decline": Move({S.ASKED}, S.DECLINED, {SECOND}),
    "note": Move({S.READING}, "", {SECOND}),
    "done": Move({S.READING}, S.ENDED, {SECOND}),
    "end": Move(OPEN, S.ENDED, {ASKER, PATIENT, SYSTEM}),
}


def last_days(today: dt.date, closed: Set[dt.date]) -> list[dt.date]:
    """The business days that can be the last one: from today, or the next one, on."""
    first = first_business_day(today, closed)
    return [first, *(add_business_days(first, count, closed) for count in range(1, LONGEST))]


def over_at(until_on: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The instant at which it is over: when its last day ends at our house."""
    return dt.datetime.combine(until_on + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)


def why_not_until(until_on: dt.date, days: Sequence[dt.date]) -> str:
    if until_on not in days:
        return _("Choose one of the next %(count)d business days.") % {"count": LONGEST}
    return ""


def why_not_colleague(*, is_self: bool, reads: bool, is_in_case: bool, name: str) -> str:
    """Why this person cannot be asked; "" when they can."""
    if is_self or not reads:
        return _("Choose one of your colleagues.")
    if is_in_case:
        return _("%(name)s is part of this case already. Write a note in the messages instead.") % {"name": name}
    return ""
