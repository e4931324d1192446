"""When an office's link is open, asleep or over. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

OPEN_AFTER_VISIT = timedelta(days=30)
SLEEPS_AFTER = timedelta(days=14)  # without use
MOST_TRIES = 5
PROOF_HOLDS = timedelta(hours=12)  # a browser that opened it shows the page so long
IDLE_AFTER = timedelta(minutes=30)  # without use: then what needs both asks for the birth date once more


class Ended(TextChoices):
    NOT_OURS = "not_ours", _("The office said it is not its patient")
    STAFF = "staff", _("Closed by us")
    PATIENT = "patient", _("The patient closed it")
    MERGED = "merged", _("The office became part of another one")
    OVER = "over", _("The visit or the case is over")


class OpenedAgain(TextChoices):
    """Why a link that was ended opens again."""

    MISTAKE = "mistake", _("It was closed by mistake")
    THEIRS = "theirs", _("The office says that it is its patient")


UNDONE = frozenset({Ended.NOT_OURS, Ended.STAFF, Ended.PATIENT})  # somebody pressed it, so it can be taken back


class Standing(StrEnum):
    OPEN = "open"
    ASLEEP = "asleep"  # a fresh code wakes it
    LOCKED = "locked"  # too many wrong tries: we were told
    OVER = "over"


def open_until(visit_on: date | None) -> date | None:
    """The last day of a link: 30 days after the visit. None while the visit has no day."""
    return visit_on + OPEN_AFTER_VISIT if visit_on else None


def standing(
    *,
    ended_at: datetime | None,
    is_live: bool,
    visit_on: date | None,
    awake_since: datetime,
    tries: int,
    today: date,
    now: datetime,
) -> Standing:
    """Whether a link opens today. `is_live`: visit and case are; `today` where the visit is."""
    last = open_until(visit_on)
    if ended_at is not None or not is_live or (last is not None and today > last):
        return Standing.OVER
    if tries >= MOST_TRIES:
        return Standing.LOCKED
    return Standing.ASLEEP if now - awake_since >= SLEEPS_AFTER else Standing.OPEN


def tries_after(tries: int, is_right: bool | None, *, is_open: bool) -> int:
    """How many wrong ones of a kind there were, after one more try of the whole; None: left out."""
    if is_right is False:
        return tries + 1
    return 0 if is_right and is_open else tries


def is_right(is_code_right: bool | None, is_birth_date_right: bool | None, *, by_mail: bool) -> bool:
    """Whether what was typed opens a link; None stands for what was left out.

    By the address in a mail either of both opens it; by the short address on paper both are asked for. Whatever
    was typed must be right.
    """
    if False in (is_code_right, is_birth_date_right):
        return False
    if by_mail:
        return bool(is_code_right or is_birth_date_right)
    return bool(is_code_right and is_birth_date_right)
