"""How far each part of a review is, in the words of its tag: as the page is opened, and again as it is saved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases.reviews import options
from cases.reviews.forms import ReviewForm
from cases.reviews.lines import lines, past_the_end, without_page
from cases.reviews.models import Section
from cases.reviews.options import Option
from cases.reviews.rules import POINT_COUNT

Code = Section.Code
# A part that is saved → the parts whose tags follow from it.
FOLLOW = {
    Code.PLAIN: ("plain",),
    Code.CHECKLIST: ("checklist", "questions"),
    Code.QUESTIONS: ("questions",),
    Code.OPTIONS: ("options",),
}


@dataclass(frozen=True)
class Tag:
    """A status: its words, and how it is shown; "count" for a bare number."""

    label: str
    kind: str = ""


@dataclass(frozen=True)
class Progress:
    """The tag of each part, and the answers with theirs."""

    tags: dict[str, Tag]
    answers: list[dict[str, Any]]


def of_form(form: ReviewForm) -> Progress:
    """As it is stored; of a form that was sent and looked through, as it was typed."""
    is_typed = form.is_bound
    if is_typed:
        form.is_valid()  # looks it through, once
    plain, asked = (form.typed(code) if is_typed else form.text(code) for code in (Code.PLAIN, Code.QUESTIONS))
    found = form.findings() if is_typed else form.found
    not_found = sum(row.page is None for row in found.values())
    tags = {
        "plain": _plain(plain, form.review.pages),
        "checklist": _checklist(len(found), not_found),
        "questions": _count(len(lines(asked)) + not_found),
        "options": _options(form.choices.typed() if is_typed else form.choices.stored),
    }
    answers = [row | {"tag": _answer(_is_answered(row, is_typed))} for row in form.answer_rows()]
    return Progress(tags, answers)


def after_saving(form: ReviewForm, saved: Iterable[str]) -> dict[str, Tag]:
    """By the place on the page, the tags of what was just saved."""
    saved, now = set(saved), of_form(form)
    places = [place for code, follow in FOLLOW.items() if code in saved for place in follow]
    found = {place: now.tags[place] for place in places}
    return found | ({row["code"]: row["tag"] for row in now.answers} if Code.ANSWERS in saved else {})


def _is_answered(row: dict[str, Any], is_typed: bool) -> bool:
    return bool((row["field"].value() or "").strip()) if is_typed else row["is_answered"]


def _plain(text: str, pages: int) -> Tag:
    if not text.strip():
        return Tag(_("Not started"))
    if without_page(text) or past_the_end(text, pages):
        return Tag(_("Pages missing"), "warn")
    return Tag(_("Done"), "ok")


def _checklist(looked_at: int, not_found: int) -> Tag:
    if left := POINT_COUNT - looked_at:
        return Tag(_("%(left)s of 12 to look at") % {"left": left}, "warn")
    if not_found:
        return Tag(_("%(not_found)s of 12 not found") % {"not_found": not_found}, "warn")
    return Tag(_("All 12 found"), "ok")


def _count(asked: int) -> Tag:
    return Tag(str(asked), "count") if asked else Tag(_("Not started"))


def _options(choices: Sequence[Option]) -> Tag:
    if not choices:
        return Tag(_("Not started"))
    if options.unfinished(choices) or options.nameless(choices):
        return Tag(_("Not finished"), "warn")
    if options.without_page(choices):
        return Tag(_("Pages missing"), "warn")
    return Tag(_("Done"), "ok")


def _answer(is_answered: bool) -> Tag:
    return Tag(_("Answered"), "ok") if is_answered else Tag(_("Not answered"))
