"""How much somebody may help, and until when. Nothing is picked beforehand."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.models import Helper
from cases.case.helping.rules import Chosen

SWITCHES = [
    ("files", gettext_lazy("See my records and files")),
    ("papers", gettext_lazy("Add papers")),
    ("bookings", gettext_lazy("Book, move and cancel talks")),
    ("messages", gettext_lazy("Read and write messages")),
    ("summary", gettext_lazy("See the summary of my plan")),
    ("private", gettext_lazy("See my private words")),
]
# choice → what it means, a sentence a line.
MEANS: dict[str, list[Any]] = {
    Chosen.DATES: [
        gettext_lazy("They see your dates and what is still to do."),
        gettext_lazy("They don’t see records, files or messages."),
        gettext_lazy("They get the Friday note."),
    ],
    Chosen.MOST: [
        gettext_lazy("They see dates, records and files."),
        gettext_lazy("They can add papers, book talks and write to us."),
        gettext_lazy("They don’t see your notes or what matters most to you."),
    ],
    Chosen.ACTS: [
        gettext_lazy("They see all you see."),
        gettext_lazy("They do all you can do on these pages."),
        gettext_lazy("They can’t sign, accept or decide, unless the law lets them. Show us that paper."),
    ],
    Chosen.OWN: [gettext_lazy("You tick what they may do, below.")],
}


class AgreeForm(forms.Form):
    """One of three sets, or one by one; a last day or none."""

    chosen = forms.ChoiceField(
        label=gettext_lazy("How much may they help?"),
        choices=Chosen.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Pick how much they may help."),
            "invalid_choice": gettext_lazy("Pick how much they may help."),
        },
    )
    switches = forms.MultipleChoiceField(
        label=gettext_lazy("What they may do"),
        choices=SWITCHES,
        widget=forms.CheckboxSelectMultiple(attrs={"columns": True}),
        required=False,
    )
    until_on = forms.DateField(
        label=gettext_lazy("Until when?"),
        help_text=gettext_lazy("Leave it empty if you don’t know yet. You can end it on any day."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "rs-input--s"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day in full, like 2026-12-31.")},
    )
    is_filter = True

    def __init__(self, *args: Any, helper: Helper, **kwargs: Any) -> None:
        now = {"chosen": helper.chosen, "switches": sorted(helper.switches), "until_on": helper.until_on}
        super().__init__(*args, initial=now if helper.agreed_at else {}, **kwargs)

    @property
    def sets(self) -> list[dict[str, Any]]:
        """The choices with what they mean, as the page shows them."""
        return [
            {"tag": option.tag, "id": option.id_for_label, "label": option.choice_label, "means": MEANS[str(value)]}
            for option, (value, _label) in zip(self["chosen"], Chosen.choices, strict=True)
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("chosen") == Chosen.OWN and "switches" in said and not said["switches"]:
            self.add_error("switches", _("Tick at least one thing, or pick “Dates only”."))
        return said
