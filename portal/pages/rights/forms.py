"""What an administrator looks for among the rows of rights. It travels by POST: a name stands in no address."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.pages.narrowing import NarrowingDay
from portal.pages.rights.finding import KINDS

LONGEST = 120


class RightsForm(forms.Form):
    """Each field narrows; all empty, everything is shown."""

    person = forms.CharField(label=_("Person, by name or email"), required=False, max_length=LONGEST)
    reference = forms.CharField(label=_("Case reference"), required=False, max_length=20)
    kind = forms.ChoiceField(label=_("Kind of right"), required=False)
    day = NarrowingDay(_("Written on"))

    is_filter = True

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = [(code, kind.label) for code, kind in KINDS.items()]
        self.fields["kind"].choices = [("", _("Every kind")), *kinds]  # type: ignore[attr-defined]
        for name in ("person", "reference"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_reference(self) -> str:
        """As it is written, however it was typed: "rs kfm274" is RS KFM 274."""
        letters = "".join(self.cleaned_data["reference"].upper().split()).removeprefix("RS")
        return f"RS {letters[:3]} {letters[3:]}".strip() if letters else ""

    def span(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """The day from its first instant to the next one's, on the reader's wall."""
        day = self.cleaned_data.get("day")
        if day is None:
            return None, None
        zone = timezone.get_current_timezone()
        return (
            dt.datetime.combine(day, dt.time(), zone),
            dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone),
        )
