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
SHOWN = "shown_"
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
        for whom it was written is named as then.
        """
        doctors = dict(doctors) | {each.role: each.clinician.name for each in point.sources.select_related("clinician")}
        pages = {f"page_{each.role}": said(each.page, each.page_to) for each in point.sources.all()}
        start = {"topic": point.topic, "text": point.text, "seen": point.version, **pages}
        return cls(data, initial=start | dict(kept or {}), doctors=doctors)

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
        return fields | {"pages": pages, "shown": shown}


class FirstDayForm(forms.Form):
    """The day of the first opinion, where somebody knows it."""

    on = forms.DateField(
        help_text=gettext_lazy("Leave it empty if you don’t know it."),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day in full: month, day and year.")},
    )
    seen = forms.DateField(required=False, widget=forms.HiddenInput)
    is_filter = True

    def __init__(self, *args: Any, doctor: str, **kwargs: Any):
        super().__init__(*args, prefix="first", **kwargs)
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
