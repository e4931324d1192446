"""A sentence put into a review: what is offered beside each part, and the form with the sentence in its place.

With script it goes to the place of the cursor and is saved like typing. Without, the button sends the whole form, and
what was typed is saved together with the sentence: by the same save, over the same versions.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.opinions.checklist import BY_CODE, POINTS
from cases.reviews.forms import ReviewForm
from cases.reviews.models import Section
from cases.reviews.options import MOST_POINTS
from cases.reviews.sentences.models import Sentence
from cases.reviews.sentences.rules import Part

# part of a review → which sentences are for it
FOR = {
    Section.Code.ANSWERS: (Part.SUMMARY,),
    Section.Code.PLAIN: (Part.PLAIN,),
    Section.Code.WORDS: (Part.WORDS,),
    Section.Code.CHECKLIST: (Part.MISSING,),
    Section.Code.QUESTIONS: (Part.QUESTIONS,),
    Section.Code.OPTIONS: (Part.FOR, Part.AGAINST),
}
ONE_LINE = re.compile(r"(?P<point>\w+)-note")
IN_LINES = re.compile(r"plain|words|questions|answer-\d{1,2}")
OPTION = re.compile(r"option-\d{1,2}")


@dataclass(frozen=True)
class Offer:
    """What stands beside one part: the sentences for it, and the fields into which they go."""

    code: str
    sentences: list[Sentence]
    targets: list[tuple[str, str]]
    part: str  # of a new sentence

    @property
    def label(self) -> str:
        return str(Section.Code(self.code).label)


def offers(form: ReviewForm, own: Iterable[Sentence]) -> dict[str, Offer]:
    """By part of the review; a part without a field has none."""
    own = list(own)
    found = {}
    for code, parts in FOR.items():
        if targets := _targets(form, code):
            found[str(code)] = Offer(str(code), [each for each in own if each.part in parts], targets, str(parts[0]))
    return found


def _targets(form: ReviewForm, code: str) -> list[tuple[str, str]]:
    if code == Section.Code.ANSWERS:
        return [(f"answer-{number}", question) for number, question in enumerate(form.asked)]
    if code == Section.Code.CHECKLIST:
        return [(f"{point.code}-note", str(point.title)) for point in POINTS]
    if code == Section.Code.OPTIONS:
        return [
            (f"option-{row['number']}", row["name"].value() or _("Option %(number)s") % {"number": place})
            for place, row in enumerate(form.choices.as_rows(), 1)
        ]
    return [(str(code), str(form[code].label))]


@dataclass(frozen=True)
class Put:
    """A form as it was sent, with the sentence in its place; or as it was, and why."""

    typed: QueryDict
    place: str  # of the page, to come back to
    refused: str = ""


def put(sent: QueryDict, user: Any) -> Put:
    """What was typed, with the chosen sentence at the end of the chosen field; as a point of its option."""
    code = sent.get("put", "")
    into = sent.get(f"into-{code}", "")
    place = f"part-{_place(code, into)}"
    sentence = _chosen(sent, code, user)
    if sentence is None:
        return Put(sent, place, _("Choose a sentence first."))
    typed = sent.copy()
    if not _write(typed, code, into, sentence):
        return Put(sent, place, _("There is no room for it here."))
    return Put(typed, place)


def _place(code: str, into: str) -> str:
    if code not in FOR:
        return Section.Code.PLAIN
    point = ONE_LINE.fullmatch(into)
    return (
        f"{code}-{point['point']}" if code == Section.Code.CHECKLIST and point and point["point"] in BY_CODE else code
    )


def _chosen(sent: QueryDict, code: str, user: Any) -> Sentence | None:
    try:
        pk = UUID(sent.get(f"mine-{code}", ""))
    except ValueError:
        return None
    parts = FOR.get(code, ())  # type: ignore[call-overload]
    return Sentence.objects.visible_to(user).filter(pk=pk, part__in=parts).first()


def _write(typed: QueryDict, code: str, into: str, sentence: Sentence) -> bool:
    """Whether the form has such a field, with room for one more."""
    words = sentence.text
    if code == Section.Code.OPTIONS:
        return bool(OPTION.fullmatch(into)) and _add_point(typed, into, sentence)
    is_line = code == Section.Code.CHECKLIST and ONE_LINE.fullmatch(into)
    is_area = code != Section.Code.CHECKLIST and IN_LINES.fullmatch(into)
    if into not in typed or not (is_line or is_area):
        return False
    before = typed[into].rstrip()
    if is_line:
        words = " ".join(words.split())
    typed[into] = (f"{before} {words}" if is_line else f"{before}\n{words}") if before else words
    return True


def _add_point(typed: QueryDict, into: str, sentence: Sentence) -> bool:
    """Into the first empty row of that option, else into a new one."""
    rows = [match for name in typed if (match := re.fullmatch(rf"{into}-(\d{{1,2}})-text", name))]
    if not rows:
        return False
    numbers = sorted(int(match[1]) for match in rows)
    empty = [number for number in numbers if not typed[f"{into}-{number}-text"].strip()]
    if not empty and len(numbers) >= MOST_POINTS:
        return False
    number = empty[0] if empty else numbers[-1] + 1
    if number > 99:
        return False
    typed[f"{into}-{number}-kind"], typed[f"{into}-{number}-text"] = sentence.part, sentence.text
    typed.setdefault(f"{into}-{number}-page", "")
    return True
