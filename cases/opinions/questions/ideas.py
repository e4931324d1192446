"""Ideas for what to ask, from what a plan should say: first those that belong to her reasons."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cases.case.models import Case
from cases.opinions.checklist import POINTS, Point

# Her reason for a second opinion, as she gave it at the start, and the points that speak to it.
BY_REASON = {
    "diagnosis": ("diagnosis", "tests"),
    "doctor": ("contact", "follow_up", "support"),
    "questions": ("goal", "benefit", "harms"),
    "options": ("options", "benefit"),
    "pushed": ("options", "cost", "benefit"),
    "sure": ("goal", "options", "benefit"),
}
USUAL = ("goal", "options", "contact", "cost")  # for those who gave no reason
AT_ONCE = 4  # one that is taken makes room for the next


@dataclass(frozen=True)
class Idea:
    """A question to take over with one press."""

    code: str
    text: str


def reasons_of(case: Case) -> list[str]:
    """The reasons she chose to keep when the case was opened."""
    try:
        found = json.loads(case.answers or "{}").get("why", [])
    except (ValueError, AttributeError):
        return []
    return [str(each) for each in found] if isinstance(found, list) else [str(found)]


def in_order(reasons: Iterable[str]) -> list[Point]:
    """All the points, those for these reasons first."""
    first = [code for reason in reasons for code in BY_REASON.get(reason, ())] or list(USUAL)
    place = {code: number for number, code in reversed(list(enumerate(first)))}
    return sorted(POINTS, key=lambda point: place.get(point.code, len(first)))


def left(case: Case, taken: Collection[str], words: Collection[str]) -> list[Idea]:
    """What is not on her list yet; `taken` are the points taken over, `words` what stands there."""
    ideas = [Idea(point.code, str(point.question)) for point in in_order(reasons_of(case))]
    return [idea for idea in ideas if idea.code not in taken and idea.text not in words]
