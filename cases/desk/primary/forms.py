"""The day on which a report came, where it was not today; which part of it did not come."""

from django import forms
from django.utils.translation import gettext_lazy

from cases.desk.receiving.rules import MOST_WORDS
from cases.records.forms import day_input


class CameForm(forms.Form):
    """One press, and the day it is about."""

    said = forms.CharField(max_length=12)
    words = forms.CharField(
        label=gettext_lazy("Which part is missing?"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    on = forms.DateField(
        label=gettext_lazy("On which day did it come?"),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day in full: month, day and year.")},
    )
