"""What an office that has a record says about it: one form a record, with the three answers of the strip."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.answers import MOST_CARRIER, MOST_TRACKING, NEEDS, NOT_FOUND, SENT, Wants

DAYS = ["%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%m %d %Y", "%m/%d/%y", "%B %d, %Y", "%b %d, %Y"]
MOST_FEE, MOST_OTHER = 60, 200
# The fields of each answer.
OWN = {SENT: ("on", "carrier", "tracking"), NOT_FOUND: ("words",), NEEDS: ("needs", "fee", "words")}


class AnswerForm(forms.Form):
    """Sent, not found, or something first; what belongs to the other answers is left alone."""

    said = forms.ChoiceField(
        label=gettext_lazy("Where is it?"),
        choices=[
            (SENT, gettext_lazy("We sent it")),
            (NOT_FOUND, gettext_lazy("We can’t find it")),
            (NEEDS, gettext_lazy("We need something first")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three answers.")},
    )
    on = forms.DateField(
        label=gettext_lazy("Sent on"),
        help_text=gettext_lazy("Left empty, it is today."),
        input_formats=DAYS,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "rs-input--s"}),
        error_messages={"invalid": gettext_lazy("Enter month, day and year, like 11/9/2026.")},
    )
    carrier = forms.CharField(
        label=gettext_lazy("How: fax, post, courier"),
        max_length=MOST_CARRIER,
        required=False,
        widget=forms.TextInput(attrs={"class": "rs-input--m", "autocomplete": "off"}),
    )
    tracking = forms.CharField(
        label=gettext_lazy("Tracking number"),
        max_length=MOST_TRACKING,
        required=False,
        widget=forms.TextInput(attrs={"class": "rs-input--m", "autocomplete": "off"}),
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What do you need?"),
        choices=Wants.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"columns": True}),
    )
    fee = forms.CharField(
        label=gettext_lazy("How much is the fee, and how is it paid?"),
        max_length=MOST_FEE,
        required=False,
        widget=forms.TextInput(attrs={"class": "rs-input--m", "autocomplete": "off"}),
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        help_text=gettext_lazy("The patient reads this. Please write no medical details."),
        max_length=MOST_OTHER,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, item: UUID, is_referral: bool = False, **kwargs: Any):
        super().__init__(*args, prefix=f"r{item.hex[:8]}", **kwargs)
        if is_referral:
            answers = dict(self.fields["said"].choices) | {NOT_FOUND: _("We do not refer")}
            self.fields["said"].choices = list(answers.items())
        self.is_filter = True  # what may be left out depends on the answer

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("said") in OWN:
            for name in self.errors.keys() - {"said", *OWN[said["said"]]}:
                del self.errors[name]
        if said.get("said") == NEEDS and "needs" not in self.errors:
            if not said.get("needs"):
                self.add_error("needs", _("Choose what you need first."))
            elif Wants.OTHER in said["needs"] and not said.get("words"):
                self.add_error("words", _("Say in a few words what you need."))
        return said

    def answer(self) -> dict[str, Any]:
        """What the action takes: of the fields only those of the chosen answer."""
        return {name: self.cleaned_data[name] for name in OWN[self.cleaned_data["said"]]}
