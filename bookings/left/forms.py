"""What a patient said about who goes on, as a coordinator writes it down."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.case import hands
from cases.case.models import Departure
from portal.accounts.models import User
from portal.texts.models import Text
from portal.texts.words import text


class PersonField(forms.ModelChoiceField):
    """One of our people, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)

    def to_python(self, value: Any) -> Any:
        """What is no key of anybody is no choice, in the same words."""
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class SaidForm(forms.Form):
    """Whom she named, and how she said yes to the words that were read out. Nothing is ticked beforehand."""

    who = PersonField(
        label=_("Who goes on?"),
        queryset=User.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose one of our consultants.")},
    )
    said = forms.ChoiceField(
        label=_("How did they say it?"),
        choices=[
            (hands.PHONE, _("On the phone: I read these words out, and they agreed")),
            (hands.PAPER, _("On paper: they signed these words")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how they agreed: on the phone, or on paper.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, departure: Departure, other: User | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = User.objects.working_as(User.Role.CONSULTANT)
        outside = people.exclude(pk__in=[departure.consultant_id, departure.case.patient_id])
        self.fields["who"].queryset = outside  # type: ignore[attr-defined]
        if other:
            self.fields["who"].help_text = _("We propose %(name)s.") % {"name": other.name}
        self.initial["version"] = text(Text.Kind.CONSENT_READ).version
