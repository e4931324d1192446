""" "Please call me", with a time that suits."""

from django import forms
from django.utils.translation import gettext_lazy

from cases.case.models import TimeOfDay
from portal.pages import actions


class CallMeForm(forms.Form):
    """When a call suits, and a few words for the one who rings."""

    suits = forms.ChoiceField(
        label=gettext_lazy("Best time"),
        required=False,
        choices=[("", gettext_lazy("Any time")), *TimeOfDay.choices],
    )
    note = forms.CharField(
        label=gettext_lazy("A note for us"), required=False, max_length=actions.NOTE_AT_MOST, strip=True
    )
    is_filter = True  # one press is enough: both stand there for those who want them
