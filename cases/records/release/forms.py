"""What people type and tick on a form that lets an office send records, and how they sign it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case import signatures
from cases.case.signatures import Signature, SignedHow
from cases.records.forms import day_input
from cases.records.release import rules as release_rules
from cases.records.release.form import Details, Form
from cases.records.release.states import Special, Stain

IN_FULL = {
    "invalid": gettext_lazy("Enter the day in full: month, day and year."),
    "required": gettext_lazy("Choose the day until which this holds."),
}


def _short(label: Any, hint: Any = "", most: int = 60) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "rs-input--m", "autocomplete": "off"})
    return forms.CharField(label=label, help_text=hint, max_length=most, required=False, widget=widget)


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=day_input(), error_messages=IN_FULL)


class DetailsForm(forms.Form):
    """What an office finds the records by, the end, and what goes only when ticked by itself."""

    until_on = _day(gettext_lazy("Until when may they send it?"), required=True)
    born_on = _day(gettext_lazy("Your birth date"))
    former_name = _short(gettext_lazy("A former name on your records"), most=signatures.LONGEST_NAME)
    record_number = _short(gettext_lazy("Your record number there"), gettext_lazy("On their letters or your bracelet."))
    records_from = _day(gettext_lazy("Records from this day on"))
    records_to = _day(gettext_lazy("Records up to this day"))
    accession = _short(
        gettext_lazy("The number of the slides"), gettext_lazy("On the lab’s report. Leave it out if you don’t know.")
    )
    stain = forms.ChoiceField(
        label=gettext_lazy("Which slides?"),
        required=False,
        choices=[("", gettext_lazy("I don’t know")), *Stain.choices],
        widget=forms.Select(attrs={"class": "rs-input--m"}),
    )
    special = forms.MultipleChoiceField(
        label=gettext_lazy("These go only if you tick them"),
        help_text=gettext_lazy("The law guards them more closely. Leave out what the new doctor does not need."),
        required=False,
        choices=Special.choices,
        widget=forms.CheckboxSelectMultiple(),
    )

    def __init__(self, *args: Any, about: Form, is_patient: bool, **kwargs: Any):
        kwargs.setdefault("initial", vars(about.details) | {"until_on": about.until_on})
        super().__init__(*args, **kwargs)
        self.about = about
        if not is_patient:  # nobody ticks these for her; on paper they are boxes for her pen
            del self.fields["special"]
        if not about.has_slides:
            del self.fields["accession"], self.fields["stain"]
        if about.case.patient.birth_date:
            del self.fields["born_on"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        about = self.about
        if "until_on" in found and (
            no := release_rules.why_not_until(found["until_on"], about.visit.on_date, about.today)
        ):
            self.add_error("until_on", no)
        first, last = found.get("records_from"), found.get("records_to")
        if first and last and last < first:
            self.add_error("records_to", _("That is before the first day. Check both."))
        if (born := found.get("born_on")) and born > about.today:
            self.add_error("born_on", _("That day is still to come. Check the year."))
        return found

    @property
    def details(self) -> Details:
        """What was typed; a field that this form does not ask for keeps what was known."""
        known = vars(self.about.details)
        return Details.of({name: self.cleaned_data.get(name, known[name]) for name in known})


class SignForm(forms.Form):
    """A typed name, or a drawing. Never filled in beforehand."""

    is_filter = True  # one of the two is needed: neither of them "can be left out"

    name = forms.CharField(
        label=gettext_lazy("Type your full name to sign"),
        max_length=signatures.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"class": "rs-input--m", "autocomplete": "name"}),
    )
    drawn = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-drawn": ""}))
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, patient: str, signer: str = "", **kwargs: Any):
        """`signer`: whom the law lets sign for the patient, with a name of their own."""
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("As it is on your medical records: %(name)s") % {"name": patient}
        if signer:
            said = {"name": patient, "signer": signer}
            self.fields["name"].help_text = _("Your own name, %(signer)s. You sign for %(name)s.") % said
        self.fields["name"].required = False

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if sent := found.get("drawn"):
            found["drawn"] = signatures.drawing(sent)
            if not found["drawn"] and not found.get("name", "").strip():
                self.add_error("name", _("We could not use the drawing. Draw it once more, or type your name."))
        elif not found.get("name", "").strip():
            self.add_error("name", _("Type your full name to sign."))
        return found

    @property
    def signature(self) -> Signature:
        """The drawing where there is one; else the name as it was typed."""
        drawn = self.cleaned_data.get("drawn", "")
        return Signature(SignedHow.DRAWN, drawn) if drawn else Signature(SignedHow.TYPED, self.cleaned_data["name"])


class PaperForm(forms.Form):
    """One file: the paper that was signed, or an office's own form."""

    file = forms.FileField(
        label=gettext_lazy("The paper, as a photo or PDF"),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )
