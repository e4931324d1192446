"""How long an urgent look lasts, what its reason must be, and how it ends. Pure."""

import datetime as dt

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LASTS = dt.timedelta(hours=1)
WHY_LETTERS = 300
WHY_AT_LEAST = 10  # letters: "urgent" alone tells the patient nothing


class UrgentEnded(TextChoices):
    READER = "reader", gettext_lazy("The consultant was done")
    PATIENT = "patient", gettext_lazy("The patient ended it")
    ADMIN = "admin", gettext_lazy("An administrator ended it")
    TIME = "time", gettext_lazy("Its hour was over")
    CLOSED = "closed", gettext_lazy("The case was closed")
    LEFT = "left", gettext_lazy("The consultant left")


def why_not_reason(why: str) -> str:
    """Why these words do not do; "" when they do."""
    if len(why) < WHY_AT_LEAST:
        return _("Say why you must look now, in a sentence that the patient understands.")
    if len(why) > WHY_LETTERS:
        return _("Keep your words under %(count)d letters.") % {"count": WHY_LETTERS}
    return ""


def why_not_look(*, is_closed: bool, is_in_case: bool) -> str:
    """Why nobody needs, or can have, an urgent look at this case; "" when they can."""
    if is_closed:
        return _("This case is closed.")
    if is_in_case:
        return _("You are part of this case already. Open it as you always do.")
    return ""
