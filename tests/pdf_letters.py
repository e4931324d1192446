"""What a PDF says, and whether each of its letters has a shape."""

import io
from collections.abc import Iterator

import pikepdf
import pypdfium2

NAMES = ("Zażółć gęślą jaźń", "Nguyễn Thị Hường", "Łukasz Ąćęśżź", "Ελένη", "Олена", "王小明", "陳大文")


def words_of(content: bytes) -> str:
    return " ".join(pages_of(content)).replace("\r\n", " ")


def pages_of(content: bytes) -> list[str]:
    """The same, page by page."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def glyphs(content: bytes) -> Iterator[int]:
    """The number of each glyph that the pages show; fonts made by Typst have two bytes a glyph."""
    for page in pikepdf.open(io.BytesIO(content)).pages:
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in {"Tj", "TJ"}:
                parts = operands[0] if str(operator) == "TJ" else operands
                for part in parts:
                    if isinstance(part, pikepdf.String):
                        shown = bytes(part)
                        yield from (int.from_bytes(shown[at : at + 2], "big") for at in range(0, len(shown), 2))


def no_glyph_is_missing(content: bytes) -> bool:
    """Number 0 is the empty box (.notdef) of every font."""
    shown = list(glyphs(content))
    return bool(shown) and 0 not in shown
