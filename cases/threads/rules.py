"""What holds in a thread: what can be sent, what can be taken back, by when an answer is due. Pure."""

import datetime as dt
from collections.abc import Set

from django.utils.translation import gettext as _

from portal.texts.business_days import next_business_day

LETTERS_AT_MOST = 5000
FILES_AT_MOST = 20
ON_A_PAGE = 20  # messages; earlier ones come by a link
TAKEN_BACK_WITHIN = dt.timedelta(minutes=10)
ONE_LOOK = dt.timedelta(minutes=30)  # reading within it is one line of history
TOLD_FOR = dt.timedelta(days=14)  # so long somebody may still be told that a message waits


def is_another_look(read_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether reading now is a line of history of its own."""
    return read_at is None or now - read_at >= ONE_LOOK


def why_not_send(text: str, files: int) -> str:
    """Why this cannot be sent; empty when it can."""
    if not text.strip() and not files:
        return _("Write a message, or add a file.")
    if len(text) > LETTERS_AT_MOST:
        return _("Keep your message under %(count)d letters. You can send a second one.") % {"count": LETTERS_AT_MOST}
    if files > FILES_AT_MOST:
        return _("You can add up to %(count)d files to one message.") % {"count": FILES_AT_MOST}
    return ""


def why_not_take_back(*, is_own: bool, is_read: bool, sent_at: dt.datetime, now: dt.datetime) -> str:
    """Why a message stays; empty when its author can take it back."""
    if not is_own:
        return _("Only the person who wrote a message can take it back.")
    if is_read:
        return _("Someone has read this message, so it stays. You can write another one.")
    if now - sent_at > TAKEN_BACK_WITHIN:
        return _("A message can be taken back for 10 minutes. After that it stays. You can write another one.")
    return ""


def why_not_set_private(*, is_hers: bool, speaks: bool, is_here: bool) -> str:
    """Why who reads a message stays as it is; empty where the patient, or who writes for her, may say it."""
    if not is_here:
        return _("This message was taken back.")
    if not is_hers or not speaks:
        return _("Only the patient says who reads what they wrote.")
    return ""


def answer_by(today: dt.date, closed: Set[dt.date]) -> dt.date:
    """The day on which a message of today should be answered, unless staff say another one."""
    return next_business_day(today, closed)
