"""The figures of one kind of call: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

SHORT = forms.NumberInput(attrs={"class": "rs-input--s", "step": "5"})


class ServiceForm(forms.Form):
    """How long, how long to prepare, whether a plan is read before, and whether it can be booked."""

    minutes = forms.IntegerField(label=_("Minutes of the call"), min_value=5, max_value=240, step_size=5, widget=SHORT)
    preparation_minutes = forms.IntegerField(
        label=_("Minutes to prepare"),
        help_text=_("Reserved in the consultant’s calendar before the call; 0 for none"),
        min_value=0,
        max_value=240,
        step_size=5,
        widget=SHORT,
    )
    needs_plan = forms.BooleanField(
        label=_("A plan is read before the call"),
        help_text=_("Patients add it 2 business days before: sooner times are not offered, and each says who may read"),
        required=False,
    )
    is_offered = forms.BooleanField(label=_("Can be booked"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
