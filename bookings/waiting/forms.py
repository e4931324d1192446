"""Which times somebody would like to hear of: shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from bookings.anyone import ANYONE, choices
from bookings.models import Consultation, Practice
from bookings.waiting.models import Part


class WishForm(forms.Form):
    """With whom, what is asked of anyone, when it suits, until which day."""

    who = forms.ChoiceField(
        label=_("With whom?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the people."), "invalid_choice": _("Choose one of the people.")},
    )
    speaks = forms.ChoiceField(
        label=_("If anyone: someone who speaks"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the languages.")},
    )
    knows = forms.ChoiceField(
        label=_("If anyone: someone who knows best about"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the things on the list.")},
    )
    part = forms.ChoiceField(label=_("Which times of day?"), choices=Part.choices, widget=forms.RadioSelect)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Which days?"),
        choices=[(number, WEEKDAYS[number]) for number in range(7)],
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"columns": True}),
        error_messages={"required": _("Choose at least one day.")},
    )
    until_on = forms.DateField(
        label=_("Until which day?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, practices: Sequence[Practice], call: Consultation | None, **kwargs: Any):
        """With a call booked it is about that call: with its own consultant, or with anyone."""
        super().__init__(*args, **kwargs)
        people = [(str(one.pk), one.consultant.name) for one in practices]
        if call:
            people, self.fields["who"].required = [(str(call.consultant_id), call.consultant.name)], False
        self.fields["who"].choices = [*people, (ANYONE, _("Anyone who fits"))]  # type: ignore[attr-defined]
        known = choices(practices)
        self._choose_from("speaks", _("Any language"), known["languages"])
        self._choose_from("knows", _("Anything"), known["specialties"])

    def _choose_from(self, name: str, anything: Any, known: Sequence[tuple[str, str]]) -> None:
        if known:
            self.fields[name].choices = [("", anything), *known]  # type: ignore[attr-defined]
        else:
            del self.fields[name]
