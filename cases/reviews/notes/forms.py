"""A remark on a page, as somebody types it."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.reviews.models import Note
from cases.reviews.notes.targets import Targets

PLACES = [("top", _("Top of the page")), ("middle", _("Middle of the page")), ("bottom", _("Bottom of the page"))]
WORDS = {"label": _("Note"), "max_length": 2000}


class NoteForm(forms.Form):
    """A new one. Where somebody pointed at the page, x and y say the place; else the choice of three does."""

    is_filter = True  # only the words must be there, which goes without saying

    page = forms.IntegerField(label=_("Page"), min_value=1, widget=forms.NumberInput({"class": "rs-input--s"}))
    place = forms.ChoiceField(label=_("Where on it"), choices=PLACES, initial="top")
    x = forms.IntegerField(required=False, min_value=0, max_value=1000, widget=forms.HiddenInput)
    y = forms.IntegerField(required=False, min_value=0, max_value=1000, widget=forms.HiddenInput)
    words = forms.CharField(**WORDS, widget=forms.Textarea({"rows": 2}))
    belongs = forms.ChoiceField(label=_("Belongs to"), required=False)
    pk = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, targets: Targets, *args: Any, page: int = 1, kept: Mapping[str, Any] | None = None, **kwargs: Any
    ):
        start = {"page": page, "pk": uuid.uuid4()} | dict(kept or {})
        super().__init__(*args, auto_id="note-%s", initial=start, **kwargs)
        self.fields["belongs"].choices = targets.choices()  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    """One that stands: its words, and what it belongs to."""

    is_filter = True
    words = forms.CharField(**WORDS, widget=forms.Textarea({"rows": 2}))
    belongs = forms.ChoiceField(label=_("Belongs to"), required=False)
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, note: Note, targets: Targets, *args: Any, **kwargs: Any):
        start = {"words": note.text, "belongs": targets.chosen(note), "seen": note.mark}
        super().__init__(*args, auto_id=f"note-{note.number}-%s", initial=start, **kwargs)
        self.fields["belongs"].choices = targets.choices()  # type: ignore[attr-defined]
