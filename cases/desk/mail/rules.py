"""Which offices may be written to, and when. Pure."""

import re
from collections.abc import Set
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from cases.case import office_hours
from cases.case.models import Office
from portal.reminders.rules import morning
from portal.texts.business_days import is_business_day, next_business_day

OPENS, CLOSES = time(9), time(16)
_MAIL = re.compile(r"\be-?mails?\b", re.IGNORECASE)
_NO_MAIL = re.compile(r"\b(?:no|not|never|don.?t|without)\b[^.,;]*\be-?mails?\b", re.IGNORECASE)


class Why(StrEnum):
    """Why an office is not written to."""

    MERGED = "merged"
    NO_ADDRESS = "no_address"
    HELD_BACK = "held_back"  # one of us said so in its entry
    UNCHECKED = "unchecked"
    ANOTHER_WAY = "another_way"  # it likes to be asked another way


def why_not(office: Office, *, is_pressed: bool) -> Why | None:
    """Why no mail goes to an office; None when it may. `is_pressed`: a person says so, and has seen the address."""
    if office.merged_into_id:
        return Why.MERGED
    if not office.email:
        return Why.NO_ADDRESS
    if office.takes_no_mail:
        return Why.HELD_BACK
    if is_pressed:
        return None
    if office.checked_at is None:
        return Why.UNCHECKED
    return None if likes_mail(office.likes_to_be_asked) else Why.ANOTHER_WAY


def likes_mail(words: str) -> bool:
    """Whether an office may be asked by mail: it says so, or says nothing of how it likes to be asked."""
    if not words.strip():
        return True
    return bool(_MAIL.search(words)) and not _NO_MAIL.search(words)


def is_at_its_desk(hours: str, there: datetime, closed: Set[date]) -> bool:
    """Whether an office is written to at this moment of its own clock: from 9 am to 4 pm on its business days."""
    return OPENS <= there.time() < CLOSES and _is_its_day(hours, there.date(), closed)


def first_morning(hours: str, now: datetime, zone: ZoneInfo, closed: Set[date]) -> datetime:
    """9 am of the first of its days on which a message can still go: today's, although it has passed, until 4 pm."""
    there = now.astimezone(zone)
    day = there.date()
    if there.time() >= CLOSES or not _is_its_day(hours, day, closed):
        day = next_business_day(day, closed)
        while not _is_its_day(hours, day, closed):
            day = next_business_day(day, closed)
    return morning(day, zone)


def _is_its_day(hours: str, day: date, closed: Set[date]) -> bool:
    """By its hours where they say days for certain, never on a weekend or holiday."""
    spans = office_hours.read(hours) or []
    own = {weekday for span in spans for weekday in span.days} & office_hours.WORKDAYS
    return is_business_day(day, closed) and day.weekday() in (own or office_hours.WORKDAYS)
