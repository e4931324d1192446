"""The summary as a tagged PDF (PDF/UA-1), set by Typst from data alone."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import typst
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from portal.errors import Refused

TEMPLATE = Path(__file__).with_name("summary.typ")
FONTS = [str(package.ROOT / "files") for package in (fontpkg_noto_sans, fontpkg_noto_sans_arabic)]
NO_GLYPH = "could not be displayed with font"


class MissingLetters(Refused):
    """A text holds letters that none of our fonts has; better no PDF than one with holes in a name."""


def summary_pdf(sheet: dict[str, Any], *, author: str, made_at: datetime) -> bytes:
    """The bytes of the PDF for `frozen.on_paper(…)`; raises MissingLetters when a letter cannot be shown."""
    language = (get_language() or "en").split("-")[0]
    whole = {**sheet, "author": author, "lang": language, "rtl": get_language_bidi()}
    try:
        return typst.compile(  # type: ignore[misc]
            TEMPLATE,
            sys_inputs={"sheet": json.dumps(whole)},
            font_paths=FONTS,
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        if NO_GLYPH in error.message:
            # The message quotes the text, so it goes no further.
            raise MissingLetters(
                _("The PDF can’t show some letters in this text yet. Print this page instead.")
            ) from None
        raise
