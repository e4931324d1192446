"""What can be asked to be corrected, by when we answer, and how a request ends."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

ANSWERED_WITHIN = dt.timedelta(days=14)  # the laws that we know give 30; to be confirmed by counsel
LETTERS = 2000
OPEN_AT_MOST = 10


class About(models.TextChoices):
    """Where it stands, as the patient names it."""

    ME = "me", _("My name, birth date, or how to reach me")
    SUMMARY = "summary", _("My plan in plain words")
    RECORDS = "records", _("My records, and where they are")
    CALL = "call", _("What was written down about a call")
    OTHER = "other", _("Something else")


class CorrectionState(models.TextChoices):
    """`kept`: it stays as it is, for a reason, and her own words stand beside it from then on."""

    OPEN = "open", _("We are looking at it")
    CORRECTED = "corrected", _("Corrected")
    KEPT = "kept", _("It stays as it is")
    TAKEN_BACK = "back", _("Taken back")


ANSWERED = (CorrectionState.CORRECTED, CorrectionState.KEPT)
