"""Where the patient is now, and what matters to her. Forms check the input; actions save it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.opinions.comparing.forms import shown_as
from cases.opinions.deciding import rules
from cases.opinions.deciding.models import Decision
from cases.opinions.deciding.rules import Choice
from cases.records.forms import day_input

HINTS = {
    Choice.ANOTHER: gettext_lazy("It needs a referral too. We’ll help you arrange it with the same packet."),
    Choice.TIME: gettext_lazy("As long as you like. Nothing here is late."),
}


class DecisionForm(forms.Form):
    """One answer, in own words where she likes."""

    choice = forms.ChoiceField(
        label=gettext_lazy("Where are you now?"),
        help_text=gettext_lazy("You can change this at any time."),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose where you are now.")},
    )
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("Only you see this, and a helper whom you let see your private words."),
        max_length=rules.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    check_in_on = forms.DateField(
        label=gettext_lazy("With more time: shall we write to you on a day?"),
        help_text=gettext_lazy("Leave it out, and we leave you in peace."),
        required=False,
        widget=day_input(),
        error_messages={"invalid": gettext_lazy("Enter the day in full: month, day and year.")},
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    is_filter = True

    def __init__(
        self,
        *args: Any,
        plans: Mapping[str, str],
        may_ask: bool,
        stands: str = "",
        speaks_for: str = "",
        **kwargs: Any,
    ):
        """`plans`: those there to choose, with the doctor's name or "" by role; `may_ask`: for a third opinion;
        `stands`: the answer that stands; `speaks_for`: the patient's name, where one of us writes down what she says
        on the phone.
        """
        super().__init__(*args, **kwargs)
        if speaks_for:
            _put(self, speaks_for, SPOKEN)
        offered = rules.offered(plans, may_ask=may_ask, stands=stands)
        self.fields["choice"].choices = [(choice.value, _label(choice, plans)) for choice in offered]
        for role, name in plans.items():
            self.fields[shown_as(role)] = forms.CharField(
                required=False, max_length=120, initial=name, widget=forms.HiddenInput
            )

    @classmethod
    def of(cls, stands: Decision | None, **known: Any) -> "DecisionForm":
        """The form as it stands."""
        if stands is None:
            return cls(**known)
        name = stands.doctor.casefold()
        is_theirs = known["plans"].get(stands.choice, name).casefold() == name  # else it is another's plan now
        parts = {"words": stands.words, "check_in_on": stands.check_in_on, "seen": stands.pk}
        parts["choice"] = stands.choice if is_theirs else ""
        return cls(initial=parts, stands=stands.choice, **known)

    def clean(self) -> dict[str, Any]:
        """A day counts only with "more time"."""
        said = super().clean() or {}
        if said.get("choice") != Choice.TIME:
            said["check_in_on"] = None
        named = {role: said.pop(shown_as(role)) for role in rules.PLANS if shown_as(role) in said}
        shown = {role: name for role, name in named.items() if self.add_prefix(shown_as(role)) in self.data}
        return said | {"shown": shown}


def _label(choice: Choice, plans: Mapping[str, str]) -> str:
    if choice in rules.PLANS and plans[choice]:
        return _("I’d like to go with %(name)s’s plan") % {"name": plans[choice]}
    said = {
        Choice.FIRST: _("I’d like to go with the first plan"),
        Choice.SECOND: _("I’d like to go with the second doctor’s plan"),
        Choice.THIRD: _("I’d like to go with the third doctor’s plan"),
        Choice.OWN: _("I’d like to go my own way"),
        Choice.ANOTHER: _("I’m still wondering. I’d like a third opinion"),
        Choice.TIME: _("I need more time"),
    }[choice]
    return format_html('{}<span class="rs-choice__h">{}</span>', said, HINTS[choice]) if choice in HINTS else said


SPOKEN: dict[str, tuple[Promise, Promise]] = {
    "choice": (
        gettext_lazy("Where is %(name)s now?"),
        gettext_lazy("As they say it on the phone. It stands as theirs, with your name as who wrote it down."),
    ),
    "words": (
        gettext_lazy("In their own words"),
        gettext_lazy("Read it back before you save. Coordinators see it while %(name)s signs in nowhere."),
    ),
    "check_in_on": (
        gettext_lazy("With more time: shall we be in touch on a day?"),
        gettext_lazy("Leave it out, and we leave %(name)s in peace."),
    ),
}
SPOKEN_OF_MATTERS: dict[str, tuple[Promise, Promise]] = {
    "words": (gettext_lazy("What matters most to %(name)s?"), SPOKEN["words"][1]),
    "is_shared": (
        gettext_lazy("%(name)s says yes: the consultant may read it"),
        gettext_lazy("They read it beside the plan. It can be taken back here."),
    ),
}


def _put(form: forms.Form, name: str, said: Mapping[str, tuple[Promise, Promise]]) -> None:
    """Put the fields to one of us, who writes down what the patient of that name says."""
    for field, (label, help_text) in said.items():
        form.fields[field].label, form.fields[field].help_text = label % {"name": name}, help_text % {"name": name}


class MattersForm(forms.Form):
    """What matters most to her, and whether her consultant may read it."""

    words = forms.CharField(
        label=gettext_lazy("What matters most to you?"),
        help_text=gettext_lazy("Only you see this unless you share it."),
        max_length=rules.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Share it with my consultant"),
        help_text=gettext_lazy("They read it beside the plan. You can take it back here."),
        required=False,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    is_filter = True

    def __init__(self, *args: Any, speaks_for: str = "", is_unseen: bool = False, **kwargs: Any):
        """`is_unseen`: words of hers stand that this page does not show; they do not go by an empty field."""
        super().__init__(*args, **kwargs)
        if speaks_for:
            _put(self, speaks_for, SPOKEN_OF_MATTERS)
            self.fields["words"].required = is_unseen
            self.fields["words"].error_messages["required"] = _("Write down what they said.")
