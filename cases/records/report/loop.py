"""What follows from the state of a report: its dates after a word, the days it is asked about, how long it is open.

Pure. Days are counted from the visit, in calendar days, and moved on to one on which offices can be asked. From the
day it was announced for, business days are counted: as long as a fax that was not seen, or a letter, needs.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from cases.records.days.lead_times import add_business_days, first_business_day, next_business_day
from cases.records.states import Came, ReportState

ASKED_ABOUT = (3, 10, 20)  # days after the visit
LATE, LAST = ASKED_ABOUT[1:]
AFTER_A_LATE_WORD = timedelta(days=3)
AFTER_IT_WENT_OUT = 3  # business days
AFTER_A_CALL = 5  # business days: one of us called, and nobody knew more
LOOK_AHEAD = timedelta(days=31)  # how far ahead it can be announced
CAME_OF_VERB = {"received": Came.DIRECT, "passed_on": Came.THROUGH_US}
THERE = frozenset({ReportState.RECEIVED, ReportState.CONFIRMED})
# The second office has done its part: from now on whoever should have it is asked.
ON_ITS_WAY = frozenset({ReportState.ANNOUNCED, ReportState.RECEIVED})

Dates = dict[str, date | None]
ALL_DATES = ("asked_on", "sent_on", "missed_on", "received_on", "confirmed_on")


class Asker(StrEnum):
    """Who has the report in hand until the next day: a message to the patient asks, or one of us."""

    MESSAGE = "message"
    PERSON = "person"


@dataclass(frozen=True)
class Next:
    """The one next day of an open report, and whose it is."""

    on: date
    by: Asker


def dates_after(verb: str, dates: Dates, on: date) -> Dates:
    """The dates after a word about day `on`. What is confirmed was received, at the latest on that day."""
    new = {name: dates.get(name) for name in ALL_DATES} | {"missed_on": None}
    if verb == "asked":
        return new | {"asked_on": on}
    if verb == "asked_again":
        return new
    if verb == "announced":
        return new | {"sent_on": on}
    if verb == "not_there":
        return new | {"asked_on": new["asked_on"] or on, "sent_on": None, "received_on": None, "missed_on": on}
    if dates.get("missed_on") and new["asked_on"] and on < new["asked_on"]:
        new["asked_on"] = None  # it was there before anybody looked for it
    new["received_on"] = new["received_on"] or on
    if new["sent_on"]:  # announced for a later day, and there before
        new["sent_on"] = min(new["sent_on"], new["received_on"])
    if verb == "confirmed":
        new["confirmed_on"] = on
    return new


def why_not_on(on: date, today: date, visit_on: date, dates: Dates, verb: str) -> str:
    """Why a word cannot be about day `on`, in a sentence; empty when it can. Asking ahead of the visit is fine."""
    if verb == "announced" and today < on <= today + LOOK_AHEAD:
        return ""
    if on > today:
        if verb == "announced":
            return _("That day is more than a month away. Check the date.")
        return _("That day is still to come. Enter today or a day before.")
    if verb == "asked":
        return "" if on >= visit_on - timedelta(days=366) else _("That day is more than a year ago. Check the year.")
    before = [visit_on]
    if verb in {"received", "passed_on", "confirmed"} and not dates.get("missed_on"):
        before += [day for day in (dates.get("asked_on"), dates.get("received_on")) if day]
    if on < max(before):
        return _("That is before the step before it. Check the date.")
    return ""


def days_to_ask(
    visit_on: date, said_on: date, closed: Set[date], sent_on: date | None = None
) -> list[tuple[int, date]]:
    """(step, day): 3, 10 and 20 days after the visit or the next business day, those that lie after the last word.

    When all have passed, the last one moves to some days after the word. Once it is announced (`sent_on`) nobody is
    asked before it can have come.
    """
    ahead = [(days, first_business_day(visit_on + timedelta(days=days), closed)) for days in ASKED_ABOUT]
    if sent_on:
        first = add_business_days(max(sent_on, said_on), AFTER_IT_WENT_OUT, closed)
        later = [each for each in ahead if each[1] > first]
        return [(ASKED_ABOUT[-1 - len(later)], first), *later]
    late = first_business_day(said_on + AFTER_A_LATE_WORD, closed)
    return [each for each in ahead if each[1] > said_on] or [(LAST, late)]


def person_asks_on(
    visit_on: date,
    said_on: date,
    closed: Set[date],
    sent_on: date | None = None,
    missed_on: date | None = None,
) -> date:
    """The business day on which a person takes over: after the last question went unanswered, or as soon as whoever
    should have it has said that it is not there.
    """
    if missed_on:
        return first_business_day(missed_on, closed)
    return next_business_day(days_to_ask(visit_on, said_on, closed, sent_on)[-1][1], closed)


def next_of(
    visit_on: date,
    said_on: date,
    closed: Set[date],
    today: date,
    sent_on: date | None = None,
    missed_on: date | None = None,
) -> Next:
    """The one next day of an open report: the next question by a message, else a person's day."""
    days = [] if missed_on else [day for _step, day in days_to_ask(visit_on, said_on, closed, sent_on) if day >= today]
    if days:
        return Next(days[0], Asker.MESSAGE)
    return Next(person_asks_on(visit_on, said_on, closed, sent_on, missed_on), Asker.PERSON)


def is_called_again(called_on: date, today: date, closed: Set[date]) -> bool:
    """Whether it is time for another call: one was made, and nothing has been said since."""
    return today >= add_business_days(called_on, AFTER_A_CALL, closed)


def days_open(visit_on: date, today: date) -> int:
    """How many days a report has been open: since the visit."""
    return max((today - visit_on).days, 0)
