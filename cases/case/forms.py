"""What people type when they open a case or change its people. Forms check the input; actions save it."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.case import regions
from cases.case.models import Office
from portal import clock, when

ME, SOMEONE = "me", "someone"
TREATMENT_SINCE, TREATMENT_AHEAD = dt.timedelta(days=20 * 365), dt.timedelta(days=2 * 365)


class DoctorFields(forms.Form):
    """A doctor and the office they work at; fields only, for forms below."""

    @staticmethod
    def doctor(label: Any, hint: Any = "") -> forms.CharField:
        return forms.CharField(
            label=label,
            help_text=hint,
            max_length=120,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )

    @staticmethod
    def office(label: Any) -> forms.CharField:
        return forms.CharField(
            label=label,
            max_length=160,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "list": "offices"}),
        )


class TreatmentField(forms.DateField):
    """The planned start of treatment, which may have begun some years ago."""

    def __init__(self, **rest: Any):
        defaults: dict[str, Any] = {
            "label": _("The day your treatment is planned to start, if you have one"),
            "required": False,
            "widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "rs-input--m"}),
            "error_messages": {"invalid": _("Enter the day in full: month, day and year.")},
        }
        super().__init__(**(defaults | rest))

    def clean(self, value: Any) -> dt.date | None:
        day = super().clean(value)
        if day and (reason := why_not_treatment_on(day, when.as_date(clock.now()))):
            raise forms.ValidationError(reason, code="year")
        return day


def why_not_treatment_on(day: dt.date, today: dt.date) -> str:
    """Why a treatment cannot begin, or have begun, on a day: another year was meant. Empty when it can."""
    if today - TREATMENT_SINCE <= day <= today + TREATMENT_AHEAD:
        return ""
    return _("That day is too far off. Check the year.")


class OpenForm(DoctorFields):
    """A new case: for whom, what about, who gave the plan."""

    whom = forms.ChoiceField(
        label=_("Who is it for?"),
        choices=[(ME, _("For me")), (SOMEONE, _("For someone I help"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who it is for.")},
    )
    patient_name = forms.CharField(
        label=_("Their name"), help_text=_("Only when you help someone."), max_length=120, required=False
    )
    diagnosis = forms.CharField(
        label=_("What is it about?"),
        help_text=_("In your own words. A few are enough. You can leave it for later."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    first_doctor = DoctorFields.doctor(_("Which doctor gave you the plan?"))
    first_office = DoctorFields.office(_("Where do they work?"))
    primary_doctor = DoctorFields.doctor(
        _("Who is your primary doctor?"), _("The second opinion’s report goes to them, too.")
    )
    primary_office = DoctorFields.office(_("Where does your primary doctor work?"))
    region = forms.ChoiceField(
        label=_("Which state or province is this in?"),
        help_text=_("So that we count the days when offices are closed."),
        choices=regions.CHOICES,
        required=False,
    )
    treatment_on = TreatmentField()

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("whom") == SOMEONE and not fields.get("patient_name", "").strip():
            self.add_error("patient_name", _("Enter the name of the person you help."))
        return fields


class PeopleForm(DoctorFields):
    """The words, doctors and treatment date of a case that stands."""

    diagnosis = forms.CharField(
        label=_("What is it about?"),
        help_text=_("In your own words."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    first_doctor = DoctorFields.doctor(_("The doctor who gave you the plan"))
    first_office = DoctorFields.office(_("Where they work"))
    primary_doctor = DoctorFields.doctor(_("Your primary doctor"))
    primary_office = DoctorFields.office(_("Where your primary doctor works"))
    region = forms.ChoiceField(label=_("State or province of a new office"), choices=regions.CHOICES, required=False)
    treatment_on = TreatmentField()

    def __init__(self, *args: Any, is_told: bool = True, **kwargs: Any) -> None:
        """Not told what it is about: neither asked for that."""
        super().__init__(*args, **kwargs)
        if not is_told:
            del self.fields["diagnosis"], self.fields["treatment_on"]


class OfficeForm(forms.ModelForm):
    """How to reach an office that serves this case only, until we have checked it."""

    region = forms.ChoiceField(label=_("State or province"), choices=regions.CHOICES, required=False)

    class Meta:
        model = Office
        fields = ["name", "desk", "phone", "fax", "place", "region", "hours", "likes_to_be_asked", "fee"]
        labels = {
            "name": _("Office"),
            "desk": _("Whom to ask for"),
            "phone": _("Phone"),
            "fax": _("Fax"),
            "place": _("Address"),
            "hours": _("When they answer"),
            "likes_to_be_asked": _("How they like to be asked"),
            "fee": _("What they charge"),
        }
        help_texts = {
            "desk": _("A name or a desk, if you have one."),
            "likes_to_be_asked": _("For example: by fax first, or by phone before 11 am."),
        }

    def clean_region(self) -> str:
        return self.cleaned_data["region"] or self.instance.region

    def clean(self) -> dict[str, Any]:
        """Another region brings its time zone with it."""
        fields = super().clean() or {}
        return fields | regions.office_details(fields.get("region", "")) if "region" in self.changed_data else fields
