"""What the gateway answers: by mail to our address, or as mail that came back. Told apart by our Message-ID in it."""

import email
import email.policy
import re
from email.message import EmailMessage
from uuid import UUID

from anymail.signals import AnymailTrackingEvent

from cases.desk.fax.actions import say
from cases.desk.fax.models import Fax
from portal.actors import SYSTEM
from portal.reminders.bounces import FOR_GOOD

OURS = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
# No provider's words are known here, so they are read warily: what is under way says nothing, any "no" is one.
UNDER_WAY = re.compile(r"\b(?:queue\w*|will|being|yet|delay\w*|pending|scheduled|retry\w*|trying|re)\b", re.I)
FAILED = re.compile(
    r"\b(?:fail\w*|un(?:deliver|success|able)\w*|not|never|nothing|no answer|busy|errors?|could|cannot|reject\w*"
    r"|cancel\w*|partial\w*|abort\w*|refus\w*|dead|0 of)\b",
    re.I,
)
ARRIVED = re.compile(r"\b(?:success|successful|successfully|delivered|sent|completed|ok)\b", re.I)
STATUS = re.compile(r"^Status:\s*([245])\.", re.I | re.M)


def take(raw: bytes) -> Fax | None:
    """Note what an answer by mail says of one of our faxes. None where it is about none, or says neither."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    is_there = _says(message)
    fax = None if is_there is None else _named(message)
    return say(fax, bool(is_there), by=SYSTEM) if fax else None


def heard(event: AnymailTrackingEvent, **_rest: object) -> None:
    """What the mail provider tells: a fax's mail that came back for good never reached the gateway."""
    found = OURS.match(str(event.message_id or "").lstrip("<"))
    if event.event_type in FOR_GOOD and found and (fax := _fax(found[1])):
        say(fax, False, by=SYSTEM)


def _says(message: EmailMessage) -> bool | None:
    """True: it arrived. False: it did not. None: it does not say; a person reads it."""
    whole = message.as_string()
    if message.get_content_type() == "multipart/report" and (status := STATUS.findall(whole)):
        return False if status[-1] == "5" else None  # a good one tells of the mail alone, not of the fax
    subject = str(message["Subject"] or "")
    if UNDER_WAY.search(subject):
        return None
    if FAILED.search(subject):
        return False
    return True if ARRIVED.search(subject) else None


def _named(message: EmailMessage) -> Fax | None:
    """The fax whose Message-ID the answer quotes, in its own headers first."""
    own = " ".join(str(message[name] or "") for name in ("In-Reply-To", "References"))
    for pk in OURS.findall(own) + OURS.findall(message.as_string()):
        if fax := _fax(pk):
            return fax
    return None


def _fax(pk: str) -> Fax | None:
    return Fax.objects.select_related("letter__case").filter(pk=UUID(pk)).first()
