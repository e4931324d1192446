"""What people type about questions. Forms check the input; actions save it."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.opinions.questions import rules
from cases.opinions.questions.models import Question
from cases.opinions.questions.rules import AnsweredIn
from cases.opinions.questions.targets import LATER, Targets, later

MISSING = {"required": gettext_lazy("Write your question.")}


class WordsForm(forms.Form):
    """What both forms of a question ask: what it is for, and whether only she sees it."""

    target = forms.ChoiceField(
        label=gettext_lazy("Where do you want to ask it?"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose what the question is for.")},
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("Keep it private"),
        help_text=gettext_lazy("Our team does not see it. A helper sees it only if you share your private words."),
        required=False,
    )

    def __init__(self, *args: Any, known: Targets, may_be_private: bool, now_at: str = LATER, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.is_filter = True  # nothing here says that it may be left out
        named = {each.key: each.heading for each in known.ahead()}
        if now_at not in named and (stands := known.by_key(now_at)):
            named[stands.key] = stands.heading
        self.fields["target"].choices = [*((key, said) for key, said in named.items() if key), (LATER, later().heading)]
        if not may_be_private:
            del self.fields["is_private"]

    def said(self) -> dict[str, Any]:
        """As the actions take it."""
        fields = self.cleaned_data
        return {"text": fields["text"], "target": fields["target"], "is_private": fields.get("is_private", False)}


class AddForm(WordsForm):
    """A new one. The page gives it its id, so that pressing twice adds it once."""

    text = forms.CharField(
        label=gettext_lazy("Add a question"),
        max_length=rules.LONGEST,
        error_messages=MISSING,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_hers = forms.BooleanField(required=False)
    new = forms.UUIDField(required=False, widget=forms.HiddenInput)

    field_order = ("text", "target", "is_private", "is_hers", "new")

    def __init__(self, *args: Any, speaks_for: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        if speaks_for:
            self.fields["is_hers"].label = _("%(name)s says this on the phone") % {"name": speaks_for}
            self.fields["is_hers"].help_text = _("It stands as their question, with your name as who wrote it down.")
        else:
            del self.fields["is_hers"]

    @classmethod
    def empty(
        cls, known: Targets, *, may_be_private: bool, speaks_for: str = "", kept: Mapping[str, Any] | None = None
    ) -> "AddForm":
        """One to fill in, or with what was typed into it before and not sent."""
        ahead = known.ahead()
        start = {"new": uuid.uuid4(), "target": ahead[0].key if ahead else LATER, "is_hers": True}
        if kept:
            start |= kept | {name: name in kept for name in ("is_private", "is_hers")}
        return cls(initial=start, known=known, may_be_private=may_be_private, speaks_for=speaks_for)

    def said(self) -> dict[str, Any]:
        return super().said() | {"is_hers": self.cleaned_data.get("is_hers", False)}


class ChangeForm(WordsForm):
    """Other words for one that stands."""

    text = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=rules.LONGEST,
        error_messages=MISSING,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ("text", "target", "is_private", "seen")

    @staticmethod
    def stands(question: Question, known: Targets) -> dict[str, Any]:
        return {
            "text": question.text,
            "target": known.of(question).key,
            "is_private": question.is_private,
            "seen": question.version,
        }


class AnswerForm(forms.Form):
    """Where it was answered, and what was said."""

    where = forms.ChoiceField(
        label=gettext_lazy("Where was it answered?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose where it was answered.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What was said, in your own words"),
        max_length=rules.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_known = forms.BooleanField(required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: Targets, question: Question, speaks_for: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["where"].choices = choices(known, question)
        if speaks_for:
            self.fields["is_known"].label = _("%(name)s knows this answer") % {"name": speaks_for}
            self.fields["is_known"].help_text = _("Without this, one of us reads it out to them or posts it.")
        else:
            del self.fields["is_known"]

    @staticmethod
    def stands(question: Question, known: Targets) -> dict[str, Any]:
        return {"where": where_of(question, known), "note": question.answer, "seen": question.version}


def where_of(question: Question, known: Targets) -> str:
    """The choice that stands for where it was answered; for an open one what it is for."""
    if not question.answered_in:
        return known.of(question).key or AnsweredIn.ELSEWHERE
    key = f"{question.answered_in}:{question.answered_id}"
    return key if known.by_key(key) else question.answered_in


def choices(known: Targets, question: Question) -> list[tuple[str, str]]:
    """Each visit, call and talk of the case, then the rest. What no longer stands is named by its kind."""
    named = [(each.key, each.heading_of_place) for each in known.all()]
    others = [AnsweredIn.SUMMARY, AnsweredIn.MESSAGE, AnsweredIn.ELSEWHERE]
    named += [(each.value, str(each.label)) for each in others]
    stands = where_of(question, known)
    if stands not in dict(named):
        named.append((stands, str(AnsweredIn(stands).label)))
    return named


def other_words(question: Question) -> str:
    """What somebody else saved in the meantime, to be read beside one's own."""
    return _("It says now: %(words)s") % {"words": question.text}
