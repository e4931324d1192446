"""Fields that narrow a list: left empty, they leave it as it is."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = dt.date(2020, 1, 1), dt.date(2200, 1, 1)


class NarrowingDay(forms.DateField):
    """A day from which, until which or on which a list is shown."""

    default_error_messages = {"invalid": _("Enter a day, like 2026-11-23.")}

    def __init__(self, label: Any):
        super().__init__(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day
