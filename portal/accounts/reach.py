"""How a person is reached, as fields of the forms that ask for it: their own, and a coordinator's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField

from portal import texting
from portal.accounts import rules
from portal.accounts.models import User

CHANNELS = {
    User.Channel.MAIL: gettext_lazy("By email"),
    User.Channel.TEXT: gettext_lazy("By text message"),
    User.Channel.LETTER: gettext_lazy("By letter, in the mail"),
    User.Channel.CALL: gettext_lazy("By a call from one of us"),
}


class PostalField(forms.CharField):
    """An address of a few lines, as it stands on an envelope."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Postal address"))
        kwargs.setdefault("help_text", gettext_lazy("Street, then city, state and ZIP code, each on its own line."))
        super().__init__(required=False, max_length=200, **kwargs)

    def clean(self, value: Any) -> str:
        postal = rules.tidy_postal(super().clean(value))
        if reason := rules.why_not_postal(postal):
            raise forms.ValidationError(reason)
        return postal


def postal_field(autocomplete: str = "off", **words: Any) -> PostalField:
    attrs = {"rows": rules.POSTAL_LINES, "autocomplete": autocomplete, "class": "rs-input--m"}
    return PostalField(widget=forms.Textarea(attrs=attrs), **words)


def phone_field(autocomplete: str = "off", **words: Any) -> PhoneNumberField:
    return PhoneNumberField(
        label=gettext_lazy("Phone"),
        required=False,
        region="US",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": autocomplete, "class": "rs-input--m"}),
        error_messages={
            "invalid": gettext_lazy("Enter the number with its area code, like 212 555 0123, or leave it out.")
        },
        **words,
    )


def channels(now: str = "") -> list[tuple[str, Any]]:
    """The ways that can be chosen: texts only while they can go, or where they were chosen before."""
    offered = [User.Channel.TEXT] if texting.is_on() or now == User.Channel.TEXT else []
    return [(code, words) for code, words in CHANNELS.items() if code != User.Channel.TEXT or code in offered]
