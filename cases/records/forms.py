"""What people type about a visit and its records. Forms check the input; actions save it."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case import regions
from cases.records import rules
from cases.records.models import RecordKind
from cases.records.referral.letter_words import LETTERS_AT_MOST
from cases.records.states import KnownBy, Need, Route
from portal import when

MOST_DAYS = 6


@dataclass(frozen=True, order=True)
class Offered:
    """A day that the office offered, with its time where it is known."""

    on: date
    at: time | None = None

    @property
    def value(self) -> str:
        return self.on.isoformat() + (f"T{self.at:%H:%M}" if self.at else "")

    @property
    def words(self) -> str:
        day = when.day(self.on)
        return _("%(day)s, %(time)s") % {"day": day, "time": when.clock_time(self.at)} if self.at else day

    @classmethod
    def read(cls, value: str) -> "Offered | None":
        """From "2026-11-10" or "2026-11-10T09:40"; None for anything else."""
        day, _sep, wall = value.partition("T")
        try:
            at = time.fromisoformat(wall) if wall else None
            return cls(date.fromisoformat(day), at.replace(tzinfo=None) if at else None)
        except ValueError:
            return None


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "rs-input--m"})


def days_input() -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "rs-input--s"})


class DoctorForm(forms.Form):
    """The second doctor and their office."""

    doctor = forms.CharField(
        label=gettext_lazy("The second doctor"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the doctor’s name.")},
    )
    office = forms.CharField(
        label=gettext_lazy("Their clinic or office"),
        help_text=gettext_lazy("As on their letter or page. We find it if we know it."),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "offices"}),
        error_messages={"required": gettext_lazy("Enter the name of the clinic or office.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Their phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "rs-input--m", "type": "tel"}),
    )
    fax = forms.CharField(
        label=gettext_lazy("Their fax"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "rs-input--m", "type": "tel"}),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Which state or province is it in?"),
        help_text=gettext_lazy("So that we count the days when offices are closed."),
        choices=regions.CHOICES,
        required=False,
    )

    def __init__(self, *args: Any, is_third: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if is_third:
            self.fields["doctor"].label = _("The third doctor")


class DayForm(forms.Form):
    """One more day that the office offered. Part of a GET form."""

    is_filter = True
    new_day = forms.DateField(
        label=gettext_lazy("A date they offered"),
        widget=day_input(),
        error_messages={
            "required": gettext_lazy("Enter the day: month, day and year."),
            "invalid": gettext_lazy("Enter the day in full: month, day and year."),
        },
    )
    new_time = forms.TimeField(
        label=gettext_lazy("Time, if you know it"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "rs-input--s"}),
        error_messages={"invalid": gettext_lazy("Enter the time like 2:30 pm.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_new_day(self) -> date:
        day = self.cleaned_data["new_day"]
        if reason := rules.why_not_visit_on(day, self.today):
            raise forms.ValidationError(reason)
        return day


class SayForm(forms.Form):
    """What comes with a word about a record: its day, what is wrong, who sent it, how it was heard."""

    on = forms.DateField(
        label=gettext_lazy("On which day?"),
        help_text=gettext_lazy("Leave it out for today."),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day in full: month, day and year.")},
    )
    carrier = forms.CharField(label=gettext_lazy("Sent by"), max_length=40, required=False)
    tracking = forms.CharField(label=gettext_lazy("Tracking number"), max_length=60, required=False)
    need = forms.ChoiceField(
        label=gettext_lazy("What do they need first?"),
        required=False,
        choices=[("", gettext_lazy("Choose one")), *[c for c in Need.choices if c[0] != Need.PLAN]],
    )
    reason = forms.CharField(label=gettext_lazy("What is wrong, in a few words?"), max_length=300, required=False)
    told = forms.ChoiceField(
        label=gettext_lazy("How was it heard?"),
        required=False,
        choices=[
            (KnownBy.STAFF_CALL, gettext_lazy("By phone")),
            (KnownBy.OFFICE_FAX, gettext_lazy("The office sent a fax")),
            (KnownBy.OFFICE_POST, gettext_lazy("The office sent a letter")),
            (KnownBy.OFFICE, gettext_lazy("The office wrote")),
            (KnownBy.PATIENT, gettext_lazy("The patient said so")),
        ],
    )


class TakeBackForm(forms.Form):
    """Why the last word is taken back, once others have relied on it."""

    why = forms.ChoiceField(
        label=gettext_lazy("Why is the last change taken back?"),
        help_text=gettext_lazy("It stands in the history, for the patient, too."),
        choices=[
            ("", gettext_lazy("Choose one")),
            ("by_mistake", gettext_lazy("Said by mistake")),
            ("other_thing", gettext_lazy("It was about something else")),
            ("office_differs", gettext_lazy("The office says otherwise")),
            ("patient_differs", gettext_lazy("The patient says otherwise")),
        ],
    )


class DueBackForm(forms.Form):
    """By when a lent thing goes back."""

    due_back = forms.DateField(
        label=gettext_lazy("By when does it go back?"),
        widget=day_input(),
        error_messages={
            "required": gettext_lazy("Enter the day: month, day and year."),
            "invalid": gettext_lazy("Enter the day in full: month, day and year."),
        },
    )


class LeadTimeForm(forms.Form):
    """How long a kind of record takes, and where that is known from."""

    expected = forms.IntegerField(
        label=gettext_lazy("Usually, in business days"),
        min_value=0,
        max_value=rules.MOST_LEAD_DAYS,
        widget=days_input(),
    )
    safe = forms.IntegerField(
        label=gettext_lazy("Safe, in business days"),
        help_text=gettext_lazy("Holds even if an office is slow."),
        min_value=0,
        max_value=rules.MOST_LEAD_DAYS,
        widget=days_input(),
    )
    reading = forms.IntegerField(
        label=gettext_lazy("Days to be read, once it is there"),
        min_value=0,
        max_value=rules.MOST_LEAD_DAYS,
        widget=days_input(),
    )
    source = forms.CharField(
        label=gettext_lazy("Where the figures are from"),
        help_text=gettext_lazy("One sentence. Everybody can read it on the public list."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say where the figures are from, in a sentence.")},
    )
    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, kind: RecordKind) -> "LeadTimeForm":
        days = {"expected": kind.expected, "safe": kind.safe, "reading": kind.reading}
        seen = kind.changed_at.isoformat() if kind.changed_at else ""
        return cls(initial=days | {"source": kind.source, "seen_at": seen})

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if "expected" in fields and "safe" in fields and fields["safe"] < fields["expected"]:
            self.add_error("safe", _("The safe days cannot be fewer than the usual ones."))
        return fields


class LetterForm(forms.Form):
    """The words of a letter, changed in place."""

    words = forms.CharField(
        label=gettext_lazy("Your letter"),
        help_text=gettext_lazy("Leave an empty line between two parts."),
        max_length=LETTERS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": gettext_lazy("Write your letter, or use our words.")},
    )
    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)


class RouteForm(forms.Form):
    route = forms.ChoiceField(choices=Route.choices)


class HolderForm(forms.Form):
    """Which office has a record."""

    office = forms.CharField(
        label=gettext_lazy("Which office has it?"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "offices"}),
        error_messages={"required": gettext_lazy("Enter the name of the office that has it.")},
    )


class AddForm(forms.Form):
    """One more record for the list."""

    kind = forms.ModelChoiceField(
        label=gettext_lazy("Which kind?"),
        queryset=RecordKind.objects.none(),
        error_messages={"required": gettext_lazy("Choose which kind of record.")},
    )
    which = forms.CharField(
        label=gettext_lazy("Which one, in your words?"),
        help_text=gettext_lazy("For example: the scan from last spring."),
        max_length=120,
        required=False,
    )

    def __init__(self, *args: Any, kinds: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds
        self.fields["kind"].label_from_instance = lambda kind: kind.called
