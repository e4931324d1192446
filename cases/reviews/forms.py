"""The review as a form: its parts, the twelve points, answers; and the small forms around it."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.opinions.checklist import BY_CODE, POINTS, Point
from cases.reviews.actions import answers_of, answers_still_asked
from cases.reviews.models import Review, Section, Summary
from cases.reviews.option_fields import OptionFields
from cases.reviews.option_rows import options_of
from cases.reviews.options import as_text, readable
from cases.reviews.writing import Change, Found
from cases.threads.rules import LETTERS_AT_MOST

LONGEST = 20_000  # characters of one part
MOST_ASKED = 60  # questions of the patient's in one form
MOST_ASKED_LETTERS = 2 * LONGEST
TEXT_PARTS = ("plain", "words", "questions", "private")


def mark(text: str) -> str:
    """A short digest of what a part said when it was shown, to tell typed-in parts from untouched ones."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def even(text: str) -> str:
    """Text as it is stored: browsers send other line ends than they show."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _area(label: Any, hint: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=LONGEST, widget=forms.Textarea({"rows": rows})
    )


class ReviewForm(forms.Form):
    """All parts at once. Each part carries the version it was typed over and a mark of what it said then."""

    is_filter = True  # nothing must be filled in, so no field says that it may be left out
    plain = _area(
        _("What the plan says"),
        _("The patient sees this. A line for each point, ending with its page, like: A daily tablet. (page 3)"),
        8,
    )
    words = _area(_("Words to explain"), _("A line for each: the word, a colon, what it means in plain words."), 4)
    questions = _area(_("Questions to raise"), _("A line for each question the patient could ask."), 4)
    private = _area(
        _("Private notes for the team"), _("Not on the patient’s pages. Part of the record if they ask for it."), 4
    )

    def __init__(self, review: Review, questions: list[str], data: Mapping[str, Any] | None = None):
        # A form that comes back answers the questions it showed: she may have put others on top since.
        self.review, self.asked = review, shown(data) or questions
        self.sections = {section.code: section for section in review.sections.all()}
        self.found = {row.point: row for row in review.findings.all()}
        super().__init__(data, initial={code: self.text(code) for code in TEXT_PARTS})
        self._add_answers()
        self._add_points()
        self.choices = OptionFields(self, options_of(review))
        for code in Section.Code.values:
            for name, value in (("seen", self.version(code)), ("mark", self.mark_of(code))):
                self.fields[f"{name}-{code}"] = forms.CharField(
                    initial=value, required=False, max_length=20, widget=forms.HiddenInput
                )

    def _add_answers(self) -> None:
        answers = answers_of(self.review)
        self.fields["asked"] = forms.CharField(
            initial=json.dumps(self.asked), required=False, widget=forms.HiddenInput, max_length=MOST_ASKED_LETTERS
        )
        for number, question in enumerate(self.asked):
            self.fields[f"answer-{number}"] = forms.CharField(
                label=question,
                initial=answers.get(question, ""),
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea({"rows": 2}),
            )

    def _add_points(self) -> None:
        pages = self.review.pages
        for point in POINTS:
            row = self.found.get(point.code)
            self.fields[f"{point.code}-page"] = forms.IntegerField(
                label=_("Page"),
                initial=row.page if row else None,
                required=False,
                min_value=1,
                max_value=pages,
            )
            self.fields[f"{point.code}-missing"] = forms.BooleanField(
                label=_("Not found"), initial=bool(row and row.page is None), required=False
            )
            self.fields[f"{point.code}-note"] = forms.CharField(
                label=_("What it says, or doesn’t"),
                initial=row.note if row else "",
                required=False,
                max_length=300,
            )
            self.fields[f"{point.code}-question"] = forms.CharField(
                label=point.title,
                initial=row.question if row else "",
                required=False,
                max_length=300,
                widget=forms.TextInput({"placeholder": point.question}),
            )

    def version(self, code: str) -> int:
        """How often a part was saved; 0 for one that was not begun."""
        return self.sections[code].version if code in self.sections else 0

    def text(self, code: str) -> str:
        return self.sections[code].body if code in self.sections else ""

    def stored(self, code: str) -> str:
        """What a part says in the database, as one text."""
        if code == Section.Code.CHECKLIST:
            return _as_text({point: Found(row.page, row.note, row.question) for point, row in self.found.items()})
        if code == Section.Code.OPTIONS:
            return as_text(self.choices.stored)
        return self.text(code)

    def mark_of(self, code: str) -> str:
        """The mark of what a part says in the database."""
        return mark(self.stored(code))

    def typed_mark(self, code: str) -> str:
        """The mark of what a part says in this form."""
        return mark(self.typed(code))

    def readable(self, code: str) -> str:
        """What a part says in the database, for reading beside the own words."""
        if code == Section.Code.ANSWERS:
            answers = answers_of(self.review)
            if not answers.keys() <= set(self.asked):
                answers = answers_still_asked(self.review)
            return "\n".join(f"{question} {words}" for question, words in answers.items())
        if code == Section.Code.OPTIONS:
            return readable(self.choices.stored)
        if code != Section.Code.CHECKLIST:
            return self.text(code)
        return "\n".join(_point_in_words(point, self.found[point.code]) for point in POINTS if point.code in self.found)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for point in POINTS:
            if cleaned.get(f"{point.code}-page") and cleaned.get(f"{point.code}-missing"):
                self.add_error(f"{point.code}-page", _("Give the page, or tick “Not found”; not both."))
            elif cleaned.get(f"{point.code}-note") and not self._is_looked_at(point.code, cleaned):
                why = gettext("“%(point)s” has a note. Give its page, or tick “Not found”, so that it is kept.")
                self.add_error(f"{point.code}-page", why % {"point": point.title})
        return cleaned

    def _is_looked_at(self, code: str, cleaned: Mapping[str, Any]) -> bool:
        """Whether a page or “Not found” was said; a page that cannot stand was said, too."""
        return bool(cleaned.get(f"{code}-page") or cleaned.get(f"{code}-missing")) or f"{code}-page" in self.errors

    def findings(self) -> dict[str, Found]:
        """The points looked at; what was filled in wrongly stays as it was."""
        said = {}
        for code in BY_CODE:
            page, missing = self.cleaned_data.get(f"{code}-page"), self.cleaned_data.get(f"{code}-missing")
            if any(f"{code}-{field}" in self.errors for field in ("page", "note", "question")):
                if row := self.found.get(code):
                    said[code] = Found(row.page, row.note, row.question)
            elif page or missing:
                note, question = self.cleaned_data[f"{code}-note"], self.cleaned_data[f"{code}-question"]
                said[code] = Found(page or None, note, question if missing else "")
        return said

    def typed(self, code: str) -> str:
        """What a part says in this form, as one text."""
        if code == Section.Code.CHECKLIST:
            return _as_text(self.findings())
        if code == Section.Code.OPTIONS:
            return as_text(self.choices.typed())
        if code == Section.Code.ANSWERS:
            said = {
                question: even(self.cleaned_data.get(f"answer-{number}", ""))
                for number, question in enumerate(self.asked)
            }
            kept = {question: words for question, words in said.items() if words}
            # Answers to questions that the patient has since taken away are kept.
            gone = {ask: words for ask, words in answers_of(self.review).items() if ask not in self.asked}
            return json.dumps({**gone, **kept}) if gone or kept else ""
        return even(self.cleaned_data.get(code, ""))

    def changes(self) -> dict[str, Change]:
        """The parts that were typed in since they were shown; call after is_valid()."""
        changed = {}
        for code in Section.Code.values:
            if f"seen-{code}" not in self.data or (code in TEXT_PARTS and code in self.errors):
                continue
            if code == Section.Code.OPTIONS and self.choices.is_wrong:
                continue
            words = self.typed(code)
            if mark(words) != self.cleaned_data.get(f"mark-{code}"):
                seen = self.cleaned_data.get(f"seen-{code}") or "0"
                changed[code] = Change(words, int(seen) if seen.isdecimal() and len(seen) < 10 else -1)
        return changed

    def marks(self) -> list[forms.BoundField]:
        """What the page carries unseen: which questions it showed, and the version and mark of each part."""
        return [field for field in self.hidden_fields() if not field.html_name.startswith("option-")]

    def point_rows(self) -> list[dict[str, Any]]:
        """The twelve points with their fields, for the page."""
        return [
            {
                "point": point,
                "page": self[f"{point.code}-page"],
                "missing": self[f"{point.code}-missing"],
                "note": self[f"{point.code}-note"],
                "question": self[f"{point.code}-question"],
            }
            for point in POINTS
        ]

    def answer_rows(self) -> list[dict[str, Any]]:
        """The patient's questions with the field for each answer."""
        answers = answers_of(self.review)
        return [
            {"code": f"answer-{number}", "field": self[f"answer-{number}"], "is_answered": bool(answers.get(question))}
            for number, question in enumerate(self.asked)
        ]


def shown(sent: Mapping[str, Any] | None) -> list[str]:
    """The questions as a form that comes back showed them; none where that is nothing our page sends."""
    said = sent.get("asked", "") if sent else ""
    if len(said) > MOST_ASKED_LETTERS:
        return []
    try:
        found = json.loads(said)
        are_words = isinstance(found, list) and all(isinstance(each, str) for each in found)
        "".join(found if are_words else ()).encode()  # half a letter can be neither shown nor kept
    except (ValueError, RecursionError):
        return []
    return found[:MOST_ASKED] if are_words else []


def _where(page: int | None) -> str:
    return gettext("not found") if page is None else gettext("page %(page)s") % {"page": page}


def _point_in_words(point: Point, row: Any) -> str:
    """A point with its note and the question in the reader's words, for reading."""
    note = f"{row.note.rstrip('.')}." if row.note else ""
    asks = gettext("Asks: %(question)s") % {"question": row.question} if row.question else ""
    return " ".join(part for part in (f"{point.title}: {_where(row.page)}.", note, asks) if part)


def _as_text(findings: Mapping[str, Found]) -> str:
    return json.dumps({code: [row.page, row.note, row.question] for code, row in sorted(findings.items())})


class ShareForm(forms.Form):
    """Unticked always; the statement's words come from the texts. `seen` is the mark of what the preview showed."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    statement = forms.BooleanField(error_messages={"required": _("Tick the statement before you share.")})
    correction = forms.CharField(
        label=_("What you corrected"),
        help_text=_("The patient reads it above the new version."),
        required=False,
        max_length=500,
    )


class WithdrawForm(forms.Form):
    """Why a summary is taken back."""

    reason = forms.CharField(
        label=_("Why you take it back"),
        help_text=_("The patient reads this. Plain words, no blame."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )


class ClearForm(forms.Form):
    """Is this clear? One part's two answers; the page gives each of its forms an id, so that a press counts once."""

    is_filter = True  # the question belongs to one of the two answers; neither is left out

    clear = forms.ChoiceField(
        choices=[(Summary.Clear.YES, _("Yes, it is")), (Summary.Clear.QUESTION, _("I have a question"))],
        error_messages={"required": _("Choose one of the two."), "invalid_choice": _("Choose one of the two.")},
    )
    asked = forms.CharField(
        label=_("Your question"),
        required=False,
        max_length=LETTERS_AT_MOST,
        widget=forms.Textarea({"rows": 3}),
    )
    send_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, part: str, *args: Any, **kwargs: Any):
        kwargs.setdefault("initial", {"send_id": uuid.uuid4()})
        super().__init__(*args, auto_id=f"id_%s-{part}", **kwargs)
        self.part = part

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("clear") == Summary.Clear.QUESTION and not said.get("asked", "").strip():
            self.add_error("asked", _("Write your question, in your own words."))
        return said
