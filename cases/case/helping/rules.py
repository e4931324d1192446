"""Helping, as pure rules: the three sets and their switches, who may agree how, and until when it holds."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What a grant can let a helper do. Dates and what is still to do are open to every helper.
FILES, PAPERS, BOOKINGS, MESSAGES, SUMMARY, PRIVATE = SWITCHES = (
    "files",  # see records and files
    "papers",  # add papers
    "bookings",  # change dates; book, move and cancel talks
    "messages",  # read and write
    "summary",  # see the consultant's summary
    "private",  # see private words: what matters, the decision, what is marked private
)


class Chosen(models.TextChoices):
    """The three ready sets, and one that was fine-tuned."""

    DATES = "dates", gettext_lazy("Dates only")
    MOST = "most", gettext_lazy("Everything except private words")
    ACTS = "acts", gettext_lazy("Acts for me")
    OWN = "own", gettext_lazy("Chosen one by one")


class How(models.TextChoices):
    """How the patient said yes."""

    PAGE = "page", gettext_lazy("on their own page")
    MAIL = "mail", gettext_lazy("by email")
    TEXT = "text", gettext_lazy("by text")
    PHONE = "phone", gettext_lazy("on the phone")
    PAPER = "paper", gettext_lazy("on paper")
    LAW = "law", gettext_lazy("by a paper that lets them act")  # the patient was not asked: it ends with the paper


class Ended(models.TextChoices):
    """Why it ended."""

    DECLINED = "declined", gettext_lazy("The patient said no")
    PATIENT = "patient", gettext_lazy("The patient ended it")
    HELPER = "helper", gettext_lazy("The helper stopped")
    STAFF = "staff", gettext_lazy("We ended it, as we were asked to")
    EXPIRED = "expired", gettext_lazy("Its last day has passed")
    CLOSED = "closed", gettext_lazy("The case was closed")


class Kin(models.TextChoices):
    """Who the helper is to the patient, as the patient reads it."""

    DAUGHTER = "daughter", gettext_lazy("your daughter")
    SON = "son", gettext_lazy("your son")
    PARTNER = "partner", gettext_lazy("your partner")
    PARENT = "parent", gettext_lazy("your parent")
    SISTER = "sister", gettext_lazy("your sister")
    BROTHER = "brother", gettext_lazy("your brother")
    FRIEND = "friend", gettext_lazy("your friend")
    OTHER = "other", gettext_lazy("someone you know")


SETS: dict[str, frozenset[str]] = {
    Chosen.DATES: frozenset(),
    Chosen.MOST: frozenset(SWITCHES) - {PRIVATE},
    Chosen.ACTS: frozenset(SWITCHES),
}
SAID_TO_STAFF = {How.TEXT, How.PHONE, How.PAPER, How.MAIL}  # what a coordinator may have heard, and records
ASK_PATIENT = "ask_patient"  # the to-do: somebody who began waits for the patient's answer
HELPER_STOPPED = "helper_stopped"  # the to-do: somebody looks who helps from now on
LONGEST = dt.timedelta(days=2 * 366)  # further ahead is a slip of the pen
ASKED_AGAIN_BEFORE = dt.timedelta(days=7)
LONGER_BY = dt.timedelta(days=90)  # what one press offers


def switches_of(chosen: str, picked: Iterable[str] = ()) -> frozenset[str]:
    """The switches that stand for a choice; one by one they are those that were picked.

    Raises KeyError for a set or switch that does not exist.
    """
    if chosen != Chosen.OWN:
        if chosen not in SETS:
            raise KeyError(chosen)
        return SETS[Chosen(chosen)]
    if unknown := set(picked) - set(SWITCHES):
        raise KeyError(", ".join(sorted(unknown)))
    return frozenset(picked)


def set_of(switches: Iterable[str]) -> str:
    """The ready set that these switches make up, or that they were chosen one by one."""
    wanted = frozenset(switches)
    return next((chosen for chosen, made_of in SETS.items() if made_of == wanted), Chosen.OWN)


def why_not_until(until_on: dt.date | None, today: dt.date) -> str:
    """Why help cannot end on this day, or "". Without a day it goes on until somebody ends it."""
    if until_on is None:
        return ""
    if until_on < today:
        return _("Choose today or a later day.")
    if until_on > today + LONGEST:
        return _("Choose a day within two years.")
    return ""


def why_not_heard(how: str, *, is_patient: bool, is_staff: bool) -> str:
    """Why this person cannot record that the patient agreed in this way, or ""."""
    if is_patient and how in {How.PAGE, How.MAIL, How.TEXT}:
        return ""
    if is_staff and how in SAID_TO_STAFF:
        return ""
    return _("Only the patient can say yes. Ask us, and we ask them with you.")


def asked_again_at(over_at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """When both are asked again: a week before it ends; never, where it was just set to end that soon (elapsed)."""
    at = over_at - ASKED_AGAIN_BEFORE if over_at else None
    return at if at and at > now else None


def longer(until_on: dt.date, today: dt.date) -> dt.date:
    """The last day that one press offers instead."""
    return min(max(until_on, today) + LONGER_BY, today + LONGEST)


def over_at(until_on: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    """The instant at which help is over: when its last day ends where the patient lives."""
    if until_on is None:
        return None
    return dt.datetime.combine(until_on + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
