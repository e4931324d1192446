"""How letters are marked, how many records one names, and how words are shortened to keep to the page. Pure."""

import unicodedata

from cases.desk.letters.states import LetterKind
from cases.records.states import IN_TROUBLE, UNASKED, ItemState

MOST_ITEMS = 8
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLACES = "abcdefgh"  # what the strip calls each record
SLIDES = "slides"
WAITS = frozenset({ItemState.ASKED, ItemState.ACKNOWLEDGED})
ASKABLE = UNASKED | IN_TROUBLE
# The most that one value may say, tried one after the other until the letter keeps to its page.
LENGTHS = (400, 130, 84, 52, 34)
LONGEST_WORD = 32  # a longer one would run off the page


def mark(number: int) -> str:
    """1 is A, 26 Z, 27 AA: the letters of a case, told apart by phone."""
    letters = ""
    while number > 0:
        number, left = divmod(number - 1, len(LETTERS))
        letters = LETTERS[left] + letters
    return letters


def kind_of(kind: str) -> LetterKind:
    """The letter that asks for a kind of record."""
    return LetterKind.SLIDES if kind == SLIDES else LetterKind.RECORDS


def verb_of(kind: str, state: str) -> str:
    """What a letter that went out says of a record; "" where the record is past that."""
    if kind == LetterKind.COVER:
        return "sent" if state == ItemState.HELD else ""
    if state in WAITS:
        return "asked_again"
    return "asked" if state in ASKABLE else ""


def shortened(words: str, most: int) -> str:
    """The same in at most so many columns; a sign of Chinese takes two. A very long word is cut in any case."""
    words = " ".join(_cut(word, LONGEST_WORD) for word in words.split())
    return _cut(words, most, wide=True)


def _cut(words: str, most: int, *, wide: bool = False) -> str:
    if not wide and any(_columns(sign) > 1 for sign in words):
        return words  # breaks anywhere
    if sum(map(_columns, words)) <= most:
        return words
    kept, room = [], most - 1
    for sign in words:
        room -= _columns(sign)
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept).rstrip(" ,;.") + "…"


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1
