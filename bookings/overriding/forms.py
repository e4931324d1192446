"""What a coordinator looks for, and why it is beyond the rules."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import picker
from bookings.forms import PickForm
from bookings.models import Practice, Service
from bookings.overriding.rules import LONGEST


class DayForm(forms.Form):
    """With whom, about what, on which day."""

    consultant = forms.ChoiceField(label=_("With"))
    service = forms.ChoiceField(label=_("What"))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, bookable: list[Practice], services: list[Service], **kwargs: Any):
        super().__init__(*args, **kwargs)
        people: Any = self.fields["consultant"]
        people.choices = [(str(one.pk), one.consultant.name) for one in bookable]
        kinds: Any = self.fields["service"]
        kinds.choices = [(service.code, service.name) for service in services]

    def clean_day(self) -> date:
        """No day that the calendar cannot count around."""
        day: date = self.cleaned_data["day"]
        if picker.as_date(day.isoformat()) is None:
            raise forms.ValidationError(_("Enter a valid date."))
        return day


class OverrideForm(PickForm):
    """A time and how they talk, with the reason that is kept."""

    reason = forms.CharField(
        label=_("Why this time? Our team reads it, and it is kept with the call."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=LONGEST,
        error_messages={"required": _("Say why: the reason is kept with the call.")},
    )
