"""When a record can be there: business days, and the dates that follow from them.

Pure: the closed days of the holder's region come in as a set, today comes in as a date. Business days count
from the day after the asking; Saturday and Sunday are never business days.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

FIRST_CHASE_AFTER = 5
PERSON_TAKES_OVER_AFTER = 15
SAID_SENT_CHECK_AFTER = 2
CALL_WITHIN = 10
LAST_ASKING_OF_THE_DAY = time(15)

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Lead:
    """How long a kind of record takes in business days: usually, at a slow office, and to be read."""

    expected: int
    safe: int
    reading: int = 0


def is_business_day(day: date, closed: Set[date]) -> bool:
    return day.weekday() < SATURDAY and day not in closed


def _business_days(day: date, step: timedelta, closed: Set[date]) -> Iterator[date]:
    while True:
        day += step
        if is_business_day(day, closed):
            yield day


def add_business_days(day: date, count: int, closed: Set[date]) -> date:
    """The day that lies `count` business days after `day`; `day` itself for 0. Negative counts go back."""
    if count == 0:
        return day
    step = ONE_DAY if count > 0 else -ONE_DAY
    return next(islice(_business_days(day, step, closed), abs(count) - 1, None))


def next_business_day(day: date, closed: Set[date]) -> date:
    return add_business_days(day, 1, closed)


def business_days_between(start: date, end: date, closed: Set[date]) -> int:
    """How many business days lie after `start`, up to and including `end`; 0 when `end` is not after it."""
    span = (end - start).days
    return sum(is_business_day(start + timedelta(days=n), closed) for n in range(1, span + 1))


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
    if visit_on is not None:
        # Rounded down and at least one, so that the chase leaves the larger half for an answer.
        days = min(days, max(1, business_days_between(asked_on, visit_on, closed) // 2))
    return add_business_days(asked_on, days, closed)


def person_takes_over_on(asked_on: date, visit_on: date | None, lead: Lead, closed: Set[date]) -> date:
    """The day a person calls the holder: business day 15 or the safe-by date, whichever is sooner.

    Never before the first business day after the asking: a request made past its safe-by date gets one day.
    """
    latest = add_business_days(asked_on, PERSON_TAKES_OVER_AFTER, closed)
    if visit_on is not None:
        latest = min(latest, safe_by(visit_on, lead.reading, closed))
    return max(latest, next_business_day(asked_on, closed))


def needs_a_call(today: date, day: date, closed: Set[date]) -> bool:
    """Whether `day` (a visit, a treatment) is within 10 business days, so that a person calls today."""
    return today <= day and business_days_between(today, day, closed) <= CALL_WITHIN
