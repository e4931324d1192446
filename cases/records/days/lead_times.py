"""When a record can be there: business days, and the dates that follow from them.

Pure: the closed days of the holder's region come in as a set, today comes in as a date. Business days count
from the day after the asking; Saturday and Sunday are never business days.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.texts.business_days import (
    add_business_days,
    business_days_between,
    first_business_day,
    needs_a_call,
    next_business_day,
)

__all__ = [
    "add_business_days",
    "business_days_between",
    "first_business_day",
    "needs_a_call",
    "next_business_day",
]

FIRST_CHASE_AFTER = 5
PERSON_TAKES_OVER_AFTER = 15
SAID_SENT_CHECK_AFTER = 2
LAST_ASKING_OF_THE_DAY = time(15)
DAYS_BEFORE = (7, 3, 1)  # calendar days


@dataclass(frozen=True)
class Lead:
    """How long a kind of record takes in business days: usually, at a slow office, and to be read."""

    expected: int
    safe: int
    reading: int = 0


def as_if_asked_on(local_now: datetime, closed: Set[date]) -> date:
    """The asking day of what nobody has asked for: today before 3 pm there, else the next open day."""
    today = local_now.date()
    if local_now.time() < LAST_ASKING_OF_THE_DAY:
        return today
    return next_business_day(today, closed)


def arrives(asked_on: date, days: int, today: date, closed: Set[date]) -> date:
    """The day something asked for is there: asking day + lead time, never before the next business day."""
    return max(add_business_days(asked_on, days, closed), next_business_day(today, closed))


def read_by(asked_on: date, days: int, reading: int, today: date, closed: Set[date]) -> date:
    """The day something asked for is there and has been read: slides and images need some days of reading.

    Were it to come this very day, its reading days would still be ahead; so it never comes before those.
    """
    by_lead = arrives(asked_on, days + reading, today, closed)
    return max(by_lead, add_business_days(today, reading, closed))


def safe_by(visit_on: date, reading: int, closed: Set[date]) -> date:
    """The last business day that leaves the reading days whole before the visit day."""
    return add_business_days(visit_on, -(reading + 1), closed)


def request_by(visit_on: date, lead: Lead, closed: Set[date]) -> date:
    """The last day to ask so that even a slow office is in time."""
    return add_business_days(safe_by(visit_on, lead.reading, closed), -lead.safe, closed)


def chase_by(asked_on: date, visit_on: date | None, closed: Set[date], *, sent_on: date | None = None) -> date:
    """The day of the first chase: business day 5 or half-way to the visit, whichever is sooner.

    What was said to be sent is looked for two business days after the sending.
    """
    if sent_on is not None:
        return add_business_days(sent_on, SAID_SENT_CHECK_AFTER, closed)
    days = FIRST_CHASE_AFTER
    if visit_on is not None and visit_on < add_business_days(asked_on, 2 * days, closed):
        # Rounded down and at least one, so that the chase leaves the larger half for an answer.
        days = max(1, business_days_between(asked_on, visit_on, closed) // 2)
    return add_business_days(asked_on, days, closed)


def person_takes_over_on(asked_on: date, visit_on: date | None, lead: Lead, closed: Set[date]) -> date:
    """The day a person calls the holder: business day 15 or the safe-by date, whichever is sooner.

    Never before the first business day after the asking: a request made past its safe-by date gets one day.
    """
    latest = add_business_days(asked_on, PERSON_TAKES_OVER_AFTER, closed)
    if visit_on is not None:
        latest = min(latest, safe_by(visit_on, lead.reading, closed))
    return max(latest, next_business_day(asked_on, closed))


def days_before(visit_on: date, closed: Set[date]) -> list[tuple[int, date]]:
    """(step, day): 7, 3 and 1 days before a visit, each moved on to a day on which its office can be reached.

    The last one says "tomorrow" and keeps its day whatever that is. Of two on one day the nearer one stays.
    """
    last = DAYS_BEFORE[-1]
    found = {}
    for step in DAYS_BEFORE:
        day = visit_on - timedelta(days=step)
        found[day if step == last else first_business_day(day, closed)] = step
    return [(step, day) for day, step in found.items() if day < visit_on]
