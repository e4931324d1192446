"""What becomes of a fax, and why one did not go."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

TRIES = 8
ANSWERED_WITHIN = timedelta(days=1)  # then one of us asks what became of it
CLAIM_LASTS = timedelta(minutes=3)  # longer than a mail server may take to answer


class Failure(TextChoices):
    """Why a fax did not arrive, or may not have."""

    STOPPED = "stopped", _("It could not go any more")
    REFUSED = "refused", _("The gateway refused the number")
    AWAY = "away", _("The gateway did not answer")
    UNSURE = "unsure", _("It may have gone, or not")
    BROKEN = "broken", _("The page could not be made")
    ANSWERED = "answered", _("The gateway says that it did not arrive")
