"""What the second doctor's office sends from its page."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.receiving import rules

ALL, SOME = "all", "some"


class ReceiptForm(forms.Form):
    """What came: everything, or something is missing; then a word for each record."""

    came = forms.ChoiceField(
        label=gettext_lazy("What did you receive?"),
        choices=[
            (ALL, gettext_lazy("We have everything and can read it")),
            (SOME, gettext_lazy("Something is missing or won’t open")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    said_by = forms.CharField(
        label=gettext_lazy("Your name and role"),
        max_length=rules.MOST_NAME,
        widget=forms.TextInput(attrs={"class": "rs-input--m", "autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter your name and role, so that we can ask you.")},
    )

    def __init__(self, *args: Any, items: list[tuple[UUID, str, list[rules.Said]]] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.items = items or []
        for pk, name, said in self.items:
            self.fields[f"said-{pk}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=[("", _("Nothing to say"))] + [(each.value, each.label) for each in said],
                widget=forms.Select(attrs={"class": "rs-input--m"}),
            )
            self.fields[f"words-{pk}"] = forms.CharField(
                label=_("What is missing or wrong"),
                required=False,
                max_length=rules.MOST_WORDS,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("came") == SOME and not self.errors and not self.words:
            self.add_error("came", _("Say below which one it is."))
        return found

    @property
    def words(self) -> dict[UUID, tuple[str, str]]:
        """What was said of each record, with its words."""
        said = {pk: self.cleaned_data.get(f"said-{pk}", "") for pk, _name, _said in self.items}
        return {pk: (word, self.cleaned_data.get(f"words-{pk}", "")) for pk, word in said.items() if word}

    def rows(self) -> list[tuple[Any, Any]]:
        """(what is said, its words) for each record, as fields to show."""
        return [(self[f"said-{pk}"], self[f"words-{pk}"]) for pk, _name, _said in self.items]


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ReportField(forms.FileField):
    """One file or several; each is judged on its own, later."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [upload for upload in data or [] if upload]


class ReportForm(forms.Form):
    """The report of the visit."""

    files = ReportField(required=False, allow_empty_file=True, label=gettext_lazy("Choose the report or drop it here"))
