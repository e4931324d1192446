"""What the gateway answers: by mail to our address, or as mail that came back. Told apart by our Message-ID in it."""

import email
import email.policy
import re
from email.message import EmailMessage
from enum import Enum, auto
from uuid import UUID

from anymail.signals import AnymailTrackingEvent

from cases.desk.fax.actions import ask_to_read, say
from cases.desk.fax.models import Fax
from portal.actors import SYSTEM
from portal.reminders.bounces import FOR_GOOD

OURS = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
# No provider's words are known here, so they are read warily: a plain "no" is one, whatever stands beside it, unless
# it goes on by itself; what is under way says nothing; then any "no" is one.
PLAIN_NO = re.compile(
    r"\b(?:fail\w*|un(?:deliver|success)\w*|could\s?n[o’']t|can(?:no|’|')t|reject\w*|busy|no answer|cancel\w*|abort\w*"
    r"|refus\w*)",
    re.I,
)
GOES_ON = re.compile(r"\b(?:will (?:retry|try|be (?:re)?(?:tried|sent|queued))|retrying|trying again|requeued)\b", re.I)
REPLY = re.compile(r"^\s*(?:re|aw|fwd?)\s*:", re.I)
UNDER_WAY = re.compile(r"\b(?:queue\w*|will|being|yet|delay\w*|pending|scheduled|retry\w*|trying)\b", re.I)
FAILED = re.compile(
    r"\b(?:fail\w*|un(?:deliver|success|able)\w*|not|never|nothing|no answer|busy|errors?|could|cannot|reject\w*"
    r"|cancel\w*|partial\w*|abort\w*|refus\w*|dead|0 of)\b",
    re.I,
)
ARRIVED = re.compile(r"\b(?:success|successful|successfully|delivered|sent|completed|ok)\b", re.I)
STATUS = re.compile(r"^Status:\s*([245])\.", re.I | re.M)


class Says(Enum):
    """What the words of an answer come to."""

    ARRIVED = auto()
    FAILED = auto()
    UNDER_WAY = auto()  # another answer comes; where none does, one of us looks after a day
    UNCLEAR = auto()  # one of us reads it


def take(raw: bytes) -> Fax | None:
    """Note what an answer by mail says of one of our faxes. None where it is about none, or it is still under way."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    says = _says(message)
    fax = None if says == Says.UNDER_WAY else _named(message)
    if fax is None:
        return None
    return ask_to_read(fax, by=SYSTEM) if says == Says.UNCLEAR else say(fax, says == Says.ARRIVED, by=SYSTEM)


def heard(event: AnymailTrackingEvent, **_rest: object) -> None:
    """What the mail provider tells: a fax's mail that came back for good never reached the gateway."""
    found = OURS.match(str(event.message_id or "").lstrip("<"))
    if event.event_type in FOR_GOOD and found and (fax := _fax(found[1])):
        say(fax, False, by=SYSTEM)


def _says(message: EmailMessage) -> Says:
    whole = message.as_string()
    if message.get_content_type() == "multipart/report" and (status := STATUS.findall(whole)):
        return Says.FAILED if status[-1] == "5" else Says.UNDER_WAY  # a good one tells of the mail, not of the fax
    subject = str(message["Subject"] or "")
    if PLAIN_NO.search(subject):
        return Says.UNDER_WAY if GOES_ON.search(subject) else Says.FAILED
    if REPLY.match(subject):
        return Says.UNCLEAR
    if UNDER_WAY.search(subject):
        return Says.UNDER_WAY
    if FAILED.search(subject):
        return Says.FAILED
    return Says.ARRIVED if ARRIVED.search(subject) else Says.UNCLEAR


def _named(message: EmailMessage) -> Fax | None:
    """The fax whose Message-ID the answer quotes, in its own headers first."""
    own = " ".join(str(message[name] or "") for name in ("In-Reply-To", "References"))
    for pk in OURS.findall(own) + OURS.findall(message.as_string()):
        if fax := _fax(pk):
            return fax
    return None


def _fax(pk: str) -> Fax | None:
    return Fax.objects.select_related("letter__case").filter(pk=UUID(pk)).first()
