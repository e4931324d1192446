"""What an office types to open its page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.links import birth_dates, codes
from cases.desk.links.gate import Opened
from cases.desk.links.rules import OpenedAgain
from portal import clock

LONGEST = 60  # a code with spaces and dashes, however it was pasted


class BirthDateField(forms.CharField):
    """A birth date, as people type it."""

    def __init__(self, **kwargs: Any):
        widget = forms.TextInput(attrs={"class": "rs-input--s", "autocomplete": "off"})
        super().__init__(label=gettext_lazy("Patient’s birth date"), max_length=LONGEST, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        found = birth_dates.read(typed, clock.now().date())
        if found is None:
            raise forms.ValidationError(_("Enter month, day and year, like 3 27 1951."), code="invalid")
        return found


class EntryForm(forms.Form):
    """By the short address on paper: code and birth date. By the address in a mail one of both is enough."""

    code = forms.CharField(
        label=gettext_lazy("12-letter code"),
        help_text=gettext_lazy("It is on the fax or letter, at the foot. You can paste it. Spaces don’t matter."),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "rs-input--m",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
                "translate": "no",
            }
        ),
    )
    born = BirthDateField(
        help_text=gettext_lazy("Month, day, year, like 3 27 1951. You have 5 tries. After that we call you."),
        required=False,
    )

    def __init__(self, *args: Any, by_mail: bool = False, needs_birth_date: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.by_mail = by_mail
        self.is_filter = True  # what may be left out is said in the lead
        if not needs_birth_date:
            del self.fields["born"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        code, born = said.get("code", ""), said.get("born")
        if self.by_mail:
            if not code and born is None and not self.errors:
                raise forms.ValidationError(_("Enter the code or the birth date."), code="required")
            return said
        if not code and "code" not in self.errors:
            self.add_error("code", _("Enter the code on the letter or fax."))
        if "born" in self.fields and born is None and "born" not in self.errors:
            self.add_error("born", _("Enter the patient’s birth date."))
        return said

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        letters = sum(letter.isalnum() for letter in code)
        if letters and letters != codes.LENGTH:
            raise forms.ValidationError(_("The code has 12 letters. Look at the foot of the letter or fax."))
        return code if letters else ""


class ProofForm(EntryForm):
    """On an open page: what it was not opened with yet."""

    def __init__(self, *args: Any, opened: Opened, **kwargs: Any):
        super().__init__(*args, by_mail=True, auto_id="proof_%s", **kwargs)
        if opened.has_code:
            del self.fields["code"]
        if opened.has_birth_date:
            del self.fields["born"]


class OpenAgainForm(forms.Form):
    """Why a page that was closed opens again."""

    why = forms.ChoiceField(label=gettext_lazy("Why?"), choices=OpenedAgain.choices, widget=forms.RadioSelect)
