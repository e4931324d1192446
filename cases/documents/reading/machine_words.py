"""How sure the machine is of a word, and how people see it. Plain Python: the sandbox imports it.

A wrong dose does harm, a missing "not" does too: nothing is left out unseen. What the machine is not sure of is shown
with a mark; what it can only guess at leaves a gap that shows.
"""

SURE = 60  # of 100; ordinary print is read at 90 and more
SURE_OF_NUMBERS = 90  # a dose, a date
GUESSED = 30  # under it the letters are not shown at all
FEWEST_SURE = 0.5  # of a page's words; under it the page stays a picture

GAP = "[…]"
MARK = "[?]"


def is_sure(word: str, certainty: float) -> bool:
    return certainty >= (SURE_OF_NUMBERS if any(letter.isdigit() for letter in word) else SURE)


def line_of(words: list[tuple[str, float]]) -> tuple[str, list[int]]:
    """A line as it is kept: its words, gaps in the place of guesses; and which of them the machine is not sure of."""
    kept = [GAP if certainty < GUESSED else word for word, certainty in words]
    unsure = [place for place, (word, certainty) in enumerate(words) if not is_sure(word, certainty)]
    return " ".join(kept), [place for place in unsure if kept[place] != GAP]


def marked(line: str, unsure: list[int] | None = None) -> str:
    """The line as people read it."""
    if not unsure:
        return line
    return " ".join(word + MARK if place in unsure else word for place, word in enumerate(line.split(" ")))
