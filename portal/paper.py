"""Paper: tagged PDFs (PDF/UA-1) that Typst sets from data alone, in letters that hold people's names."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import manimgx_fonts_cjk
import typst
from django.http import HttpResponse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from portal.errors import Refused

# The first face that has a letter sets it. All of them come from packages: nothing depends on the machine's own fonts.
FACES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC")
FOLDERS = [
    str(fontpkg_noto_sans.ROOT / "files"),
    str(fontpkg_noto_sans_arabic.ROOT / "files"),
    str(Path(manimgx_fonts_cjk.__file__).parent),
]
NO_GLYPH = "could not be displayed with font"
ROOT = Path(__file__).parent.parent  # what one template may take from another, by "/cases/…"


class MissingLetters(Refused):
    """A text holds letters that none of our fonts has; better no PDF than one with holes in a name."""


def pdf(template: Path, words: Mapping[str, Any], *, author: str, made_at: datetime) -> bytes:
    """The bytes of a PDF in the active language; raises MissingLetters when a letter cannot be shown.

    The template finds `words` as JSON in `sys.inputs.sheet`, with author, lang, rtl and fonts beside them.
    """
    language = (get_language() or "en").split("-")[0]
    whole = {**words, "author": author, "lang": language, "rtl": get_language_bidi(), "fonts": FACES}
    try:
        return typst.compile(  # type: ignore[misc]
            template,
            root=ROOT,
            sys_inputs={"sheet": json.dumps(whole)},
            font_paths=FOLDERS,
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


def download(content: bytes, name: str) -> HttpResponse:
    """A PDF to keep. Its name tells nothing: downloads lie around on shared computers."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name.encode("ascii", "ignore").decode()}.pdf"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
