"""Counting business days. Pure: closed days come in as a set; Saturday and Sunday are never business days."""

from collections.abc import Set
from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
SATURDAY = 5
CALL_WITHIN = 10


def is_business_day(day: date, closed: Set[date]) -> bool:
    return day.weekday() < SATURDAY and day not in closed


def add_business_days(day: date, count: int, closed: Set[date]) -> date:
    """The day that lies `count` business days after `day`; `day` itself for 0. Negative counts go back."""
    # The dates of a page of cases ask for the same few days again and again.
    return _walk(day, count, closed) if isinstance(closed, frozenset) else _walk.__wrapped__(day, count, closed)


@lru_cache(maxsize=4096)
def _walk(day: date, count: int, closed: Set[date]) -> date:
    step, left = (ONE_DAY if count > 0 else -ONE_DAY), abs(count)
    while left:
        day += step
        left -= is_business_day(day, closed)
    return day


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
    return today <= day < add_business_days(today, CALL_WITHIN + 1, closed)
