"""What a coordinator looks for in the log of messages. All of it stands in the address, so that it can be kept."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.pages.narrowing import NarrowingDay
from portal.reminders import kinds

FIND_AT_MOST = 80


class LogForm(forms.Form):
    """Filters that narrow the log; one that makes no sense is left out."""

    is_filter = True

    find = forms.CharField(label=_("Patient, reader or case"), required=False, max_length=FIND_AT_MOST)
    about = forms.ChoiceField(label=_("About"), required=False)
    since = NarrowingDay(_("From"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Several kinds may go by one name (a first word and a chase): they are looked for together.
        self.codes: dict[str, list[str]] = {}
        named: dict[str, str] = {}
        for kind in kinds.all_kinds():
            first = named.setdefault(str(kind.label), kind.code)
            self.codes.setdefault(first, []).append(kind.code)
        by_name = sorted((label, code) for label, code in named.items())
        self.fields["about"].choices = [("", _("Everything")), *((code, label) for label, code in by_name)]  # type: ignore[attr-defined]
        self.fields["find"].widget.input_type = "search"

    def chosen(self) -> dict[str, str]:
        """What was asked for, as it stands in the address."""
        if self.is_bound:
            self.full_clean()
        said = getattr(self, "cleaned_data", {})
        since = said.get("since")
        return {
            "find": said.get("find") or "",
            "about": said.get("about") or "",
            "since": since.isoformat() if since else "",
        }

    def kinds_meant(self) -> list[str]:
        """The codes behind the name that was chosen; none for everything."""
        return self.codes.get(self.chosen()["about"], [])

    def since_when(self) -> dt.datetime | None:
        """The first instant of the day that was chosen, on the reader's wall."""
        since = self.chosen()["since"]
        zone = timezone.get_current_timezone()
        return dt.datetime.combine(dt.date.fromisoformat(since), dt.time(), zone) if since else None
