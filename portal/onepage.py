"""One large-print page in words: the same on the page and on paper. The rooms say what stands on it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation

from portal import paper

if TYPE_CHECKING:
    from portal.accounts.models import User

TEMPLATE = Path(__file__).with_name("onepage.typ")


@dataclass(frozen=True)
class Tick:
    """Something to tick off; on the page it may lead to the thing itself."""

    title: str
    hint: str = ""
    href: str = ""


@dataclass(frozen=True)
class Section:
    """One part of a page: pairs of words, things to tick, what somebody said, a numbered list and empty lines behind.

    What was said (`lead` and `text`, the whole width wide) stands on paper only.
    """

    heading: str
    rows: list[dict[str, str]] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    said: list[dict[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    blank: int = 0
    is_spare: bool = False  # left out on paper where the rest needs its room

    @property
    def blanks(self) -> range:
        return range(self.blank)


@dataclass(frozen=True)
class Sheet:
    """One page, in words."""

    title: str
    lead: str
    reference: str
    sections: list[Section]
    foot: str
    language: str
    is_rtl: bool


@contextmanager
def in_the_patients_words(patient: "User") -> Iterator[None]:
    """The patient's language and time zone, whoever asks."""
    with translation.override(patient.language), timezone.override(patient.zone):
        yield


def made(**parts: Any) -> Sheet:
    """A page in the language that is active now."""
    return Sheet(**parts, language=translation.get_language() or "en", is_rtl=translation.get_language_bidi())


def pdf(
    pages: Sequence[Sheet], *, title: str, author: str, made_at: dt.datetime, numbered: str = "", is_large: bool = False
) -> bytes:
    """The pages on paper, in the active language; raises paper.MissingLetters when a letter cannot be shown.

    A page each, a little smaller where much stands on it; or `is_large`: never smaller than 16 points, on as many
    sheets of paper as that takes, counted by `numbered` ("Page {0} of {1}").
    """
    said = {"title": title, "pages": [asdict(page) for page in pages], "is_large": is_large, "numbered": numbered}
    return paper.pdf(TEMPLATE, said, author=author, made_at=made_at)
