"""Forms around helping: what a coordinator heard or read, and how someone who began asks the patient."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.inviting.forms import AskForm, as_meant
from cases.case.helping.models import Mandate
from cases.case.helping.rules import Chosen, How, Kin
from portal import texting
from portal.accounts import reach
from portal.accounts.entrance_forms import WHOLE_ADDRESS

YES, NO = "yes", "no"
HEARD = [
    (How.PHONE, gettext_lazy("On the phone")),
    (How.PAPER, gettext_lazy("On paper")),
    (How.TEXT, gettext_lazy("By text")),
    (How.MAIL, gettext_lazy("By email")),
]
SETS = [
    (Chosen.DATES, gettext_lazy("Dates only")),
    (Chosen.MOST, gettext_lazy("Everything except private words")),
    (Chosen.ACTS, gettext_lazy("Acts for the patient")),
]
SWITCHES = [
    ("files", gettext_lazy("Sees records and files")),
    ("papers", gettext_lazy("Adds papers")),
    ("bookings", gettext_lazy("Books, moves and cancels talks")),
    ("messages", gettext_lazy("Reads and writes messages")),
    ("summary", gettext_lazy("Sees the summary")),
    ("private", gettext_lazy("Sees private notes")),
]
MANDATES = [
    (Mandate.Kind.POWER_OF_ATTORNEY, gettext_lazy("Power of attorney")),
    (Mandate.Kind.PARENT, gettext_lazy("Parent of a child")),
]
KIN = [
    ("", gettext_lazy("I’d rather not say")),
    (Kin.DAUGHTER, gettext_lazy("Daughter")),
    (Kin.SON, gettext_lazy("Son")),
    (Kin.PARTNER, gettext_lazy("Partner")),
    (Kin.PARENT, gettext_lazy("Parent")),
    (Kin.SISTER, gettext_lazy("Sister")),
    (Kin.BROTHER, gettext_lazy("Brother")),
    (Kin.FRIEND, gettext_lazy("Friend")),
    (Kin.OTHER, gettext_lazy("Someone else")),
]
NOTE_AT_MOST = 100
KNOWS_NO = gettext_lazy("I spoke with the patient of the earlier no, and they say yes now")
UNTIL_WRONG = gettext_lazy("Enter the day in full, like 2026-12-31.")


def _day(label: Any, hint: Any = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date", "class": "rs-input--s"}, format="%Y-%m-%d"),
        error_messages={"invalid": UNTIL_WRONG, "required": gettext_lazy("Enter the day.")},
    )


class AnswerForm(forms.Form):
    """What the patient said to a coordinator, and how it was heard."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What did the patient say?"),
        choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No, not now"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the patient said.")},
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How do you know?"),
        choices=HEARD,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how you know.")},
    )
    chosen = forms.ChoiceField(
        label=gettext_lazy("How much may they help?"), choices=SETS, widget=forms.RadioSelect, required=False
    )
    until_on = _day(gettext_lazy("Until when?"), gettext_lazy("Empty: until somebody ends it."))
    is_read_out = forms.BooleanField(
        label=gettext_lazy("The patient heard or read the words above, and I know it was them"),
        error_messages={"required": gettext_lazy("First make sure that they know what they say yes to.")},
    )
    knows_no = forms.BooleanField(label=KNOWS_NO, required=False)
    is_filter = True

    def __init__(self, *args: Any, has_no: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_no:
            del self.fields["knows_no"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("answer") == YES and not said.get("chosen"):
            self.add_error("chosen", _("Choose how much they may help."))
        if said.get("answer") == YES and "knows_no" in self.fields and not said.get("knows_no"):
            self.add_error("knows_no", _("The patient has said no before. Ask about it first, and tick that you did."))
        return said


class AskForPatientForm(AskForm):
    """Somebody whom the patient wants to ask, as she told a coordinator."""

    how = forms.ChoiceField(
        label=gettext_lazy("How do you know?"),
        choices=HEARD,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how you know.")},
    )
    is_read_out = forms.BooleanField(
        label=gettext_lazy("The patient heard or read the words above, and I know it was them"),
        error_messages={"required": gettext_lazy("First make sure that they know what they say yes to.")},
    )

    knows_no = forms.BooleanField(label=KNOWS_NO, required=False)

    def __init__(self, *args: Any, has_no: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_no:
            del self.fields["knows_no"]
        chosen: Any = self.fields["chosen"]
        chosen.choices = [*SETS, (Chosen.OWN, _("Only what I tick below"))]
        chosen.help_text = ""
        switches: Any = self.fields["switches"]
        switches.choices = SWITCHES
        self.fields["until_on"].help_text = _("Empty: until somebody ends it.")

    @property
    def asked(self) -> dict[str, Any]:
        return {name: value for name, value in super().asked.items() if name != "is_read_out"}


class MandateForm(forms.Form):
    """What a paper says that lets somebody act in law."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is the paper?"),
        choices=MANDATES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the paper is.")},
    )
    paper = forms.ChoiceField(label=gettext_lazy("Where is it?"), required=False)
    from_on = _day(gettext_lazy("Good from"), required=True)
    until_on = _day(gettext_lazy("Good until"), gettext_lazy("Empty: the paper names no day."))
    is_read = forms.BooleanField(
        label=gettext_lazy("I have read the paper, and it names both people"),
        error_messages={"required": gettext_lazy("First read the paper.")},
    )
    is_filter = True

    def __init__(self, *args: Any, papers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].choices = [("", _("On paper, in our office")), *papers]  # type: ignore[attr-defined]


class MailboxForm(forms.Form):
    """Where the patient has a mailbox, or a phone that takes our texts."""

    email = forms.EmailField(
        label=gettext_lazy("Their own email address"),
        help_text=gettext_lazy("Not one that you share. The mail does not say what this is about."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "rs-input--m"}),
        error_messages={"invalid": WHOLE_ADDRESS, "max_length": WHOLE_ADDRESS},
    )
    phone = reach.phone_field()
    kin = forms.ChoiceField(label=gettext_lazy("Who are you to them?"), choices=KIN, required=False)
    as_typed = forms.CharField(required=False, widget=forms.HiddenInput)
    is_filter = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="mail_%s", **kwargs)  # beside the form of the call
        self.fields["phone"].help_text = _("No email? Then we send a text. They answer on its page.")
        if not texting.is_on():
            del self.fields["phone"]

    def clean_email(self) -> str:
        return as_meant(self, self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not (said.get("email") or said.get("phone")):
            self.add_error("email", _("Enter their own email address."))
        return said

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "as_typed"}


class CallForm(forms.Form):
    """Ask the patient on the phone: one of us rings, and the helper may be there."""

    kin = forms.ChoiceField(label=gettext_lazy("Who are you to them?"), choices=KIN, required=False)
    note = forms.CharField(
        label=gettext_lazy("Their phone number, and when a call suits"),
        help_text=gettext_lazy("For instance: 416 555 0117, mornings. Say if you want to be on the call."),
        max_length=NOTE_AT_MOST,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Tell us how to reach them.")},
    )
    is_filter = True
