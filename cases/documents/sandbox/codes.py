"""QR codes and bars on pages, read by zxing. Runs in the sandbox; plain Python."""

from pathlib import Path

from cases.documents import kinds
from cases.documents.sandbox.tesseract import page_picture

MOST = 20  # of one page
LONGEST = 200  # letters of one


def read(clean: Path, kind: kinds.Kind, pages: list[int]) -> list[list]:
    """[page, words] of each code that was read whole; a code has its own check against misreading."""
    import zxingcpp

    formats = zxingcpp.BarcodeFormat.QRCode | zxingcpp.BarcodeFormat.Code128
    found: list[list] = []
    for number in pages:
        codes = zxingcpp.read_barcodes(page_picture(clean, kind, number), formats=formats)
        words = [code.text for code in codes[:MOST] if code.valid and len(code.text) <= LONGEST]
        found += [[number, text] for text in words if text.isprintable()]
    return found
