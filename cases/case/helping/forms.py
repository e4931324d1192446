"""How much somebody may help, and until when."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.models import Helper
from cases.case.helping.rules import Chosen

SETS = [
    (Chosen.DATES, gettext_lazy("Dates only: your dates and what is still to do. No records, files or messages.")),
    (
        Chosen.MOST,
        gettext_lazy(
            "Everything except private words: sees dates, records and files. Adds papers, books talks, writes to us."
        ),
    ),
    (Chosen.ACTS, gettext_lazy("Acts for me: sees all you see, your private words too. Does not sign or decide.")),
    (Chosen.OWN, gettext_lazy("Only what I tick below")),
]
SWITCHES = [
    ("files", gettext_lazy("See my records and files")),
    ("papers", gettext_lazy("Add papers")),
    ("bookings", gettext_lazy("Book, move and cancel talks")),
    ("messages", gettext_lazy("Read and write messages")),
    ("summary", gettext_lazy("See my summary")),
    ("private", gettext_lazy("See my private notes")),
]


class HelpForm(forms.Form):
    """One of the three sets, or one by one."""

    chosen = forms.ChoiceField(
        label=gettext_lazy("How much may they help?"),
        help_text=gettext_lazy("Pick one. You can change it, or end it, at any time."),
        choices=SETS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Pick how much they may help.")},
    )
    switches = forms.MultipleChoiceField(
        label=gettext_lazy("Fine-tune it"),
        help_text=gettext_lazy("These count only with “Only what I tick below”."),
        choices=SWITCHES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    until_on = forms.DateField(
        label=gettext_lazy("Until when?"),
        help_text=gettext_lazy("The last day. Leave it empty to go on until you end it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "rs-input--s"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day in full, like 2026-12-31.")},
    )
    is_filter = True

    @classmethod
    def of(cls, helper: Helper, *data: Any) -> "HelpForm":
        stands = {"chosen": helper.chosen, "switches": sorted(helper.switches), "until_on": helper.until_on}
        return cls(*data, initial=stands)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("chosen") == Chosen.OWN and not said.get("switches"):
            self.add_error("switches", _("Tick at least one, or pick “Dates only” above."))
        return said
