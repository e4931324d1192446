"""What people type or choose about reminders."""

import datetime as dt
from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _

from portal import when
from portal.reminders import rules, wording_rules
from portal.reminders.patterns import Pattern

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


class WordingForm(forms.Form):
    """The words of one message, a field for each part; `seen` is the version that the person was shown."""

    TYPED_AT_MOST = 1000
    AREA_FROM = 100  # letters

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    language = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, pattern: Pattern, ours: Mapping[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.pattern, self.ours = pattern, ours
        for part in pattern.parts:
            is_long = wording_rules.longest(part) > self.AREA_FROM
            self.fields[part] = forms.CharField(
                label=wording_rules.PARTS[part],
                help_text=self._hint(part),
                error_messages={"required": wording_rules.EMPTY},
                max_length=self.TYPED_AT_MOST,
                widget=forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput,
            )
        self.order_fields(pattern.parts)

    def _hint(self, part: str) -> str:
        """What has to stay, and our own words where they were changed."""
        needed, hints = sorted(self.pattern.needs(part)), []
        if needed:
            hints.append(_("Has to stay: %(needed)s") % {"needed": wording_rules.braced(needed)})
        if part == "question":
            hints.append(_("What “Done” does stays the same, so ask for the same thing."))
        if (self.data if self.is_bound else self.initial).get(part) != self.ours[part]:
            hints.append(_("Ours: %(words)s") % {"words": self.ours[part]})
        return " · ".join(hints)

    @property
    def parts(self) -> dict[str, str]:
        return {part: self.cleaned_data.get(part, "") for part in self.pattern.parts}

    def add_problems(self, found: Mapping[str, str]) -> None:
        for part, sentence in found.items():
            self.add_error(part if part in self.fields else None, sentence)

    def show_again_for(self, version: int) -> None:
        """Keep what was typed, on top of the version that is shown beside it now."""
        self.data = self.data.copy()
        self.data["seen"] = str(version)
