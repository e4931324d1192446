"""Who will be with the patient on a call: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.company.models import Agreed
from portal import texting
from portal.accounts import reach
from portal.accounts.entrance_forms import WHOLE_ADDRESS


class CompanionForm(forms.Form):
    """A name; a mailbox or a phone, if wanted. A coordinator says how the patient said so."""

    called = forms.CharField(
        label=gettext_lazy("Their name"),
        max_length=120,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "rs-input--m"}),
        error_messages={"required": gettext_lazy("Enter their name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Their email address"),
        help_text=gettext_lazy("We send them the time and the way in. The mail does not say what the call is about."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "rs-input--m"}),
        error_messages={"invalid": WHOLE_ADDRESS, "max_length": WHOLE_ADDRESS},
    )
    phone = reach.phone_field()
    agrees = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick this line, so that we may tell them of the call.")}
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How did they say it?"),
        choices=[(each.value, each.label) for each in Agreed if each != Agreed.PAGE],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say how they agreed: on the phone, or on paper.")},
    )

    def __init__(self, *args: Any, acts_for: str = "", consultant: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_text, by_phone = _("No email? Then we send a text."), _("No email? Then one of us rings them.")
        self.fields["phone"].help_text = by_text if texting.is_on() else by_phone
        named = {"name": acts_for, "consultant": consultant}
        self.fields["agrees"].label = (
            _("%(name)s agrees: this person may know of the call, and hear what %(consultant)s says") % named
            if acts_for
            else _("I agree: this person may know of the call, and hear what %(consultant)s says") % named
        )
        if not acts_for:
            del self.fields["how"]
