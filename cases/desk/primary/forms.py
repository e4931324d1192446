"""The day on which a report came, where it was not today."""

from django import forms
from django.utils.translation import gettext_lazy

from cases.records.forms import day_input


class CameForm(forms.Form):
    """One press, and the day it is about."""

    said = forms.CharField(max_length=12)
    on = forms.DateField(
        label=gettext_lazy("On which day did it come?"),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day in full: month, day and year.")},
    )
