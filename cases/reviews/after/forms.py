"""How the call went, in one form: the outcome, each question, what follows, notes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Consultation
from cases.opinions.questions.models import Question
from cases.reviews.after import rules
from cases.reviews.after.actions import Said, place_of
from cases.reviews.after.models import Outcome

LONGEST = 4000
PLACES = [
    (rules.OPEN, gettext_lazy("Still open")),
    (rules.CALL, gettext_lazy("In the call")),
    (rules.SUMMARY, gettext_lazy("In the summary")),
    (rules.MESSAGE, gettext_lazy("By message")),
]


class AfterForm(forms.Form):
    """Saved as a whole. The questions are those that the page showed, each with the wording that it had then."""

    is_filter = True  # what may be left out is said in words

    went = forms.ChoiceField(
        label=gettext_lazy("How did it go?"),
        choices=Outcome.Went.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say how it went.")},
    )
    why = forms.ChoiceField(
        label=gettext_lazy("If it was cut short or did not take place: why?"),
        choices=[("", gettext_lazy("It took place as planned")), *Outcome.Why.choices],
        required=False,
    )
    follows = forms.ChoiceField(
        label=gettext_lazy("What comes next?"),
        choices=Outcome.Follows.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what comes next, or “Nothing more”.")},
    )
    follow_words = forms.CharField(
        label=gettext_lazy("What you do, or what you pass on"),
        help_text=gettext_lazy("The patient reads this. Plain words."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
    )
    due_on = forms.DateField(
        label=gettext_lazy("By which day you do it"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes for the team"),
        help_text=gettext_lazy("Not on the patient’s pages. Part of the record if they ask for it."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        call: Consultation,
        asked: Sequence[Question],
        last: Outcome | None,
        data: Any = None,
        kept: dict[str, Any] | None = None,
    ):
        self.asked = list(asked)
        stands: dict[str, Any] = {"seen": last.number if last else 0}
        if last:
            names = ("went", "why", "follows", "follow_words", "due_on", "notes")
            stands |= {name: getattr(last, name) for name in names}
        for question in self.asked:
            stands[f"answer-{question.pk}"] = place_of(question, call)
            stands[f"version-{question.pk}"] = question.version
        typed = {
            name: value for name, value in (kept or {}).items() if name.partition("-")[0] not in {"seen", "version"}
        }
        super().__init__(data, initial=stands | typed)
        for question in self.asked:
            self.fields[f"answer-{question.pk}"] = forms.ChoiceField(label=question.text, choices=PLACES)
            self.fields[f"version-{question.pk}"] = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def question_fields(self) -> list[Any]:
        return [self[f"answer-{question.pk}"] for question in self.asked]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        went, why, follows = said.get("went"), said.get("why"), said.get("follows")
        if went and went != Outcome.Went.TOOK_PLACE and not why:
            self.add_error("why", _("Say why it was cut short, or did not take place."))
        if went == Outcome.Went.TOOK_PLACE:
            said["why"] = ""
        needs_words = {
            Outcome.Follows.TO_DO: _("Say what you do."),
            Outcome.Follows.COORDINATOR: _("Write the question."),
        }
        if follows in needs_words and not said.get("follow_words", "").strip():
            self.add_error("follow_words", needs_words[Outcome.Follows(follows)])
        if follows == Outcome.Follows.TO_DO and not said.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Choose the day by which you do it."))
        if follows != Outcome.Follows.TO_DO:
            said["due_on"] = None
        if follows in {Outcome.Follows.NOTHING, Outcome.Follows.TALK}:
            said["follow_words"] = ""
        return said

    def said(self) -> Said:
        """As the actions take it."""
        fields = self.cleaned_data
        return Said(
            went=fields["went"],
            why=fields["why"],
            follows=fields["follows"],
            follow_words=fields["follow_words"],
            due_on=fields["due_on"],
            notes=fields["notes"],
            answers={question.pk: fields[f"answer-{question.pk}"] for question in self.asked},
            versions={pk: seen for pk in self._ids() if (seen := fields[f"version-{pk}"]) is not None},
        )

    def _ids(self) -> list[UUID]:
        return [question.pk for question in self.asked]
