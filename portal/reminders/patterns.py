"""The words of messages that administrators may change: ours, what may stand in them, how they are filled. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import Promise

PLACEHOLDER = re.compile(r"\{(\w+)\}")
SPACES = re.compile(r"[ \t\r\n]+")  # a no-break space keeps "2:30 pm" together
OURS = re.compile(r"%\((\w+)\)[sd]")
# A greeting may go without the name; what a message is about may not go without its day.
MAY_GO = frozenset({"name"})


@dataclass(frozen=True, eq=False)
class Pattern:
    """What one kind says in one situation. `parts` are ours, `examples` what may stand in them, with an example each.

    `about` says to an administrator when it goes. `has_time`: a date and time is printed below the lead.
    """

    code: str
    about: "str | Promise"
    parts: "Mapping[str, str | Promise]"
    examples: "Mapping[str, str | Promise]" = field(default_factory=dict)
    has_time: bool = False

    def ours(self) -> dict[str, str]:
        """Our words in the active language, with placeholders as administrators write them."""
        return {part: OURS.sub(r"{\1}", str(words)) for part, words in self.parts.items()}

    def needs(self, part: str) -> frozenset[str]:
        """The placeholders that must stay in a part."""
        return frozenset(OURS.findall(str(self.parts[part]))) - MAY_GO


def fill(words: str, named: Mapping[str, object]) -> str:
    """The words with what stands in for each placeholder, once and as text; a gap leaves no double space."""
    filled = PLACEHOLDER.sub(lambda found: str(named.get(found[1], "")), words)
    return SPACES.sub(" ", filled).strip()


def filled(parts: Mapping[str, str], named: Mapping[str, object]) -> dict[str, str]:
    return {part: fill(words, named) for part, words in parts.items()}


_patterns: dict[str, Pattern] = {}


def register(*patterns: Pattern) -> None:
    """Make patterns known. A second one under the same code is a mistake in the code."""
    for pattern in patterns:
        if _patterns.get(pattern.code, pattern) is not pattern:
            raise ValueError(f"the words {pattern.code} are registered twice")
        _patterns[pattern.code] = pattern


def forget(*codes: str) -> None:
    """Take patterns out again (tests register their own)."""
    for code in codes:
        _patterns.pop(code, None)


def known(code: str) -> Pattern | None:
    return _patterns.get(code)


def all_patterns() -> list[Pattern]:
    return [_patterns[code] for code in sorted(_patterns)]
