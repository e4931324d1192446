"""The summary as a tagged PDF."""

from datetime import datetime
from pathlib import Path
from typing import Any

from portal import paper

TEMPLATE = Path(__file__).with_name("summary.typ")


def summary_pdf(sheet: dict[str, Any], *, author: str, made_at: datetime) -> bytes:
    """The bytes of the PDF for `frozen.on_paper(…)`; raises paper.MissingLetters when a letter cannot be shown."""
    return paper.pdf(TEMPLATE, sheet, author=author, made_at=made_at)
