"""How a person is reached, put right by a coordinator who knows them by phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import reach, rules
from portal.accounts.entrance_forms import WHOLE_ADDRESS
from portal.accounts.models import User


class AddressForm(forms.Form):
    """Email, phone, postal address, and the way the person wants messages to come."""

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("Empty: they have none."),
        required=False,
        max_length=254,
        error_messages={"invalid": WHOLE_ADDRESS, "max_length": WHOLE_ADDRESS},
        widget=forms.EmailInput(attrs={"class": "rs-input--m", "autocomplete": "off"}),
    )
    phone = reach.phone_field()
    postal = reach.postal_field()
    channel = forms.ChoiceField(
        label=gettext_lazy("How messages reach them"),
        help_text=gettext_lazy("A letter takes some days. What is too near for it, one of us says by phone."),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how messages reach them.")},
    )
    is_wish = forms.BooleanField(
        label=gettext_lazy("They asked for this way"),
        help_text=gettext_lazy("Needed when you change how messages reach them. They read it in their history."),
        required=False,
    )
    is_known = forms.BooleanField(
        label=gettext_lazy("I know by phone that it is them: name, birth date and one thing only they know agree"),
        error_messages={"required": gettext_lazy("First make sure by phone that it is them.")},
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        now = {name: getattr(person, name) for name in ("email", "phone", "postal", "channel")}
        super().__init__(*args, initial=now, **kwargs)
        self.person = person
        self.fields["channel"].choices = reach.channels(person.channel)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        channel = said.get("channel")
        if channel is None or self.errors:
            return said
        given = {name: str(said[name]) for name in ("email", "phone", "postal")}
        # One who has nothing yet may stay so: a row on the board says that a person must find a way.
        if channel == self.person.channel == User.Channel.MAIL:
            return said
        if reason := rules.why_not_channel(channel, **given):
            self.add_error("channel", reason)
        elif channel != self.person.channel and not said["is_wish"]:
            self.add_error("is_wish", _("Ask them first, and tick that they want it so."))
        return said
