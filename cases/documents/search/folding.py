"""Words made alike for a search: large and small letters, accents, forms of one letter."""

import re
import unicodedata
from collections.abc import Iterable

FOREIGN = re.compile(r"[^\x00-\x7f]+")  # folded sign by sign, which is slow; most pages hold few such


def folded(text: str) -> str:
    """The text as a search compares it."""
    return (text if text.isascii() else FOREIGN.sub(_foreign, text)).lower()


def folded_letters(text: str) -> Iterable[tuple[int, str]]:
    """Each folded letter with the place in the text that it came from; a sign may give several, or none."""
    if text.isascii():
        yield from enumerate(text.lower())
        return
    for at, sign in enumerate(text):
        for letter in folded(sign):
            yield at, letter


def _foreign(found: re.Match[str]) -> str:
    signs = unicodedata.normalize("NFKD", found[0]).casefold()
    return "".join(sign for sign in signs if not unicodedata.combining(sign))
