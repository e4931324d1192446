"""How a reader's text becomes lines with pages. Pure."""

import re
from dataclasses import dataclass

# "(page 2)", "(p. 2)", "(pages 2-3)" at the end of a line, in brackets or not, with or without a full stop.
PAGE = re.compile(
    r"[\s,;]*[(\[]?\s*\b(?:pages?|pp?\.)\s*(?P<page>\d{1,4})(?:\s*[-–]\s*\d{1,4})?\s*[)\]]?\.?\s*$",
    re.IGNORECASE,
)
BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
# A heading before a colon stays short, so that a sentence with a colon in it stays a sentence.
HEADING = re.compile(r"^(?P<heading>[^:.!?]{2,48}):\s+(?P<rest>\S.*)$")


@dataclass(frozen=True)
class Line:
    """One point of a text: its words, a short heading if it has one, the page of the plan it comes from."""

    text: str
    heading: str = ""
    page: int | None = None


def lines(text: str) -> list[Line]:
    """The points of a text, one for each line that is not empty."""
    return [_line(raw) for raw in text.splitlines() if raw.strip()]


def _line(raw: str) -> Line:
    words, page = BULLET.sub("", raw).strip(), None
    if found := PAGE.search(words):
        # The whole line may be nothing but a page; then it says nothing and stays as it was written.
        rest = words[: found.start()].rstrip()
        if rest:
            words, page = rest, int(found["page"])
    if heading := HEADING.match(words):
        return Line(heading["rest"], heading["heading"].strip(), page)
    return Line(words, "", page)


def without_page(text: str) -> list[Line]:
    """The lines that name no page."""
    return [line for line in lines(text) if line.page is None]


def past_the_end(text: str, pages: int) -> list[int]:
    """Pages named in a text that a plan of `pages` pages does not have."""
    return [line.page for line in lines(text) if line.page is not None and not 1 <= line.page <= pages]
