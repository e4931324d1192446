"""The figures of one kind of call: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

SHORT = forms.NumberInput(attrs={"class": "rs-input--s", "step": "5"})


class ServiceForm(forms.Form):
    """How long, how long to prepare, and whether it can be booked."""

    minutes = forms.IntegerField(label=_("Minutes of the call"), min_value=5, max_value=240, step_size=5, widget=SHORT)
    preparation_minutes = forms.IntegerField(
        label=_("Minutes to prepare"),
        help_text=_("Reserved in the consultant’s calendar before the call; 0 for none"),
        min_value=0,
        max_value=240,
        step_size=5,
        widget=SHORT,
    )
    is_offered = forms.BooleanField(label=_("Can be booked"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
