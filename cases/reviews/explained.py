"""Words that the reader explained, and where a summary uses one, so that it leads to its explanation. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cases.reviews.lines import BULLET, HEADING

Piece = dict[str, Any]  # `text`, and `word`: the number of its explanation, or 0


def explained(text: str) -> list[dict[str, str]]:
    """Each line as its word and what it means; one that begins with no word of its own stays whole, as it was typed."""
    return [_explained(raw.strip()) for raw in text.splitlines() if raw.strip()]


def _explained(line: str) -> dict[str, str]:
    found = HEADING.match(BULLET.sub("", line))
    return {"word": found["heading"].strip(), "meaning": found["rest"]} if found else {"word": "", "meaning": line}


class Marker:
    """Marks explained words in the texts of one part: each the first time that it stands there."""

    def __init__(self, words: Iterable[Mapping[str, str]]):
        self.numbers = {}
        for number, entry in enumerate(words, 1):
            self.numbers.setdefault(entry["word"].strip().casefold(), number)
        self.numbers.pop("", None)
        longest_first = sorted(self.numbers, key=len, reverse=True)
        either = "|".join(re.escape(word) for word in longest_first)
        self.looks_for = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE) if either else None
        self.seen: set[int] = set()

    def pieces(self, text: str) -> list[Piece]:
        """The text in pieces, whose texts together are the text."""
        found: list[Piece] = []
        at = 0
        for hit in self.looks_for.finditer(text) if self.looks_for else ():
            number = self.numbers.get(hit[0].casefold(), 0)
            if not number or number in self.seen:
                continue
            self.seen.add(number)
            found += [{"text": text[at : hit.start()], "word": 0}] if hit.start() > at else []
            found.append({"text": hit[0], "word": number})
            at = hit.end()
        return [*found, {"text": text[at:], "word": 0}] if at < len(text) else found
