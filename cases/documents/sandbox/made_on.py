"""The day a file was made, as it says itself: read before it is cleaned. Runs in the sandbox; plain Python."""

import datetime as dt
import re
from pathlib import Path

from cases.documents import kinds

FILE, PHOTO = "file", "photo"
DATE_TIME, EXIF, DATE_TIME_ORIGINAL = 0x0132, 0x8769, 0x9003


def of(source: Path, kind: kinds.Kind, password: str = "") -> tuple[str, str]:
    """(ISO day, whether the file or the photo was made then), or two empty words. It is a hint, so no fault is one."""
    try:
        if kind == kinds.PDF:
            said, how = _of_pdf(source, password), FILE
        elif kind.is_picture:
            said, how = _of_picture(source, kind), PHOTO
        else:
            return "", ""
        return (day, how) if (day := _day(said)) else ("", "")
    except Exception:
        return "", ""


def _of_pdf(source: Path, password: str) -> str:
    import pikepdf

    with pikepdf.open(source, password=password) as pdf:
        return str(pdf.docinfo.get("/CreationDate", ""))


def _of_picture(source: Path, kind: kinds.Kind) -> str:
    from cases.documents.sandbox.pictures import open_picture

    notes = open_picture(source, kind).getexif()
    return str(notes.get_ifd(EXIF).get(DATE_TIME_ORIGINAL) or notes.get(DATE_TIME) or "")


def _day(said: str) -> str:
    """ "D:20261103…" and "2026:11:03 …" as "2026-11-03"."""
    found = re.match(r"(?:D:)?(\d{4}):?(\d{2}):?(\d{2})", said)
    return dt.date(*map(int, found.groups())).isoformat() if found else ""
