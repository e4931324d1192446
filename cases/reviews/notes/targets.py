"""What a note may belong to: a part of the review, an answer, one of the twelve points, a question, an option."""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Value, When

from cases.opinions.checklist import CODES
from cases.reviews.lines import lines
from cases.reviews.models import Note, Review
from cases.reviews.option_rows import options_of
from cases.reviews.rules import PARTS
from portal import one_statement

Part = Note.Part
WHOLE = (Part.ANSWERS, Part.PLAIN, Part.WORDS, Part.QUESTIONS, Part.OPTIONS)  # also without saying which of it


@dataclass(frozen=True)
class Targets:
    """Names by "part:key"."""

    answers: dict[str, str]
    points: dict[str, str]
    questions: dict[str, str]
    options: dict[str, str]

    def choices(self) -> list[tuple[Any, Any]]:
        """For a form: the parts, and within them what there is."""
        parts = [
            (Part.ANSWERS, self.answers),
            (Part.CHECKLIST, self.points),
            (Part.QUESTIONS, self.questions),
            (Part.OPTIONS, self.options),
        ]
        whole = [(part.value, PARTS[part]) for part in WHOLE]
        return [
            (Part.NONE.value, Part.NONE.label),
            *whole,
            *((PARTS[part], [*those.items()]) for part, those in parts if those),
        ]

    def name(self, note: Note) -> str:
        """What a note belongs to, "" for nothing; the part, where what it belonged to is not there any more."""
        return self._named(value_of(note)) or (str(PARTS[note.part]) if note.part else "")

    def _named(self, value: str) -> str:
        every = (self.answers, self.points, self.questions, self.options)
        return next((those[value] for those in every if value in those), "")

    def chosen(self, note: Note) -> str:
        """The choice in a form that stands for it."""
        value = value_of(note)
        return value if self._named(value) or not note.key else note.part

    def is_known(self, value: str) -> bool:
        return bool(self._named(value)) or value in ("", *WHOLE)


def of_review(review: Review, asked: Iterable[str] = ()) -> Targets:
    """What there is now. `asked` are the patient's questions, as far as whoever reads this may read them."""
    raised = _questions(review.texts.get("questions", ""))
    named = {f"options:{option.key}": option.name for option in options_of(review) if option.name}
    points = {f"checklist:{code}": str(title) for code, title in CODES}
    answers = {f"answers:{_digest(question)}": question for question in asked}
    return Targets(answers, points, {f"questions:{key}": text for key, text in raised.items()}, named)


def value_of(note: Note) -> str:
    return f"{note.part}:{note.key}" if note.key else note.part


def _questions(text: str) -> dict[str, str]:
    """Each question by a digest of its words: questions are lines of one text."""
    said = (f"{line.heading}: {line.text}" if line.heading else line.text for line in lines(text))
    return {_digest(words): words for words in said}


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def follow_questions(review: Review, before: str, after: str) -> one_statement.Write | None:
    """Notes stay with a question whose words changed, as long as it can be told which one that is."""
    was, now = _questions(before), _questions(after)
    added = {words: key for key, words in now.items() if key not in was}
    moved = []
    for note in review.notes.all():
        if note.part == Part.QUESTIONS and note.key in was.keys() - now.keys():
            alike = difflib.get_close_matches(was[note.key], added, n=1, cutoff=0.5)
            moved += [When(pk=note.pk, then=Value(added[words])) for words in alike]
    if not moved:
        return None
    return one_statement.changed(review.notes.filter(part=Part.QUESTIONS), key=Case(*moved, default=F("key")))
