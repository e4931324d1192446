"""The forms of one's own account, and of inviting staff."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import reach, rules
from portal.accounts.entrance_forms import WHOLE_ADDRESS
from portal.accounts.models import User
from portal.clock import today


def zones() -> list[tuple[str, str]]:
    """Time zones as people look for them: North America first, by its spoken names, then the cities of the world."""
    spoken = [
        ("America/New_York", _("Eastern Time")),
        ("America/Chicago", _("Central Time")),
        ("America/Denver", _("Mountain Time")),
        ("America/Los_Angeles", _("Pacific Time")),
        ("America/Halifax", _("Atlantic Time")),
        ("America/St_Johns", _("Newfoundland Time")),
        ("America/Anchorage", _("Alaska Time")),
        ("Pacific/Honolulu", _("Hawaii Time")),
    ]
    known = {name for name, _words in spoken}
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    rest = sorted(name for name in available_timezones() if name.startswith(areas) and name not in known)
    return spoken + [(name, name.replace("_", " ").replace("/", ": ")) for name in rest]


# Where what is missing for a way is typed.
CHANNEL_NEEDS = {User.Channel.TEXT: "phone", User.Channel.CALL: "phone", User.Channel.LETTER: "postal"}


class AboutYouForm(forms.ModelForm):
    """What we ask once, after the address is confirmed."""

    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Enter your full name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "rs-input--m"}),
    )
    called = forms.CharField(
        label=gettext_lazy("How should we call you?"),
        help_text=gettext_lazy("For instance Rosa, or Mrs. Delgado."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "class": "rs-input--m"}),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Your birth date"),
        help_text=gettext_lazy("Offices use it to find your records."),
        widget=forms.DateInput(
            attrs={"type": "date", "autocomplete": "bday", "class": "rs-input--s"}, format="%Y-%m-%d"
        ),
        error_messages={
            "required": gettext_lazy("Enter your birth date."),
            "invalid": gettext_lazy("Enter your birth date in full, like 1968-04-21."),
        },
    )
    phone = reach.phone_field("tel", help_text=gettext_lazy("With area code. A person calls, never a machine."))
    safe_to_ring = forms.CharField(
        label=gettext_lazy("When is it safe to ring?"),
        help_text=gettext_lazy("For instance: weekdays after 10 am, not Tuesdays."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "rs-input--m"}),
    )
    may_leave_message = forms.BooleanField(label=gettext_lazy("You may leave a message on my phone"), required=False)
    postal = reach.postal_field(
        "street-address",
        label=gettext_lazy("Your postal address"),
        help_text=gettext_lazy("For letters. Street, then city, state and ZIP code, each on its own line."),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How should reminders reach you?"),
        help_text=gettext_lazy(
            "Codes to sign in always come by email. A letter takes some days: what is too near for it, we tell you "
            "by phone."
        ),
        widget=forms.RadioSelect,
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Your time zone"),
        help_text=gettext_lazy("All times are shown in it."),
        widget=forms.Select(attrs={"class": "rs-input--m", "data-zone-guess": "", "translate": "no"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), widget=forms.Select(attrs={"class": "rs-input--s", "translate": "no"})
    )

    class Meta:
        model = User
        fields = [
            "name", "called", "birth_date", "phone", "safe_to_ring", "may_leave_message", "channel",
            "time_zone", "language",
        ]  # fmt: skip

    field_order: ClassVar[list[str]] = [
        "name", "called", "birth_date", "phone", "safe_to_ring", "may_leave_message", "postal", "channel",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones()  # type: ignore[attr-defined]
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        if "postal" in self.fields:
            self.fields["postal"].initial = self.instance.postal
        if "channel" in self.fields:
            self.fields["channel"].choices = reach.channels()  # type: ignore[attr-defined]
            if self.is_bound and "channel" not in self.data:
                del self.fields["channel"]  # nothing chosen: it stays as it is
        if self.instance.name:
            self.fields["time_zone"].widget.attrs["data-chosen"] = "yes"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        channel = said.get("channel")
        given = {
            "email": self.instance.email or "",
            "phone": str(said.get("phone") or ""),
            "postal": said.get("postal", ""),
        }
        if channel and (reason := rules.why_not_channel(channel, **given)):
            self.add_error(CHANNEL_NEEDS.get(channel, "channel"), reason)
        return said

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        on = today(timezone.get_current_timezone())
        if born > on or born.year < 1900:
            raise forms.ValidationError(_("Enter a birth date that has been."))
        if not rules.is_adult(born, on):
            raise forms.ValidationError(_("This form is for adults. Please call us, and we find a way that suits you."))
        return born


class StaffAboutForm(AboutYouForm):
    """The same for staff, without what only patients are asked."""

    birth_date = safe_to_ring = may_leave_message = postal = channel = None  # type: ignore[assignment]

    class Meta(AboutYouForm.Meta):
        fields = ["name", "called", "phone", "time_zone", "language", "wants_digest"]
        labels: ClassVar[dict[str, Any]] = {
            "wants_digest": gettext_lazy("Email me once a day while something waits for me")
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "wants_digest": gettext_lazy("It comes at 9 am and says how many things, and nothing of what they say.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.role == User.Role.ADMINISTRATOR:
            del self.fields["wants_digest"]  # no messages wait for them


class DisplayForm(forms.ModelForm):
    theme = forms.ChoiceField(
        label=gettext_lazy("Colors"),
        required=False,
        widget=forms.RadioSelect(attrs={"columns": True}),
        choices=[
            ("", gettext_lazy("Same as my device")),
            ("light", gettext_lazy("Light")),
            ("soft", gettext_lazy("Soft: less glare, for tired eyes")),
            ("dark", gettext_lazy("Dark")),
        ],
    )
    text_size = forms.ChoiceField(
        label=gettext_lazy("Text size"),
        required=False,
        widget=forms.RadioSelect(attrs={"columns": True}),
        choices=[
            ("", gettext_lazy("Standard")),
            ("large", gettext_lazy("Large")),
            ("larger", gettext_lazy("Larger")),
        ],
    )

    class Meta:
        model = User
        fields = ["theme", "text_size"]


class CheckForm(forms.Form):
    """The light check: a code from the mailbox, or the password."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        error_messages={"required": gettext_lazy("Enter the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "rs-input--code"}),
    )


class InviteForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Enter the person’s name.")},
        widget=forms.TextInput(attrs={"class": "rs-input--m", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Work email"),
        error_messages={"required": WHOLE_ADDRESS, "invalid": WHOLE_ADDRESS},
        widget=forms.EmailInput(attrs={"class": "rs-input--m", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[
            ("consultant", gettext_lazy("Consultant: reads plans of cases assigned to them")),
            ("coordinator", gettext_lazy("Coordinator: sees all open cases, each look on record")),
            ("administrator", gettext_lazy("Administrator: people and settings, no case content")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a role.")},
    )
