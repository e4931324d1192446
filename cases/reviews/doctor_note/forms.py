"""The words of the note."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.reviews.doctor_note.rules import LONGEST


class NoteForm(forms.Form):
    words = forms.CharField(
        label=_("What the primary doctor should know"),
        help_text=_("The patient reads this first, and says whether it goes. Plain words."),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 10}),
        error_messages={"required": _("Write the note.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
