"""What a sentence of one's own may be, and what in it looks like it came from a patient. Pure."""

import re
from collections.abc import Iterable, Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_TITLE = 60
LONGEST_WHOLE = 4000  # a whole part, with a line for each of its points
LONGEST = 600  # a point of an option holds no more
LONGEST_MISSING = 300  # nor a note of what is missing
MOST = 60  # of one consultant
SHORTEST_NAME = 3  # letters; shorter words are mostly no names

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
DATE = re.compile(
    rf"\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b|\b\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}\b"
    rf"|\b(?:{_MONTHS})\.?\s+\d{{1,4}}\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS})\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class Part(TextChoices):
    """For which part of a review a sentence is."""

    PLAIN = "plain", gettext_lazy("In plain words")
    WORDS = "words", gettext_lazy("Words to explain")
    MISSING = "missing", gettext_lazy("What is missing")
    QUESTIONS = "questions", gettext_lazy("Questions to raise")
    FOR = "for", gettext_lazy("For an option")
    AGAINST = "against", gettext_lazy("Against an option")
    SUMMARY = "summary", gettext_lazy("Answers in the summary")


def longest(part: str) -> int:
    """How many letters a sentence for this part may have: all of the part, where it is written in lines."""
    if part == Part.MISSING:
        return LONGEST_MISSING
    return LONGEST if part in {Part.FOR, Part.AGAINST} else LONGEST_WHOLE


def why_not_say(part: str, title: str, text: str) -> tuple[str, str]:
    """Why these words cannot be kept, and in which field; two empty ones when they can."""
    if part not in Part.values:
        return _("Choose a part of the review."), "part"
    if not title.strip():
        return _("Give the sentence a title of your own."), "title"
    if len(title) > LONGEST_TITLE:
        return _("Keep the title under %(count)d letters.") % {"count": LONGEST_TITLE}, "title"
    if not text.strip():
        return _("Write the sentence."), "text"
    if len(text) > longest(part):
        return _("Keep the sentence under %(count)d letters.") % {"count": longest(part)}, "text"
    return "", ""


def why_not_add(count: int) -> str:
    """Why a consultant with so many sentences cannot add one."""
    return _("You have %(count)d sentences. Take one away first.") % {"count": MOST} if count >= MOST else ""


def looks_like_a_patients(words: str, names: Iterable[str]) -> list[str]:
    """Dates, and names of these people, as they stand in the words: none belongs into a sentence for everybody."""
    known = {part.casefold() for name in names for part in WORD.findall(name) if len(part) >= SHORTEST_NAME}
    found = [word for word in WORD.findall(words) if word[0].isupper() and _bare(word).casefold() in known]
    return list(dict.fromkeys([*found, *(match[0] for match in DATE.finditer(words))]))


def _bare(word: str) -> str:
    """Rosa’s is Rosa."""
    return re.sub(r"['’]s$", "", word)


def neighbor(ids: Sequence[object], one: object, step: int) -> int | None:
    """Where among these the one beside it stands, a step up or down; None at the end."""
    there = ids.index(one) + step
    return there if 0 <= there < len(ids) else None
