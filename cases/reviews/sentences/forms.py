"""A sentence of one's own, and what in it may be from one patient."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.reviews.sentences.models import Sentence
from cases.reviews.sentences.rules import LONGEST_TITLE, LONGEST_WHOLE, Part, looks_like_a_patients


class SentenceForm(forms.Form):
    """Part, title and text. `names` tells whose names are looked for; it is asked only for what was sent."""

    part = forms.ChoiceField(label=_("For which part"), choices=Part.choices)
    title = forms.CharField(
        label=_("Title"), help_text=_("You choose by it. Only you see it."), max_length=LONGEST_TITLE
    )
    text = forms.CharField(
        label=_("Sentence"),
        help_text=_(
            "One sentence, or a whole part with a line for each point. No names, no dates, nothing about one patient: "
            "it goes into other people’s reviews."
        ),
        max_length=LONGEST_WHOLE,
        widget=forms.Textarea({"rows": 4}),
    )
    is_sure = forms.BooleanField(label=_("I looked: it says nothing about one patient"), required=False)
    pk = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, names: Callable[[], Iterable[str]] = tuple, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.names, self.is_asked = names, False

    @classmethod
    def fresh(cls, part: str) -> "SentenceForm":
        """An empty one; its id makes a press that comes twice one sentence."""
        return cls(initial={"part": part if part in Part.values else Part.PLAIN, "pk": uuid4()})

    @classmethod
    def of(cls, sentence: Sentence) -> "SentenceForm":
        words = {"part": sentence.part, "title": sentence.title, "text": sentence.text}
        return cls(initial=words | {"seen": sentence.version})

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        words = f"{said.get('title', '')}\n{said.get('text', '')}"
        if found := looks_like_a_patients(words, self.names()):
            self.is_asked = True
            if not said.get("is_sure"):
                named = ", ".join(gettext("“%(words)s”") % {"words": each} for each in found)
                self.add_error(
                    "text",
                    gettext("This may be from one patient: %(named)s. Take it out, or tick below.") % {"named": named},
                )
        return said
