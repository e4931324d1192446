"""What follows from the state of a report: its dates after a word, the days it is asked about, how long it is open.

Pure. Days are counted from the visit, in calendar days, and moved on to one on which offices can be asked.
"""

from collections.abc import Set
from datetime import date, timedelta

from django.utils.translation import gettext as _

from cases.records.days.lead_times import first_business_day, next_business_day
from cases.records.states import Came, ReportState

ASKED_ABOUT = (3, 10, 20)  # days after the visit
LAST = ASKED_ABOUT[-1]
AFTER_A_LATE_WORD = timedelta(days=3)
CAME_OF_VERB = {"received": Came.DIRECT, "passed_on": Came.THROUGH_US}
THERE = frozenset({ReportState.RECEIVED, ReportState.CONFIRMED})

Dates = dict[str, date | None]
ALL_DATES = ("asked_on", "received_on", "confirmed_on")


def dates_after(verb: str, dates: Dates, on: date) -> Dates:
    """The dates after a word about day `on`. What is confirmed was received, at the latest on that day."""
    new = {name: dates.get(name) for name in ALL_DATES}
    if verb == "asked":
        return new | {"asked_on": on}
    new["received_on"] = new["received_on"] or on
    if verb == "confirmed":
        new["confirmed_on"] = on
    return new


def why_not_on(on: date, today: date, visit_on: date, dates: Dates, verb: str) -> str:
    """Why a word cannot be about day `on`, in a sentence; empty when it can. Asking ahead of the visit is fine."""
    if on > today:
        return _("That day is still to come. Enter today or a day before.")
    if verb == "asked":
        return "" if on >= visit_on - timedelta(days=366) else _("That day is more than a year ago. Check the year.")
    earliest = max(day for day in (visit_on, dates.get("asked_on"), dates.get("received_on")) if day)
    if on < earliest:
        return _("That is before the step before it. Check the date.")
    return ""


def days_to_ask(visit_on: date, said_on: date, closed: Set[date]) -> list[tuple[int, date]]:
    """(step, day): 3, 10 and 20 days after the visit or the next business day, those that lie after the last word.

    When all have passed, the last one moves to some days after the word.
    """
    ahead = [(days, first_business_day(visit_on + timedelta(days=days), closed)) for days in ASKED_ABOUT]
    late = first_business_day(said_on + AFTER_A_LATE_WORD, closed)
    return [each for each in ahead if each[1] > said_on] or [(LAST, late)]


def person_asks_on(visit_on: date, said_on: date, closed: Set[date]) -> date:
    """The business day on which a person takes over: after the last question went unanswered."""
    return next_business_day(days_to_ask(visit_on, said_on, closed)[-1][1], closed)


def days_open(visit_on: date, today: date) -> int:
    """How many days a report has been open: since the visit."""
    return max((today - visit_on).days, 0)
