"""What accounts decide without looking anything up: when a session is over, what a mistyped address may mean."""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

IDLE = dt.timedelta(minutes=30)
STAFF_AT_MOST = dt.timedelta(hours=12)
PATIENT_AT_MOST = dt.timedelta(hours=24)
KEPT_AT_MOST = dt.timedelta(days=30)
CHECK_LASTS = dt.timedelta(minutes=30)  # the light check before documents, in a session that is kept for days
SENSITIVE_CHECK_LASTS = dt.timedelta(minutes=10)  # before the address, second factor, role
ADULT = 18  # years
POSTAL_LINES, POSTAL_LINE = 4, 40  # what the window of an envelope shows below the name

DOMAINS = [
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net", "verizon.net",
    "live.com", "msn.com", "sbcglobal.net", "att.net", "protonmail.com", "yahoo.ca", "rogers.com", "bell.net",
    "gmx.com",
]  # fmt: skip


@dataclass(frozen=True)
class Stay:
    """What a session remembers of its own, in real time."""

    is_staff: bool
    is_kept: bool  # "keep me signed in on this phone": patients only
    signed_in_at: dt.datetime
    seen_at: dt.datetime


def ends_at(stay: Stay) -> dt.datetime:
    """The instant the session is over if nothing more happens (elapsed time, in UTC)."""
    if stay.is_kept and not stay.is_staff:
        return stay.signed_in_at + KEPT_AT_MOST
    at_most = STAFF_AT_MOST if stay.is_staff else PATIENT_AT_MOST
    return min(stay.signed_in_at + at_most, stay.seen_at + IDLE)


def is_over(stay: Stay, now: dt.datetime) -> bool:
    return now >= ends_at(stay)


def better_address(email: str) -> str:
    """The address that may have been meant: "rosa@gmial.com" gives "rosa@gmail.com"; "" when nothing looks wrong."""
    local, _, domain = email.lower().rpartition("@")
    if not local or domain in DOMAINS:
        return ""
    close = get_close_matches(domain, DOMAINS, n=1, cutoff=0.85)
    return f"{local}@{close[0]}" if close else ""


def is_adult(birth_date: dt.date, today: dt.date) -> bool:
    """Whether the birthday that makes 18 has come (calendar time)."""
    years = today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
    return years >= ADULT


def why_not_change_role(*, is_self: bool, role: str) -> str:
    """ "" or the code of the reason: nobody takes their own role, so that an administrator always remains."""
    return "own_role" if is_self else ""


def tidy_postal(typed: str) -> str:
    """An address line by line: no empty lines, no signs that cannot be seen."""
    shown = ("".join(sign for sign in line if unicodedata.category(sign)[0] != "C") for line in typed.splitlines())
    return "\n".join(line for line in (" ".join(line.split()) for line in shown) if line)


def why_not_postal(postal: str) -> str:
    """Why a tidy address does not go on an envelope; "" when it does."""
    lines = postal.splitlines()
    if len(lines) > POSTAL_LINES:
        return _("Write the address in %(count)d lines at most: street, city, state and ZIP code.") % {
            "count": POSTAL_LINES
        }
    if any(len(line) > POSTAL_LINE for line in lines):
        return _("Keep each line under %(count)d letters, so that it fits an envelope.") % {"count": POSTAL_LINE}
    return ""


def why_not_channel(channel: str, *, email: str, phone: str, postal: str) -> str:
    """Why messages cannot come this way; "" when they can."""
    if channel == "mail" and not email:
        return _("There is no email address. Choose another way.")
    if channel in {"text", "call"} and not phone:
        return _("There is no phone number. Enter it, or choose another way.")
    if channel == "letter" and not postal:
        return _("There is no postal address. Enter it, or choose another way.")
    return ""
