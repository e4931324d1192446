"""One file judged by opening it: cleaned copy, pages, notes. Runs in the sandbox; plain Python."""

from pathlib import Path

from cases.documents import kinds, pdf_files, pictures, verdicts, word_files
from cases.documents.verdicts import Verdict


def judge(kind: kinds.Kind, folder: Path, password: str = "", mark: str = "") -> Verdict:
    """The verdict on folder/source; the cleaned copy becomes folder/clean.

    `mark` is the line at the foot of a copy that holds the words only.
    """
    source, clean = folder / "source", folder / "clean"
    try:
        if kind == kinds.PDF:
            pages, notes = pdf_files.clean_pdf(source, clean, folder, password)
            return Verdict(verdicts.READY, "", notes, pages, kind.code)
        if kind.is_picture:
            copy, pages, notes = pictures.clean_picture(source, clean, kind)
            return Verdict(verdicts.READY, "", notes, pages, copy.code)
        if kind == kinds.DOCX:
            blocks, notes = word_files.read_docx(source)
        else:
            blocks, notes = word_files.read_text(source), []
        notes += word_files.set_as_pdf(blocks, clean, mark)
        pages = pdf_files.count_pages(clean)
        return Verdict(verdicts.READY, "", notes, pages, kinds.PDF.code)
    except verdicts.Locked:
        return Verdict(verdicts.LOCKED)
    except verdicts.Refusal as refusal:
        return Verdict(verdicts.REFUSED, refusal.reason)
