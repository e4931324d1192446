"""Asking somebody to come to a case, as pure rules: how long it stands, how often it is said, what a mail may name."""

import datetime as dt
import unicodedata

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LASTS = dt.timedelta(days=14)
AGAIN_AFTER = dt.timedelta(minutes=10)
TIMES_AT_MOST = 5
ONE_DAY = dt.timedelta(days=1)
A_DAY_AT_MOST = 10  # in one case: enough for a family, too few to pester strangers
LONGEST_NAME = 30
ADDRESS_KEPT = dt.timedelta(days=30)  # once it is over


class Part(models.TextChoices):
    """As whom somebody is asked to come."""

    HELPER = "helper"
    PATIENT = "patient"  # whose page a helper began


class Closed(models.TextChoices):
    """What became of it."""

    TAKEN = "taken", gettext_lazy("They said yes")
    DECLINED = "declined", gettext_lazy("They said that they cannot")
    WITHDRAWN = "withdrawn", gettext_lazy("It was taken back")
    EXPIRED = "expired", gettext_lazy("Its time passed")
    CLOSED = "closed", gettext_lazy("The case was closed")


def good_until(now: dt.datetime, over_at: dt.datetime | None) -> dt.datetime:
    """Until when it can be taken up: never longer than the help itself (elapsed)."""
    return min(now + LASTS, over_at) if over_at else now + LASTS


def why_not_again(sent_at: dt.datetime, times: int, now: dt.datetime) -> str:
    """Why it is not said again now, or ""."""
    if times >= TIMES_AT_MOST:
        return _("We have written %(times)d times. Call us, and we find another way.") % {"times": times}
    if now - sent_at < AGAIN_AFTER:
        return _("We have just sent it. Wait ten minutes, then send it again.")
    return ""


def name_in_mail(name: str) -> str:
    """The first word of a name, fit to stand in a mail to somebody who may not know us: letters, or nothing.

    A name that holds an address or an offer does not travel in our mail.
    """
    first = (name.split() or [""])[0]
    is_name = all(sign in "-’'" or unicodedata.category(sign)[0] in "LM" for sign in first)
    return first if is_name and len(first) <= LONGEST_NAME else ""
