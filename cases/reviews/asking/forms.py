"""What the reader needs, and the patient's one answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.documents.forms import FilesForm
from cases.reviews.asking.models import Asking
from cases.reviews.asking.rules import WORDS, AskingKind


class AskForm(forms.Form):
    """One thing, in the reader's words."""

    kind = forms.ChoiceField(label=_("What do you need?"), choices=AskingKind.choices, widget=forms.RadioSelect)
    page = forms.IntegerField(
        label=_("Which page"),
        help_text=_("For a clear copy of a page."),
        required=False,
        min_value=1,
        widget=forms.NumberInput({"class": "rs-input--s"}),
    )
    words = forms.CharField(
        label=_("What exactly, as the patient reads it"),
        help_text=_("One thing, in short sentences. It stands on the page alone, never in an email."),
        required=False,
        max_length=WORDS,
        widget=forms.Textarea({"rows": 3}),
    )


class AnswerForm(FilesForm):
    """Words for a question, files for everything else; "I don't have it" is a button."""

    is_filter = True  # one of the two ways is enough, so no field says that it may be left out

    answer = forms.CharField(
        label=_("Your answer"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, asking: Asking, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.fields["files" if asking.kind == AskingKind.ANSWER else "answer"]
