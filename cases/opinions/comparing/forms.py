"""A line of the comparison, as somebody types it. The form checks the input; actions save it."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.opinions.comparing import rules
from cases.opinions.comparing.actions import Pages
from cases.opinions.comparing.models import Point
from cases.opinions.comparing.rules import Topic
from cases.records.forms import day_input

DRAFT, CHANGE_DRAFT = "opinion-line", "opinion-line-changed"  # of a new line, about the case; of a line that stands
SHOWN, NOW = "shown_", "now_"
NUMBER = {"inputmode": "numeric", "class": "rs-input--s", "autocomplete": "off"}


class LineForm(forms.Form):
    """What it is about, the line, and the page of each doctor it stands on."""

    topic = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=Topic.choices,
        error_messages={"required": gettext_lazy("Choose what the line is about.")},
    )
    text = forms.CharField(
        label=gettext_lazy("The line, as their paper says it"),
        max_length=rules.LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write the line.")},
    )
    new = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    is_filter = True

    def __init__(self, *args: Any, doctors: Mapping[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.doctors = doctors
        for role, name in doctors.items():
            self.fields[f"page_{role}"] = forms.CharField(
                label=_("%(name)s: on page") % {"name": name},
                help_text=_("One page, or from one to another: 2-3."),
                required=False,
                max_length=9,
                widget=forms.TextInput(attrs=NUMBER),
            )
            self.fields[shown_as(role)] = forms.CharField(
                required=False, max_length=120, initial=name, widget=forms.HiddenInput
            )

    @classmethod
    def empty(cls, doctors: Mapping[str, str], **start: Any) -> "LineForm":
        return cls(initial={"new": uuid.uuid4(), **start}, doctors=doctors)

    @classmethod
    def of(
        cls, point: Point, doctors: Mapping[str, str], data: Any = None, kept: Mapping[str, Any] | None = None
    ) -> "LineForm":
        """The form of a line that stands; with what was being typed over it, and over which of its versions. A doctor
        for whom it was written is named as then; by another name the same one may be meant.
        """
        sources = point.sources.select_related("clinician")
        own = {each.role: each.clinician for each in sources}
        others = {role: name for role, name in doctors.items() if role in own and not own[role].is_called(name)}
        doctors = dict(doctors) | {role: doctor.name for role, doctor in own.items()}
        pages = {f"page_{each.role}": said(each.page, each.page_to) for each in sources}
        start = {"topic": point.topic, "text": point.text, "seen": point.version, **pages}
        kept = {name: words for name, words in (kept or {}).items() if not name.startswith(NOW)}  # ticked of another
        form = cls(data, initial=start | kept, doctors=doctors)
        for role, name in others.items():
            form.fields[f"{NOW}{role}"] = forms.BooleanField(
                label=_("This is %(name)s, who is named now") % {"name": name},
                help_text=_("Only where the name was put right, and it is the same doctor."),
                required=False,
                widget=forms.CheckboxInput(attrs={"value": name}),
            )
        return form

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        pages: Pages = {}
        shown = {role: str(fields.pop(shown_as(role), "") or "") for role in self.doctors}
        for role in self.doctors:
            typed = str(fields.pop(f"page_{role}", "") or "").replace("–", "-").replace(" ", "")
            first, _dash, last = typed.partition("-")
            if not typed:
                continue
            if not (first.isdecimal() and (last.isdecimal() or not _dash)):
                self.add_error(f"page_{role}", _("Enter a page like 2, or pages like 2-3."))
                continue
            pages[role] = (int(first), int(last) if last and int(last) != int(first) else None)
        ticked = {role for role in self.doctors if fields.pop(f"{NOW}{role}", False)}
        renamed = {role: str(self.data[f"{NOW}{role}"]) for role in ticked}
        return fields | {"pages": pages, "shown": shown, "renamed": renamed}


class FirstDayForm(forms.Form):
    """The day of the first opinion, where somebody knows it."""

    on = forms.DateField(
        help_text=gettext_lazy("Leave it empty if you don’t know it."),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day in full: month, day and year.")},
    )
    seen = forms.DateField(required=False, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    is_filter = True

    def __init__(self, *args: Any, doctor: str, **kwargs: Any):
        super().__init__(*args, prefix="first", **kwargs)
        self.fields["shown"].initial = doctor
        self.fields["on"].label = _("On which day did %(name)s give this opinion?") % {"name": doctor}

    @classmethod
    def of(cls, on: dt.date | None, doctor: str) -> "FirstDayForm":
        return cls(initial={"on": on, "seen": on}, doctor=doctor)


def shown_as(role: str) -> str:
    """The hidden field with the doctor's name as the page had it."""
    return f"{SHOWN}{role}"


def said(page: int, page_to: int | None) -> str:
    """ "2" or "2-3"."""
    return f"{page}-{page_to}" if page_to else str(page)
