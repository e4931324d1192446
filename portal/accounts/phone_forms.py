"""What a coordinator writes down while somebody who has no email is on the phone."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import reach, rules
from portal.accounts.by_phone import HELPER_RANG, RANG
from portal.accounts.forms import AboutYouForm
from portal.accounts.models import User
from portal.clock import today

LABELS = {
    "name": (gettext_lazy("Full name"), ""),
    "called": (gettext_lazy("How they like to be called"), gettext_lazy("For instance Rosa, or Mrs. Delgado.")),
    "birth_date": (gettext_lazy("Birth date"), gettext_lazy("Offices use it to find the records.")),
    "phone": (gettext_lazy("Phone"), gettext_lazy("With area code.")),
    "safe_to_ring": (
        gettext_lazy("When is it safe to ring?"),
        gettext_lazy("In their words: weekdays after 10 am, not Tuesdays."),
    ),
    "may_leave_message": (gettext_lazy("A message may be left on this phone"), ""),
    "postal": (
        gettext_lazy("Postal address"),
        gettext_lazy("Street, then city, state and ZIP code, each on its own line."),
    ),
    "channel": (
        gettext_lazy("How should reminders reach them?"),
        gettext_lazy("A letter takes some days. What is too near for it, one of us says by phone."),
    ),
    "time_zone": (gettext_lazy("Their time zone"), ""),
    "language": (gettext_lazy("Language"), ""),
}


class RingsForm(AboutYouForm):
    """A new account without email. Nobody signs in to it."""

    ticket = forms.UUIDField(widget=forms.HiddenInput)
    rang = forms.ChoiceField(
        label=gettext_lazy("Who is on the phone?"),
        choices=[
            (RANG, gettext_lazy("The patient")),
            (HELPER_RANG, gettext_lazy("Someone who helps the patient")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who is on the phone.")},
    )
    large_print = forms.BooleanField(label=gettext_lazy("They want large print"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    privacy = forms.BooleanField(
        label=gettext_lazy("I read this out to the patient, and they agreed"),
        help_text=gettext_lazy("Only the patient can agree. If a helper rings, read it out when you call the patient."),
        required=False,
    )
    is_another = forms.BooleanField(label=gettext_lazy("This is another person"), required=False)

    field_order: ClassVar[list[str]] = [
        "rang", "name", "called", "birth_date", "phone", "safe_to_ring", "may_leave_message", "postal", "channel",
        "language", "time_zone", "large_print",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ticket", uuid.uuid4())
        for name, (label, hint) in LABELS.items():
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, hint
                self.fields[name].widget.attrs["autocomplete"] = "off"
        ways = [(code, words) for code, words in reach.channels() if code != User.Channel.MAIL]
        if "channel" not in self.fields:  # the patient's own form lets it out where nothing was chosen
            self.fields["channel"] = forms.ChoiceField(widget=forms.RadioSelect, label=LABELS["channel"][0])
        self.fields["channel"].choices = ways  # type: ignore[attr-defined]
        self.fields["channel"].error_messages["required"] = _("Choose how reminders reach them.")

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        on = today(timezone.get_current_timezone())
        if born > on or born.year < 1900:
            raise forms.ValidationError(_("Enter a birth date that has been."))
        if not rules.is_adult(born, on):
            raise forms.ValidationError(_("We open pages for adults. Talk with a parent about what we can do."))
        return born

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        is_patient = said.get("rang") == RANG
        if is_patient and not said.get("privacy"):
            self.add_error("privacy", _("Read the privacy notice out first, and ask if they agree."))
        if said.get("rang") == HELPER_RANG and said.get("privacy"):
            self.add_error("privacy", _("A helper cannot agree for the patient. Leave this open."))
        return said

    @property
    def account(self) -> dict[str, Any]:
        """What the account is made of."""
        said = self.cleaned_data
        of_account = [*self.Meta.fields, "postal", "channel"]
        size = User.TextSize.LARGE if said["large_print"] else User.TextSize.NORMAL
        return {name: said[name] for name in of_account} | {"text_size": size}

    def _post_clean(self) -> None:
        """The row is made by the action; the form checks what was typed, and nothing else."""
