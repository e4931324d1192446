"""Tells the rooms above what was answered in a thread, in the same transaction, and asks them what messages are about.

They register here, in their apps.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from cases.case.models import Case
from cases.threads.models import Message
from portal.actors import Actor


@dataclass(frozen=True)
class About:
    """What a message is about: where that stands, and how it is with it."""

    words: str
    href: str = ""
    tag: dict[str, str] | None = None


class OfAnswers(Protocol):
    def __call__(self, case: Case, upto: int, *, by: Actor) -> object: ...


Telling = Callable[[Sequence[Message], Any], dict[UUID, About]]

_of_answers: list[OfAnswers] = []
_telling: list[Telling] = []


def on_answered(listener: OfAnswers) -> None:
    """Call `listener(case, upto, by=actor)` in each transaction that answers what was written up to that number."""
    if listener not in _of_answers:
        _of_answers.append(listener)


def answered(case: Case, upto: int, *, by: Actor) -> None:
    for listener in _of_answers:
        listener(case, upto, by=by)


def says_about(teller: Telling) -> None:
    """`teller(messages, user)` says what some of these are about, as far as this person may know."""
    if teller not in _telling:
        _telling.append(teller)


def abouts(messages: Sequence[Message], user: Any) -> dict[UUID, About]:
    """By message; no query where there are none."""
    return {pk: about for teller in _telling for pk, about in teller(messages, user).items()} if messages else {}
