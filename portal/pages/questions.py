"""The five questions: what is asked, how answers travel sealed from page to page, what they say back.

Pure but for the house key and the day it is: nothing is stored, no cookie is set, no answer stands in an address.
"""

import base64
import binascii
import datetime as dt
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.forms import TreatmentField
from cases.records.rules import why_not_visit_on
from portal import clock, when
from portal.vault.fields import seal, unseal
from portal.vault.keys import KeyGone, house_key

ABOUT = b"portal.pages.five-questions"
DRAFT = "five-questions"  # the form's name among drafts, once kept

Answers = dict[str, Any]

WHO = [("me", gettext_lazy("For me")), ("other", gettext_lazy("For someone I help"))]
REASONS = [
    ("diagnosis", gettext_lazy("I have a feeling the diagnosis isn’t right")),
    ("doctor", gettext_lazy("I don’t feel sure about my doctor or team")),
    ("questions", gettext_lazy("My questions aren’t getting answered")),
    ("options", gettext_lazy("I haven’t been told about all my options")),
    ("pushed", gettext_lazy("I feel pushed toward a costly or new treatment")),
    ("sure", gettext_lazy("I want reassurance that this is the best treatment there is")),
    ("unsure", gettext_lazy("I’m not sure yet")),
]
SAID_BACK = {
    "diagnosis": gettext_lazy("you have a feeling the diagnosis isn’t right"),
    "doctor": gettext_lazy("you don’t feel sure about the doctor or team"),
    "questions": gettext_lazy("your questions aren’t getting answered"),
    "options": gettext_lazy("you haven’t heard all the options"),
    "pushed": gettext_lazy("you feel pushed toward a costly or new treatment"),
    "sure": gettext_lazy("you want to know that this is the best treatment there is"),
    "unsure": gettext_lazy("you’re not sure yet, and that’s fine"),
}
DATED = [
    ("yes", gettext_lazy("Yes")),
    ("no", gettext_lazy("Not yet")),
    ("unsure", gettext_lazy("I’m not sure")),
]
REFERRER = [
    ("primary", gettext_lazy("My primary doctor")),
    ("specialist", gettext_lazy("My specialist")),
    ("not_needed", gettext_lazy("Where I live, no referral is needed")),
    ("unsure", gettext_lazy("I’m not sure")),
]
ASKED = [
    ("no", gettext_lazy("Not yet")),
    ("asked", gettext_lazy("Yes, and I’m waiting")),
    ("agreed", gettext_lazy("Yes, and they agreed")),
    ("refused", gettext_lazy("Yes, and they said no")),
]


class WhoForm(forms.Form):
    who = forms.ChoiceField(
        label=gettext_lazy("Who is this for?"),
        choices=WHO,
        error_messages={"required": gettext_lazy("Choose who this is for.")},
    )


class WhyForm(forms.Form):
    why = forms.MultipleChoiceField(
        label=gettext_lazy("What made you think about a second opinion?"),
        help_text=gettext_lazy("Choose any that fit. You can skip this."),
        choices=REASONS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def _day(label: Any, field: type[forms.DateField] = forms.DateField) -> forms.DateField:
    return field(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "rs-input--s"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day in full, like 2026-11-24.")},
    )


def _one(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, required=False)


class Skippable(forms.Form):
    is_filter = True  # each question can be skipped as a whole: no "(you can leave this out)" at its parts


class TreatmentForm(Skippable):
    treatment = _one(gettext_lazy("Does the treatment have a date?"), DATED)
    treatment_on = _day(gettext_lazy("The day, if you know it"), TreatmentField)


class ReferralForm(Skippable):
    referrer = _one(gettext_lazy("Who can refer you to a second doctor?"), REFERRER)
    asked = _one(gettext_lazy("Have you asked for it?"), ASKED)


class VisitForm(Skippable):
    visit = _one(gettext_lazy("Is a visit with a second doctor booked?"), DATED)
    visit_on = _day(gettext_lazy("The day of the visit, if you know it"))

    def clean_visit_on(self) -> dt.date | None:
        """A visit that took place is an answer, too; one in some other century is a slip of the key."""
        day, today = self.cleaned_data["visit_on"], when.as_date(clock.now())
        if day and day > today and (reason := why_not_visit_on(day, today)):
            raise forms.ValidationError(reason, code="year")
        return day


STEPS: list[type[forms.Form]] = [WhoForm, WhyForm, TreatmentForm, ReferralForm, VisitForm]


class NameForm(forms.Form):
    """A helper says whom they help before making an account."""

    patient_name = forms.CharField(
        label=gettext_lazy("The name of the person you help"),
        max_length=120,
        error_messages={"required": gettext_lazy("Enter the name of the person you help.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "rs-input--m"}),
    )


def pack(answers: Answers) -> str:
    """The answers sealed under the house key, fit for a hidden field."""
    return base64.urlsafe_b64encode(seal(json.dumps(answers, default=str), house_key(), ABOUT)).decode()


def unpack(sealed: str) -> Answers | None:
    """The answers again; None for something we did not seal."""
    try:
        return json.loads(unseal(base64.urlsafe_b64decode(sealed), ABOUT))
    except (InvalidTag, KeyGone, ValueError, binascii.Error):
        return None


def reasons_said_back(answers: Answers) -> str:
    """ "your questions aren’t getting answered and you haven’t heard all the options", or "" """
    said = [str(SAID_BACK[code]) for code in answers.get("why", []) if code in SAID_BACK]
    return get_text_list(said, _("and")) if said else ""


def day_of(answers: Answers, name: str) -> dt.date | None:
    """A day among the answers; None where none was given."""
    try:
        return dt.date.fromisoformat(answers.get(name) or "")
    except ValueError:
        return None


def is_close(answers: Answers, today: dt.date) -> bool:
    """Treatment or visit within two weeks, about 10 business days: a person should call."""
    days = [day_of(answers, "treatment_on"), day_of(answers, "visit_on")]
    return any(day and today <= day <= today + dt.timedelta(days=14) for day in days)
