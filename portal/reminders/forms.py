"""What people type or choose about reminders."""

import datetime as dt

from django import forms
from django.utils.translation import gettext as _

from portal import when
from portal.reminders import rules

UNTIL_I_SAY = "open"
MUTED_DAYS = (7, 30)


class PauseForm(forms.Form):
    """Until when: one of two mornings, or until the person says so."""

    def __init__(self, *args, now: dt.datetime, zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.ends = {end.date().isoformat(): end for end in rules.pause_ends(now, zone)}
        named = [(code, _("Until %(day)s") % {"day": when.day(end, zone)}) for code, end in self.ends.items()]
        choices = [*named, (UNTIL_I_SAY, _("Until I say so"))]
        self.fields["until"] = forms.ChoiceField(label=_("How long?"), widget=forms.RadioSelect, choices=choices)
        self.initial.setdefault("until", next(iter(self.ends)))

    def clean_until(self) -> dt.datetime | None:
        """The instant the pause ends; None when only the person ends it."""
        return self.ends.get(self.cleaned_data["until"])


class MuteForm(forms.Form):
    """For how long, and in which cases, a kind is held back."""

    FOR_GOOD, ALL = "open", "all"

    def __init__(self, *args, now: dt.datetime, zone, has_case: bool, **kwargs):
        super().__init__(*args, **kwargs)
        ends = [rules.morning(rules.local_day(now, zone) + dt.timedelta(days=days), zone) for days in MUTED_DAYS]
        self.ends = {rules.local_day(end, zone).isoformat(): end for end in ends}
        named = [(code, _("Until %(day)s") % {"day": when.day(end, zone)}) for code, end in self.ends.items()]
        self.fields["until"] = forms.ChoiceField(
            label=_("How long?"), widget=forms.RadioSelect, choices=[*named, (self.FOR_GOOD, _("For good"))]
        )
        self.initial.setdefault("until", next(iter(self.ends)))
        if has_case:
            self.fields["where"] = forms.ChoiceField(
                label=_("Where?"),
                widget=forms.RadioSelect,
                choices=[("case", _("In this case")), (self.ALL, _("In every case of theirs"))],
            )
            self.initial.setdefault("where", "case")

    def clean_until(self) -> dt.datetime | None:
        """The instant it ends; None for good."""
        return self.ends.get(self.cleaned_data["until"])
