"""The facts of the house as a form: shape only."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import phones
from portal.accounts.forms import zones
from portal.accounts.models import User
from portal.pages.house.facts import FACTS, NAMES, PARTS, REGIONS
from portal.reminders.rules import clinical_words
from portal.texts.models import Organisation

UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
IN_A_HEADER = frozenset('<>"@,;:\\()[]')  # what means something else beside an address in a mail
HINTS = {
    "name": _("On letters, forms and papers"),
    "sender_name": _("On mail and texts. Keep it plain: the name alone tells who writes"),
    "address": _("On letters and forms, on one line"),
    "languages": _("The languages we can talk in"),
    "price": _("Shown before the five questions and before booking"),
    "phone": _("At the foot of every page, message and letter"),
    "fax": _("Offices send records here"),
    "email": _("Shown to people who write to us. No illness in it, please"),
    "hours": _("When a person answers, with the time zone. Like: Monday to Friday, 9 am to 5 pm Eastern Time"),
    "answer_time": _("How soon we answer. Like: one business day"),
    "emergency_number": _("At the foot of every page"),
    "crisis_lines": _("Whom to call in a crisis, day and night"),
    "time_zone": _("The days of our own work go by it"),
    "region": _("On these days our team is away, where somebody has not chosen others"),
    "alarms_to": _("When a line of the page System needs somebody, and again when it is well"),
}


class FactsForm(forms.ModelForm):
    """Each fact with its name and what it is for."""

    time_zone = forms.ChoiceField(
        label=NAMES["time_zone"],
        choices=zones,
        help_text=HINTS["time_zone"],
        widget=forms.Select(attrs={"translate": "no"}),
    )
    region = forms.ChoiceField(label=NAMES["region"], choices=REGIONS, help_text=HINTS["region"])
    alarms_to = forms.ModelChoiceField(
        label=NAMES["alarms_to"],
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Every administrator"),
        help_text=HINTS["alarms_to"],
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = Organisation
        fields = FACTS
        labels = NAMES
        help_texts = HINTS

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        working: Any = self.fields["alarms_to"]
        working.queryset = User.objects.working_as(User.Role.ADMINISTRATOR)
        working.label_from_instance = lambda person: person.name or person.email
        for name in ("phone", "fax", "emergency_number"):
            self.fields[name].widget.input_type = "tel"

    @property
    def parts(self) -> list[tuple[Any, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in PARTS]

    def clean(self) -> dict[str, Any]:
        """One line each: some stand in headers of mails, all in one line of a page."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and any(unicodedata.category(sign) in UNSEEN for sign in value):
                self.add_error(name, _("Only letters and signs on one line, please."))
        return cleaned

    def clean_sender_name(self) -> str:
        said: str = self.cleaned_data["sender_name"]
        if IN_A_HEADER & set(said):
            raise forms.ValidationError(_("Letters, numbers and spaces only: this stands in front of our address."))
        if told := clinical_words(said):
            raise forms.ValidationError(
                _("“%(word)s” tells a bystander what this is about. Messages are read over shoulders."),
                params={"word": told[0]},
            )
        return said

    def clean_phone(self) -> str:
        return self._number("phone")

    def clean_fax(self) -> str:
        return self._number("fax")

    def clean_emergency_number(self) -> str:
        return self._number("emergency_number")

    def _number(self, name: str) -> str:
        said: str = self.cleaned_data[name]
        if said and not phones.href(said):
            raise forms.ValidationError(_("Enter a number that can be called, like 416-555-0132."))
        return said

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}
