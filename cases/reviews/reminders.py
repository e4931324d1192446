"""The messages of this room: a summary is there to read, or was taken back. No word of it leaves the house."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.reviews.models import Summary
from portal.reminders.kinds import Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.together import Due, Told


def _waits(summary: Summary) -> bool:
    """Not taken back, and not read by the patient yet."""
    return summary.withdrawn_at is None and summary.first_read_at is None


def _about() -> QuerySet[Summary]:
    return Summary.objects.select_related("review", "shared_by", "withdrawn_by")


def _words(summary: Summary, reader: Any) -> Words:
    """Who shared it, and a way in; no word about an illness, a plan or a doctor."""
    return say(PATTERN, {"who": summary.shared_by.first_name}, path=summary.get_absolute_url())


PATTERN = Pattern(
    code="summary.shared",
    about=gettext_lazy("Summary: something new to read"),
    parts={
        "subject": gettext_lazy("Something new to read on your page"),
        "lead": gettext_lazy("%(who)s has written to you. It is on your page."),
        "line": gettext_lazy("Read it when it suits you. You can print it or keep it."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"who": gettext_lazy("Sam")},
)
SHARED = Kind(
    code="summary.shared",
    message_class="notice",
    label=gettext_lazy("Something new to read"),
    still_due=Due(_about, _waits),
    words=Told(_about, _words),
    why=lambda row: _("Your consultant shared a summary with you. It goes away once you have read it."),
    rank=30,
    patterns=(PATTERN,),
)


def _is_unread(summary: Summary) -> bool:
    """The patient has not read yet that it was taken back."""
    return summary.withdrawn_at is not None and summary.withdrawn_read_at is None


def _taken_back(summary: Summary, reader: Any) -> Words:
    """Who changed something, and a way in."""
    return say(
        TAKEN_BACK, {"who": (summary.withdrawn_by or summary.shared_by).first_name}, path=summary.get_absolute_url()
    )


TAKEN_BACK = Pattern(
    code="summary.withdrawn",
    about=gettext_lazy("Summary: taken back"),
    parts={
        "subject": gettext_lazy("Something changed on your page"),
        "lead": gettext_lazy("%(who)s changed something on your page."),
        "line": gettext_lazy("What and why stands there. You have nothing to do."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"who": gettext_lazy("Sam")},
)
WITHDRAWN = Kind(
    code="summary.withdrawn",
    message_class="notice",
    label=gettext_lazy("Something was taken back"),
    still_due=Due(_about, _is_unread),
    words=Told(_about, _taken_back),
    why=lambda row: _("Something that was shared with you was taken back. It goes away once you have read why."),
    rank=30,
    patterns=(TAKEN_BACK,),
)

KINDS = (SHARED, WITHDRAWN)
