"""A letter is one page: words are shortened first, then records are left for a second letter. Never a smaller type."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import pypdfium2

from cases.desk.letters import paper, rules, words
from cases.desk.letters.words import Facts

Thing = TypeVar("Thing")
WIDEST_REFERENCE = "RS WWW WWW · WWW"


def fit(
    things: Sequence[Thing], facts_of: Callable[[Sequence[Thing]], Facts], code: Mapping[str, Any], made_at: datetime
) -> tuple[list[Thing], dict[str, Any]]:
    """As many of the records as one page holds, and its words."""
    kept = list(things)
    while True:
        facts = facts_of(kept)
        for at, most in enumerate((rules.LENGTHS[0], *rules.LENGTHS)):
            said = words.page(facts, most, is_roomy=at == 0)
            if _is_one_page(said, code, made_at):
                return kept, said
        if len(kept) < 2:
            return kept, said
        kept = kept[:-1]


def _is_one_page(said: Mapping[str, Any], code: Mapping[str, Any], made_at: datetime) -> bool:
    with pypdfium2.PdfDocument(paper.one_page(said, WIDEST_REFERENCE, code, made_at)) as made:
        return len(made) == 1
