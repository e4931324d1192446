"""What a patient looks for in the list of who did what with her records: a kind, and days."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.pages.narrowing import NarrowingDay

# What is a look, by the last part of its verb: only these show something, and change nothing.
LOOKED = (
    "seen", "opened", "looked", "read", "previewed", "briefed", "searched", "denied", "downloaded", "list_taken",
    "copy_taken", "exported", "asking_opened", "colleague_opened", "taken", "agenda_taken", "letter_taken", "shown",
    "quote_looked_at", "saved_as_pdf", "printed", "page_taken", "form_printed",
)  # fmt: skip
NO_LOOK = (
    "review.taken", "review.opened", "talk.shown", "case.opened", "day.opened", "helping.taken", "helping.page_taken",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    label: Promise
    rooms: tuple[str, ...]  # first parts of verbs

    def condition(self) -> Q:
        return _any(Q(verb__startswith=f"{room}.") for room in self.rooms)


def _any(conditions: Any) -> Q:
    met = Q(pk__in=[])
    for condition in conditions:
        met |= condition
    return met


KINDS = {
    "files": Kind(_("Files"), ("document", "packet", "identity", "incoming", "file")),
    "records": Kind(
        _("Records, visits and doctors’ offices"),
        (
            "item", "visit", "referral", "release", "report", "authority", "letter", "fax", "fee", "office",
            "office_link", "office_mail", "receipt", "talk", "carry", "sheet",
        ),
    ),
    "calls": Kind(
        _("Calls and the summary"),
        (
            "consultation", "hold", "companion", "earlier_time", "call", "calendar_feed", "review", "summary",
            "outcome", "asking", "doctor_note",
        ),
    ),
    "words": Kind(
        _("Messages, questions and opinions"),
        ("message", "question", "opinions", "decision", "matters", "correction", "worry", "reminder", "bundle"),
    ),
    "access": Kind(
        _("Who may see and do what"),
        (
            "helping", "mandate", "consent", "second", "urgent", "away", "departure", "account", "erasure", "farewell",
            "privacy", "rights",
        ),
    ),
}  # fmt: skip
LOOKS, REST = "looks", "rest"


def _looks() -> Q:
    return _any(Q(verb__endswith=f".{end}") for end in LOOKED) & ~Q(verb__in=NO_LOOK)


def _of(kind: str) -> Q:
    if kind == LOOKS:
        return _looks()
    if kind == REST:
        return ~_any(each.condition() for each in KINDS.values())
    return KINDS[kind].condition()


class RecordFilter(forms.Form):
    """Each field narrows the list; all empty, all of it is shown."""

    kind = forms.ChoiceField(label=_("What"), required=False)
    since = NarrowingDay(_("From"))
    until = NarrowingDay(_("Until"))

    is_filter = True

    def __init__(self, asked: Any):
        super().__init__(asked)
        kinds = [(code, kind.label) for code, kind in KINDS.items()]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            (LOOKS, _("Who looked")),
            *kinds,
            (REST, _("All else")),
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            self.add_error("until", _("Choose a last day that is not before the first."))
        return said

    def narrowed(self, events: QuerySet[Any]) -> QuerySet[Any]:
        """Those that fit; nothing while a field is wrong. Days begin and end on the reader's wall."""
        if not self.is_valid():
            return events.none()
        said, zone = self.cleaned_data, timezone.get_current_timezone()
        if said["kind"]:
            events = events.filter(_of(said["kind"]))
        if said["since"]:
            events = events.filter(at__gte=dt.datetime.combine(said["since"], dt.time(), zone))
        if said["until"]:
            events = events.filter(at__lt=dt.datetime.combine(said["until"] + dt.timedelta(days=1), dt.time(), zone))
        return events

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def query(self) -> str:
        """What stands behind the question mark, to go on with on another page of the list."""
        said = self.cleaned_data if self.is_valid() else {}
        return urlencode({name: value for name, value in said.items() if value})
