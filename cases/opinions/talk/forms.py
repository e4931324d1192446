"""What people type about a talk. Forms check the input; actions save it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import CaseClinician, Clinician
from cases.opinions.talk import rules
from cases.opinions.talk.models import Talk
from cases.records.forms import day_input

OTHER = "other"
R = CaseClinician.Role
AS_WHAT = {
    R.PRIMARY: gettext_lazy("%(name)s, the primary doctor"),
    R.FIRST: gettext_lazy("%(name)s, who gave the plan"),
    R.SECOND: gettext_lazy("%(name)s, the second doctor"),
    R.THIRD: gettext_lazy("%(name)s, the third doctor"),
}


class TalkForm(forms.Form):
    """With whom, and when."""

    who = forms.ChoiceField(
        label=gettext_lazy("With whom?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose with whom you talk.")},
    )
    doctor = forms.CharField(
        label=gettext_lazy("If it is another doctor: their name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    office = forms.CharField(
        label=gettext_lazy("Their clinic or office"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "offices"}),
    )
    on = forms.DateField(
        label=gettext_lazy("On which day?"),
        help_text=gettext_lazy("Leave it out until their office has named one."),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day in full: month, day and year.")},
    )
    at = forms.TimeField(
        label=gettext_lazy("At what time?"),
        help_text=gettext_lazy("As their office says it."),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "rs-input--s"}),
        error_messages={"invalid": gettext_lazy("Enter the time like 2:30 pm.")},
    )

    def __init__(self, *args: Any, doctors: Mapping[str, Clinician], **kwargs: Any):
        super().__init__(*args, **kwargs)
        named = [(role, words % {"name": doctors[role].name}) for role, words in AS_WHAT.items() if role in doctors]
        self.fields["who"].choices = [*named, (OTHER, _("Another doctor of your choice"))]

    @classmethod
    def of(cls, talk: Talk | None, doctors: Mapping[str, Clinician]) -> "TalkForm":
        if talk is None:
            return cls(doctors=doctors, initial={"who": next((role for role in AS_WHAT if role in doctors), OTHER)})
        stands = {"who": talk.role or OTHER, "on": talk.on_date, "at": talk.at_time}
        if not talk.role:
            stands |= {"doctor": talk.clinician.name, "office": talk.office.name if talk.office else ""}
        return cls(doctors=doctors, initial=stands)

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("who") == OTHER and not fields.get("doctor"):
            self.add_error("doctor", _("Enter the doctor’s name."))
        if fields.get("at") and not fields.get("on") and "on" not in self.errors:
            self.add_error("on", _("Enter the day as well."))
        return fields

    def said(self) -> dict[str, Any]:
        """As the action takes it."""
        fields = self.cleaned_data
        if fields["who"] == OTHER:
            who = {"doctor": fields["doctor"], "office_name": fields["office"]}
        else:
            who = {"role": fields["who"]}
        return who | {"on": fields["on"], "at": fields["at"]}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _question(number: int) -> forms.CharField:
    labels = (gettext_lazy("First question"), gettext_lazy("Second question"), gettext_lazy("Third question"))
    return forms.CharField(label=labels[number], max_length=rules.QUESTION_LETTERS, required=False)


class AgendaForm(forms.Form):
    """Up to three questions on top, and further lines. None has to be there, so none says that it may be left out."""

    is_filter = True
    question_1, question_2, question_3 = (_question(number) for number in range(rules.QUESTIONS))
    points = forms.CharField(
        label=gettext_lazy("What else would you like to go over?"),
        help_text=gettext_lazy("One thing on each line. Up to eight fit on the page."),
        max_length=(rules.POINTS + 2) * (rules.POINT_LETTERS + 2),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def questions(self) -> list[str]:
        return [self.cleaned_data[f"question_{number}"] for number in range(1, rules.QUESTIONS + 1)]

    def lines(self) -> list[str]:
        return _lines(self.cleaned_data["points"])

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        for number in range(1, rules.QUESTIONS + 1):
            if reason := rules.why_not_agenda([fields.get(f"question_{number}", "")], ()):
                self.add_error(f"question_{number}", reason)
        return fields

    def clean_points(self) -> str:
        points: str = self.cleaned_data["points"]
        if reason := rules.why_not_agenda((), _lines(points)):
            raise forms.ValidationError(reason)
        return points
