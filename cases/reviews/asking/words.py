"""Sentences about a request: on pages, and in the patient's list of what happened."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.reviews.asking.models import Asking
from cases.reviews.asking.rules import AskingKind

VERBS = {
    "asking.asked": gettext_lazy("Asked you for something to read on"),
    "asking.answered": gettext_lazy("Answered what the consultant needed"),
    "asking.not_there": gettext_lazy("Said that it isn’t there"),
    "asking.withdrawn": gettext_lazy("Took back what was asked of you"),
    "asking.dropped": gettext_lazy("What was asked of you is not needed any more"),
    "asking.passed": gettext_lazy("Reading goes on without what was asked of you"),
    "asking.looked": gettext_lazy("Looked at what the consultant needs"),
}
REASONS = {"asking": gettext_lazy("Something the consultant needs")}


def what(asking: Asking) -> str:
    """ "A clear copy of page 2", "A report that is missing", "An answer to a question"."""
    if asking.kind == AskingKind.COPY:
        return _("A clear copy of page %(page)d of the plan") % {"page": asking.page}
    return str(AskingKind(asking.kind).label)


def who_needs(asking: Asking) -> str:
    """By name who reads the plan now, as the beginning of a sentence; after it was handed back, the team."""
    reader = asking.review.reader
    return reader.first_name if reader else _("Our team")
