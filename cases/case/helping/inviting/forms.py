"""Whom to ask, with what, and until when; and what somebody who was asked tells of themselves."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.forms import HelpForm
from portal import texting
from portal.accounts import reach, rules
from portal.accounts.entrance_forms import WHOLE_ADDRESS


class AskForm(HelpForm):
    """Ask somebody to help: who, by which way, how much, until when."""

    name = forms.CharField(
        label=gettext_lazy("Their name"),
        max_length=120,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "rs-input--m"}),
        error_messages={"required": gettext_lazy("Enter their name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Their own email address"),
        help_text=gettext_lazy("We send a link there. The mail does not say what this is about."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "rs-input--m"}),
        error_messages={"invalid": WHOLE_ADDRESS, "max_length": WHOLE_ADDRESS},
    )
    phone = reach.phone_field()
    as_typed = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order: ClassVar[list[str]] = ["name", "email", "phone", "chosen", "switches", "until_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_text, by_phone = _("No email? Then we send the link by text."), _("No email? Then one of us rings them.")
        self.fields["phone"].help_text = by_text if texting.is_on() else by_phone

    def clean_email(self) -> str:
        return as_meant(self, self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors.keys() & {"email", "phone"} and not (said.get("email") or said.get("phone")):
            self.add_error("email", _("Enter an email address, or a phone number below."))
        return said

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "as_typed"}


def as_meant(form: Any, email: str) -> str:
    """The address, once it is sure: one that looks mistyped is asked about, and taken as it is the second time."""
    meant = rules.better_address(email)
    if meant and form.data.get("as_typed") != email:
        form.data = {**form.data.dict(), "as_typed": email, **_lists(form)}
        raise forms.ValidationError(
            _("Did you mean %(meant)s? If the address is right as it is, send the form again."), params={"meant": meant}
        )
    return email


def _lists(form: Any) -> dict[str, Any]:
    return {"switches": form.data.getlist("switches")} if "switches" in form.fields else {}


class AddressForm(forms.Form):
    """The email address of somebody who was asked by phone."""

    email = forms.EmailField(
        label=gettext_lazy("Their own email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "rs-input--m"}),
        error_messages={"invalid": WHOLE_ADDRESS, "max_length": WHOLE_ADDRESS, "required": WHOLE_ADDRESS},
    )


class OwnPageForm(forms.Form):
    """The patient takes over the page that somebody began."""

    is_me = forms.BooleanField(error_messages={"required": gettext_lazy("Tick that this is you.")})
    privacy = forms.BooleanField(
        label=gettext_lazy("I have read the privacy notice and accept it"),
        error_messages={"required": gettext_lazy("Read the privacy notice and tick that you accept it.")},
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_me"].label = _("I am %(name)s, and nobody else uses this mailbox") % {"name": name}


class JoinForm(forms.Form):
    """Who comes by a link: a name, and the privacy notice."""

    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=120,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "rs-input--m"}),
        error_messages={"required": gettext_lazy("Enter your full name.")},
    )
    privacy = forms.BooleanField(
        label=gettext_lazy("I have read the privacy notice and accept it"),
        error_messages={"required": gettext_lazy("Read the privacy notice and tick that you accept it.")},
    )
