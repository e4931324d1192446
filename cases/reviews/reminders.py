"""The messages of this room: a summary is there to read, or was taken back. No word of it leaves the house."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.reviews.models import Summary
from portal.reminders.kinds import Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.together import things


def still_due(rows: Iterable[Any], now: datetime) -> set[Any]:
    """Not taken back, and not read by the patient yet."""
    found = things(list(rows), _about)
    return {row.pk for row in rows if (summary := found.get(row.about_id)) and _waits(summary)}


def _waits(summary: Summary) -> bool:
    return summary.withdrawn_at is None and summary.first_read_at is None


def _about() -> QuerySet[Summary]:
    return Summary.objects.select_related("review", "shared_by", "withdrawn_by")


def words(rows: Iterable[Any], reader: Any, now: datetime) -> dict[Any, Words]:
    """Who shared it, and a way in; no word about an illness, a plan or a doctor."""
    found = things(list(rows), _about)
    return {row.pk: _words(found[row.about_id]) for row in rows}


def _words(summary: Summary) -> Words:
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
    still_due=still_due,
    about=(_about,),
    words=words,
    why=lambda row: _("Your consultant shared a summary with you. It goes away once you have read it."),
    rank=30,
    patterns=(PATTERN,),
)


def still_taken_back(rows: Iterable[Any], now: datetime) -> set[Any]:
    """The patient has not read yet that it was taken back."""
    found = things(list(rows), _about)
    return {row.pk for row in rows if (summary := found.get(row.about_id)) and _is_unread(summary)}


def _is_unread(summary: Summary) -> bool:
    return summary.withdrawn_at is not None and summary.withdrawn_read_at is None


def taken_back_words(rows: Iterable[Any], reader: Any, now: datetime) -> dict[Any, Words]:
    """Who changed something, and a way in."""
    found = things(list(rows), _about)
    return {row.pk: _taken_back(found[row.about_id]) for row in rows}


def _taken_back(summary: Summary) -> Words:
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
    still_due=still_taken_back,
    about=(_about,),
    words=taken_back_words,
    why=lambda row: _("Something that was shared with you was taken back. It goes away once you have read why."),
    rank=30,
    patterns=(TAKEN_BACK,),
)

KINDS = (SHARED, WITHDRAWN)
