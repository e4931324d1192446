"""What stands on our own letters and strips, found among the words of a page. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# "RS 4T7 29K" and, behind a dot, the letter's mark. Only what cannot be taken for another reference counts: the
# alphabet has no 0 O 1 I, and a letter that is read as something else names no case, or is refused as a second one.
REFERENCE = re.compile(
    r"(?<![A-Z0-9])RS[ \u00a0]?([A-HJ-NP-Z2-9]{3})[ \u00a0]?([A-HJ-NP-Z2-9]{3})(?![A-Z0-9])"
    r"(?:[ \u00a0]?[·•.\-–—][ \u00a0]?([A-Z]{1,2})(?![A-Za-z0-9]))?"
)

PAPER_CODE = 12


@dataclass(frozen=True)
class Found:
    """References as cases carry them, each with the marks read behind it."""

    marks: dict[str, frozenset[str]]

    @property
    def references(self) -> list[str]:
        return list(self.marks)


def found_in(texts: Iterable[str]) -> Found:
    """Every reference in the words, in their order."""
    marks: dict[str, set[str]] = {}
    for text in texts:
        for first, second, mark in REFERENCE.findall(text):
            marks.setdefault(f"RS {first} {second}", set()).update([mark] if mark else [])
    return Found({reference: frozenset(found) for reference, found in marks.items()})


def number_of(mark: str) -> int:
    """The place of a letter in its case: A is 1, Z 26, AA 27; 0 for no mark."""
    number = 0
    for letter in mark:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def is_paper_code(text: str) -> bool:
    """Whether bars may be the twelve letters of an office's code."""
    return len(text) == PAPER_CODE and text.isascii() and text.isalpha() and text.isupper()
