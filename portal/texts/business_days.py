"""Counting business days. Pure: closed days come in as a set; Saturday and Sunday are never business days."""

from collections.abc import Iterator, Set
from datetime import date, timedelta
from itertools import islice

ONE_DAY = timedelta(days=1)
SATURDAY = 5
CALL_WITHIN = 10


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


def first_business_day(day: date, closed: Set[date]) -> date:
    """`day` itself where it is one, else the next business day."""
    return day if is_business_day(day, closed) else next_business_day(day, closed)


def business_days_between(start: date, end: date, closed: Set[date]) -> int:
    """How many business days lie after `start`, up to and including `end`; 0 when `end` is not after it."""
    span = (end - start).days
    return sum(is_business_day(start + timedelta(days=n), closed) for n in range(1, span + 1))


def needs_a_call(today: date, day: date, closed: Set[date]) -> bool:
    """Whether `day` (a visit, a treatment) is within 10 business days, so that a person calls today."""
    return today <= day and business_days_between(today, day, closed) <= CALL_WITHIN
