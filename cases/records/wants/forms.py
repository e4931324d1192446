"""What is typed about a fee."""

from django import forms
from django.utils.translation import gettext_lazy

from cases.records.forms import day_input


class PaidForm(forms.Form):
    """The day on which a fee was paid."""

    on = forms.DateField(
        label=gettext_lazy("Paid on"),
        help_text=gettext_lazy("Leave it out for today."),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day in full: month, day and year.")},
    )
