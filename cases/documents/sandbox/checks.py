"""One file judged by opening it: cleaned copy, pages, notes. Runs in the sandbox; plain Python."""

from dataclasses import replace
from pathlib import Path

from cases.documents import kinds, verdicts
from cases.documents.sandbox import made_on
from cases.documents.verdicts import Verdict

# Each reader is imported where it is used: a process that opens one photo need not load what reads PDF.


def judge(
    kind: kinds.Kind, folder: Path, password: str = "", mark: str = "", labels: dict[str, str] | None = None
) -> Verdict:
    """The verdict on folder/source; the cleaned copy becomes folder/clean.

    `mark` is the line at the foot of a copy that is set anew, `labels` name the facts of a scan.
    """
    verdict = _opened(kind, folder, password, mark, labels or {})
    if verdict.state != verdicts.READY:
        return verdict
    day, how = made_on.of(folder / "source", kind, password)
    return replace(verdict, made_on=day, made_from=how)


def _opened(kind: kinds.Kind, folder: Path, password: str, mark: str, labels: dict[str, str]) -> Verdict:
    source, clean = folder / "source", folder / "clean"
    try:
        if kind == kinds.PDF:
            return _pdf(source, clean, folder, password)
        if kind.is_picture:
            return _picture(source, clean, kind)
        if kind in (kinds.DICOM, kinds.DICOM_ZIP):
            return _imaging(source, clean, kind, mark, labels)
        return _words(source, clean, kind, mark)
    except verdicts.Locked:
        return Verdict(verdicts.LOCKED)
    except verdicts.Refusal as refusal:
        return Verdict(verdicts.REFUSED, refusal.reason)


def _pdf(source: Path, clean: Path, folder: Path, password: str) -> Verdict:
    from cases.documents.sandbox.pdf_files import clean_pdf

    pages, notes = clean_pdf(source, clean, folder, password)
    return Verdict(verdicts.READY, "", notes, pages, kinds.PDF.code)


def _picture(source: Path, clean: Path, kind: kinds.Kind) -> Verdict:
    from cases.documents.sandbox.pictures import clean_picture

    copy, pages, notes = clean_picture(source, clean, kind)
    return Verdict(verdicts.READY, "", notes, pages, copy.code)


def _imaging(source: Path, clean: Path, kind: kinds.Kind, mark: str, labels: dict[str, str]) -> Verdict:
    from cases.documents.sandbox import imaging_files, word_files
    from cases.documents.sandbox.pages import count

    blocks, notes = imaging_files.read_imaging(source, kind, labels)
    notes += word_files.set_as_pdf(blocks, clean, mark)
    return Verdict(verdicts.READY, "", notes, count(clean), kinds.PDF.code)


def _words(source: Path, clean: Path, kind: kinds.Kind, mark: str) -> Verdict:
    from cases.documents.sandbox import word_files
    from cases.documents.sandbox.pages import count

    if kind == kinds.DOCX:
        blocks, notes = word_files.read_docx(source)
    else:
        blocks, notes = word_files.read_text(source), []
    notes += [verdicts.TEXT_ONLY, *word_files.set_as_pdf(blocks, clean, mark)]
    return Verdict(verdicts.READY, "", notes, count(clean), kinds.PDF.code)
