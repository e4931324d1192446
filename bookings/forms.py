"""Input of the booking pages: shape only; the rules judge."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings import slots
from bookings.hours_form import QUARTER
from bookings.models import ExtraHours, How, Practice, Service, TimeOff
from bookings.practices import words_in
from cases.case import regions
from portal.texts.words import text


class MomentField(forms.CharField):
    """An instant as the buttons send it: 2026-11-17T15:30Z."""

    def clean(self, value: Any) -> datetime:
        written = super().clean(value)
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            at = None
        # Beyond these years dates cannot be reckoned with at all.
        if at is None or at.tzinfo is None or not 2000 <= at.year < 2200:
            raise forms.ValidationError(_("Choose one of the times below."))
        return at.astimezone(UTC)


class PickForm(forms.Form):
    """A chosen time."""

    slot = MomentField(error_messages={"required": _("Choose one of the times below.")})
    how = forms.ChoiceField(choices=How.choices, required=False)

    def __init__(self, *args: Any, has_video: bool = True, **kwargs: Any):
        """`has_video`: what an unsaid way of talking stands for, with whoever has video."""
        super().__init__(*args, **kwargs)
        self.unsaid = How.VIDEO if has_video else How.PHONE

    def clean_how(self) -> str:
        return self.cleaned_data["how"] or self.unsaid


TICKS = ("scope", "may_read", "said")


class CheckForm(forms.Form):
    """Last look before booking: hope, and each consent by itself, never ticked beforehand."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    hope = forms.CharField(
        label=_("What would you most like to get from the call?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=4000,
    )
    words = forms.CharField(widget=forms.HiddenInput, required=False)
    scope = forms.BooleanField(required=False)
    may_read = forms.BooleanField(required=False)

    said = forms.ChoiceField(
        label=_("How did they say it?"),
        choices=[
            ("phone", _("On the phone: I read these words out, and they agreed")),
            ("paper", _("On paper: they signed these words")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how they agreed: on the phone, or on paper.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks_scope: bool, asks_to_read: bool, acts_for: str = "", **kwargs: Any):
        """`acts_for`: the patient for whom somebody else presses, who says then how she agreed."""
        super().__init__(*args, **kwargs)
        if acts_for:
            self.fields["hope"].label = gettext("What would %(name)s most like to get from the call?") % {
                "name": acts_for
            }
        if acts_for and (asks_scope or asks_to_read):
            self.initial["version"] = text("scope_tick").version
            self.fields["said"].label = gettext("How did %(name)s say it?") % {"name": acts_for}
        else:
            del self.fields["said"], self.fields["version"]
        asked = {"scope": ("scope_tick", asks_scope), "may_read": ("consent_read", asks_to_read)}
        shown = []
        for name, (kind, is_asked) in asked.items():
            if is_asked:
                words = text(kind)
                self.fields[name].label = words.body
                shown.append(str(words.pk))
            else:
                del self.fields[name]
        self.initial["words"] = ".".join(shown)  # which wordings stand beside the ticks

    def clean(self) -> dict[str, Any] | None:
        """A tick counts for the words that stood beside it."""
        if self._is_outdated():
            for name in ("scope", "may_read"):
                if self.cleaned_data.get(name):
                    self.add_error(name, gettext("These words have changed since. Read them once more, then tick."))
        return super().clean()

    def _is_outdated(self) -> bool:
        seen, now = self.data.get("words"), self.initial["words"]
        return bool(seen and now) and not set(now.split(".")) <= set(seen.split("."))

    def follow_page(self, **now: str) -> None:
        """Shown once more, what is hidden says what the page shows now; what was ticked beside other words is not."""
        if self.is_bound:
            again = {name: sent for name, sent in self.data.items() if not (self._is_outdated() and name in TICKS)}
            hidden = {name: str(self.initial[name]) for name in ("words", "version") if name in self.initial}
            self.data = again | hidden | now  # type: ignore[assignment]


class CancelForm(forms.Form):
    """Why, if the person likes to say; one of us may write to the patient besides."""

    note = forms.CharField(
        label=_("A note, if you like. The patient reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=500,
    )
    reason = forms.CharField(
        label=_("Why? Only our team reads this."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )

    def __init__(self, *args: Any, writes_to: str = "", **kwargs: Any):
        """`writes_to`: the patient to whom one of us may write why it is canceled."""
        super().__init__(*args, **kwargs)
        if writes_to:
            self.fields["note"].label = gettext("A note, if you like. %(name)s reads it.") % {"name": writes_to}
        else:
            del self.fields["note"]


class TermsForm(forms.Form):
    """A consultant's own rules."""

    buffer_minutes = forms.TypedChoiceField(
        label=_("Rest between calls"),
        choices=[(minutes, f"{minutes}") for minutes in (0, 5, 10, 15, 20, 30)],
        coerce=int,
        help_text=_("Minutes kept free after each call"),
    )
    notice_hours = forms.IntegerField(
        label=_("Notice before a call"),
        help_text=_("Hours from the booking to the call, at least"),
        min_value=0,
        max_value=336,
        widget=forms.NumberInput(attrs={"class": "rs-input--s"}),
    )
    horizon_days = forms.IntegerField(
        label=_("How far ahead"),
        help_text=_("Days from today that can be booked"),
        min_value=1,
        max_value=366,
        widget=forms.NumberInput(attrs={"class": "rs-input--s"}),
    )
    daily_cap = forms.IntegerField(
        label=_("Most calls in a day"),
        help_text=_("Empty: as many as fit"),
        min_value=1,
        max_value=20,
        required=False,
        widget=forms.NumberInput(attrs={"class": "rs-input--s"}),
    )
    gives = forms.MultipleChoiceField(
        label=_("Kinds of call you give"),
        help_text=_("What is booked stays booked"),
        choices=Service.Code.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of call.")},
    )
    region = forms.ChoiceField(
        label=_("Your public holidays"),
        help_text=_("On these days nobody books, unless you add extra hours"),
        choices=[("", _("Those of Remission Support")), *regions.CHOICES[1:]],
        required=False,
    )


class NeedsForm(forms.Form):
    """What somebody needs to follow the call."""

    interpreter = forms.CharField(
        label=_("An interpreter, for which language?"),
        help_text=_("Leave it empty if you need none"),
        required=False,
        max_length=60,
    )
    captions = forms.BooleanField(label=_("Captions: the words on the screen while we talk"), required=False)


class AskToMoveForm(forms.Form):
    """What the patient reads beside the question for another time."""

    note = forms.CharField(
        label=_("A note, if you like. The patient reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=500,
    )


class AboutForm(forms.ModelForm):
    """What patients read about a consultant, and where they meet by video."""

    class Meta:
        model = Practice
        fields = ["profession", "languages", "specialties", "video_address"]
        labels = {
            "profession": _("What you are"),
            "languages": _("Languages you can talk in"),
            "specialties": _("What you know best"),
            "video_address": _("Where you meet by video"),
        }
        help_texts = {
            "profession": _("Like: Oncology nurse, 12 years"),
            "languages": _("With commas between them, like: English, French"),
            "specialties": _("With commas between them, like: Breast cancer, Lung cancer. Patients can choose by it"),
            "video_address": _(
                "Begins with https://. Your own room, or one for each call: {reference} stands for the call’s number. "
                "Patients see it after they sign in. Without one, you call them by phone."
            ),
        }

    def clean_video_address(self) -> str:
        written = self.cleaned_data["video_address"].strip()
        if written:
            try:
                URLValidator(schemes=["https"])(written.replace("{reference}", "x"))
            except forms.ValidationError as wrong:
                raise forms.ValidationError(_("Enter an address that begins with https://.")) from wrong
        return written

    def clean_languages(self) -> str:
        return ", ".join(words_in(self.cleaned_data["languages"]))

    def clean_specialties(self) -> str:
        return ", ".join(words_in(self.cleaned_data["specialties"]))


class QuarterField(forms.TimeField):
    """A wall time by the quarter hour, as the week's hours are."""

    def to_python(self, value: Any) -> time | None:
        found: time | None = super().to_python(value)
        if found and (found.minute % QUARTER or found.second or found.microsecond):
            raise forms.ValidationError(_("Enter a time by the quarter hour, like 9:15."))
        return found


class ExtraHoursForm(forms.ModelForm):
    """Hours on one date."""

    class Meta:
        model = ExtraHours
        fields = ["on_date", "from_time", "until_time"]
        field_classes = {"from_time": QuarterField, "until_time": QuarterField}
        labels = {"on_date": _("Day"), "from_time": _("From"), "until_time": _("Until")}
        widgets = {
            "on_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "from_time": forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 900}),
            "until_time": forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 900}),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        # Beside another form on the page, which has a "from" and an "until" of its own.
        self.auto_id = "extra_%s"

    def clean_on_date(self) -> date:
        on: date = self.cleaned_data["on_date"]
        if on < self.today:
            raise forms.ValidationError(_("Choose a day that is not over."))
        return on

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        begins, ends = found.get("from_time"), found.get("until_time")
        if begins and ends and not slots.is_after(ends, begins):
            self.add_error("until_time", _("Enter an end that comes after the start; 12:00 am is the end of the day."))
        return found


class TimeOffForm(forms.ModelForm):
    """Days off; with times, a part of each day."""

    class Meta:
        model = TimeOff
        fields = ["from_on", "until_on", "from_time", "until_time", "every_weeks", "note"]
        field_classes = {"from_time": QuarterField, "until_time": QuarterField}
        labels = {
            "from_on": _("First day"),
            "until_on": _("Last day"),
            "from_time": _("From"),
            "until_time": _("Until"),
            "every_weeks": _("On which days"),
            "note": _("What for"),
        }
        widgets = {
            "from_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "until_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "from_time": forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 900}),
            "until_time": forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 900}),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["every_weeks"].required = False

    def clean_every_weeks(self) -> int:
        return self.cleaned_data["every_weeks"] or TimeOff.Every.DAY

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("from_on"), found.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("Enter a last day that is not before the first."))
        begins, ends = found.get("from_time"), found.get("until_time")
        if bool(begins) != bool(ends):
            self.add_error("until_time" if begins else "from_time", _("Enter both times, or none for whole days."))
        elif begins and ends and not slots.is_after(ends, begins):
            self.add_error("until_time", _("Enter an end that comes after the start; 12:00 am is the end of the day."))
        return found
