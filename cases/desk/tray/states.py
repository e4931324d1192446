"""How a paper came to us, where it stands, what it was about and what it said."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class How(TextChoices):
    FAX = "fax", _("Fax")
    POST = "post", _("Post")
    PHONE = "phone", _("Voicemail")
    HAND = "hand", _("Handed in")


class TrayState(TextChoices):
    WAITING = "waiting", _("Waiting")
    FILED = "filed", _("Filed")
    NOT_OURS = "not_ours", _("Not ours")


class Check(TextChoices):
    """Where its file stands: the states of any file that is put in, and none for a call."""

    NONE = "none"
    RECEIVED = "received"
    CHECKING = "checking"
    UNSCANNED = "unscanned"  # everything but the virus scanner, which is away
    STUCK = "stuck"  # we could not bring the check to an end; it says nothing about the paper
    LOCKED = "locked"
    READY = "ready"
    REFUSED = "refused"


class About(TextChoices):
    ITEM = "item", _("A record")
    REPORT = "report", _("The second doctor’s report")
    AUTHORITY = "authority", _("The permission to ask, signed on paper")
    RELEASE = "release", _("A permission to send records, signed on paper")
    LETTER = "letter", _("An answer to a letter of ours")
    OTHER = "other", _("A letter or anything else")


class Said(TextChoices):
    SENT = "sent", _("Sent")
    NOT_FOUND = "not_found", _("Can’t find it")
    NEEDS = "needs", _("Needs something")
    IS_IT = "is_it", _("This is it")
    # Of what came with a cover of ours.
    CAME = "came", _("All of it came")
    MISSING = "missing", _("Something is missing")
    NOT_COME = "not_come", _("It has not come")
    NO_OPEN = "no_open", _("Will not open")


OF_RECORD = (Said.SENT, Said.NOT_FOUND, Said.NEEDS, Said.IS_IT)
MOVING = frozenset({Check.RECEIVED, Check.CHECKING, Check.UNSCANNED})
CAN_BE_FILED = frozenset({Check.NONE, Check.READY})
