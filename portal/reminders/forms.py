"""What people type or choose about reminders."""

import datetime as dt

from django import forms
from django.utils.translation import gettext as _

from portal import when
from portal.reminders import rules

UNTIL_I_SAY = "open"


class PauseForm(forms.Form):
    """Until when: one of two mornings, or until the person says so."""

    until = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args, now: dt.datetime, zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.ends = {end.date().isoformat(): end for end in rules.pause_ends(now, zone)}
        named = [(code, _("Until %(day)s") % {"day": when.day(end, zone)}) for code, end in self.ends.items()]
        self.fields["until"].label = _("How long?")
        self.fields["until"].choices = [*named, (UNTIL_I_SAY, _("Until I say so"))]
        self.initial.setdefault("until", next(iter(self.ends)))

    def clean_until(self) -> dt.datetime | None:
        """The instant the pause ends; None when only the person ends it."""
        return self.ends.get(self.cleaned_data["until"])
