"""Asking a colleague, and what she writes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.case.second.rules import QUESTION_LETTERS, USUAL, WHY_LETTERS
from portal import when
from portal.accounts.models import User


class AskForm(forms.Form):
    """Whom, what, until when; and why, as the patient reads it."""

    reader = forms.ModelChoiceField(label=_("Whom do you ask?"), queryset=User.objects.none())
    question = forms.CharField(
        label=_("Your question to your colleague"),
        help_text=_("Between the two of you. Opens once your colleague and the patient have said yes."),
        max_length=QUESTION_LETTERS,
        widget=forms.Textarea({"rows": 4}),
    )
    why = forms.CharField(
        label=_("Why, as the patient reads it"), help_text=_("One plain sentence."), max_length=WHY_LETTERS
    )
    until_on = forms.TypedChoiceField(
        label=_("Until when"), help_text=_("It ends by itself on that day."), coerce=date.fromisoformat
    )

    def __init__(self, people: Any, days: Sequence[date], data: Any = None, kept: Mapping[str, Any] | None = None):
        usual = days[USUAL - 1].isoformat()
        start = {"why": gettext("A second pair of eyes on your plan."), "until_on": usual} | dict(kept or {})
        if start["until_on"] not in {day.isoformat() for day in days}:  # kept since before that day
            start["until_on"] = usual
        super().__init__(data, initial=start)
        self.fields["reader"].queryset = people  # type: ignore[attr-defined]
        self.fields["reader"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]
        self.fields["until_on"].choices = [  # type: ignore[attr-defined]
            (day.isoformat(), when.day(day)) for day in days
        ]


class SecondNoteForm(forms.Form):
    """A remark of the second reader's."""

    page = forms.IntegerField(
        label=_("Page"), required=False, min_value=1, widget=forms.NumberInput({"class": "rs-input--s"})
    )
    words = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea({"rows": 2}))


class DoneForm(forms.Form):
    """What she says when she is done."""

    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("Your colleague reads it beside the review. The patient does not."),
        max_length=5000,
        widget=forms.Textarea({"rows": 5}),
    )
