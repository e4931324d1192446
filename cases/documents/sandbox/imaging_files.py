"""Pictures of scans (DICOM), alone or in a zip: told by series, with the first picture of each. Runs in the sandbox."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pydicom
from PIL import Image
from pydicom.errors import InvalidDicomError

from cases.documents import kinds, verdicts
from cases.documents.sandbox import archives, pdf_files
from cases.documents.verdicts import Refusal

MAX_ENTRIES = 6000  # a study of a whole body has some 3,000
MAX_UNPACKED = 600 * 2**20
MAX_SERIES = 30
LONGEST = 1200  # of a picture in the list, in pixels

DIRECTORY = "1.2.840.10008.1.3.10"  # a disc's table of contents, no picture itself
LITTER = (".ds_store", "thumbs.db", "desktop.ini")

# What hostile and strange files raise out of pydicom and numpy while their points are read.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, NotImplementedError, OSError, RuntimeError, TypeError,
              ValueError)  # fmt: skip


@dataclass
class Series:
    """Files of one series; `first` is the one with the lowest number."""

    first: pydicom.Dataset
    place: str  # an entry of the zip, "" for a single file
    pictures: int = 0


def read_imaging(source: Path, kind: kinds.Kind, labels: dict[str, str]) -> tuple[list[dict], list[str]]:
    """(blocks, notes): a heading, the plain facts and the first picture of each series.

    Leaves the pictures, and documents that were inside, beside `source`. Raises Locked, or Refusal.
    """
    with _files(source, kind) as files:
        found = _by_series(files, source.parent)
        blocks, notes = [{"kind": "heading", "level": 1, "lines": [labels["title"]]}], [verdicts.FIRST_PICTURES]
        for number, series in enumerate(found):
            picture = source.with_name(f"first-{number}.jpg")
            with files.file(series.place) as path:
                is_shown = _draw(path, series.first, picture)
            blocks += _told(series, labels, picture.name if is_shown else "")
            if not is_shown and verdicts.NO_PICTURE not in notes:
                notes.append(verdicts.NO_PICTURE)
    return blocks, notes


class _One:
    """A single file."""

    def __init__(self, source: Path):
        self.source = source

    def places(self) -> list[str]:
        return [""]

    @contextmanager
    def file(self, place: str) -> Iterator[Path]:
        yield self.source


class _Zipped:
    """Files of a zip, unpacked one at a time."""

    def __init__(self, package: zipfile.ZipFile, source: Path):
        self.package, self.spare = package, source.with_name("unpacked")

    def places(self) -> list[str]:
        return [
            entry.filename for entry in self.package.infolist() if not entry.is_dir() and not self._is_litter(entry)
        ]

    def _is_litter(self, entry: zipfile.ZipInfo) -> bool:
        """What systems leave in a folder; a program under such a name is no litter."""
        *folders, name = entry.filename.lower().split("/")
        if "__macosx" not in folders and name not in LITTER:
            return False
        with self.package.open(entry) as content:
            return not content.read(kinds.HEAD).startswith(kinds.PROGRAMS)

    @contextmanager
    def file(self, place: str) -> Iterator[Path]:
        with self.package.open(place) as content, self.spare.open("wb") as out:
            shutil.copyfileobj(content, out, 2**20)
        yield self.spare


@contextmanager
def _files(source: Path, kind: kinds.Kind) -> Iterator[_One | _Zipped]:
    if kind == kinds.DICOM:
        yield _One(source)
        return
    with archives.opened(source, entries=MAX_ENTRIES, unpacked=MAX_UNPACKED) as package:
        yield _Zipped(package, source)


def _by_series(files: _One | _Zipped, folder: Path) -> list[Series]:
    found: dict[str, Series] = {}
    documents = 0
    for place in files.places():
        with files.file(place) as path:
            head = _head(path, is_alone=not place)
        if head.file_meta.get("MediaStorageSOPClassUID") == DIRECTORY:
            continue
        for inside in _documents(head):
            documents += 1
            if documents > pdf_files.MAX_ATTACHED:
                raise Refusal(verdicts.TOO_COMPLEX)
            (folder / f"attached-{documents}").write_bytes(inside)
        series = found.setdefault(str(head.SeriesInstanceUID), Series(head, place))
        series.pictures += _number(head, "NumberOfFrames", 1) if "Rows" in head else 0
        if _number(head, "InstanceNumber") < _number(series.first, "InstanceNumber"):
            series.first, series.place = head, place
    if not found:
        raise Refusal(verdicts.NO_SCANS)
    if len(found) > MAX_SERIES:
        raise Refusal(verdicts.TOO_LONG)
    return sorted(found.values(), key=lambda series: _number(series.first, "SeriesNumber"))


def _documents(head: pydicom.Dataset) -> Iterator[bytes]:
    """A document that the file is wrapped around, and what is attached to it: a scanner sees neither."""
    if inside := head.get("EncapsulatedDocument"):
        yield inside
        yield from pdf_files.attached_inside(inside, pdf_files.MAX_INSIDE_EACH_OTHER)


def _head(path: Path, *, is_alone: bool) -> pydicom.Dataset:
    """What a file says before its points."""
    try:
        if pydicom.filereader.read_file_meta_info(path).TransferSyntaxUID.is_deflated:
            raise Refusal(verdicts.TOO_COMPLEX)  # packed as a whole: neither we nor a scanner could look into it
        head = pydicom.dcmread(path, stop_before_pixels=True)
        is_directory = head.file_meta.MediaStorageSOPClassUID == DIRECTORY
        if not is_directory and not (head.SOPClassUID and head.StudyInstanceUID and head.SeriesInstanceUID):
            raise Refusal(verdicts.DAMAGED)
    except InvalidDicomError as error:
        raise Refusal(verdicts.DAMAGED if is_alone else verdicts.NOT_ONLY_SCANS) from error
    except UNREADABLE as error:
        raise Refusal(verdicts.DAMAGED) from error
    return head


def _number(head: pydicom.Dataset, name: str, default: int = 0) -> int:
    """A count as the file says it; files say strange things."""
    try:
        return max(0, min(int(head.get(name) or default), 99_999))
    except UNREADABLE:
        return default


def _draw(path: Path, head: pydicom.Dataset, picture: Path) -> bool:
    """Write the file's first picture; False when it has none that we can read. Raises Refusal."""
    from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut, pixel_array

    if _number(head, "Rows") * _number(head, "Columns") > verdicts.MAX_PIXELS:
        raise Refusal(verdicts.TOO_COMPLEX)
    try:
        points = pixel_array(path, index=0)
        step = max(1, max(points.shape[:2]) // (2 * LONGEST))  # a mammogram's points as decimals would fill the memory
        points = points[::step, ::step]
        if head.PhotometricInterpretation == "PALETTE COLOR":
            points = apply_color_lut(points, head)
        elif head.SamplesPerPixel == 1:
            points = apply_voi_lut(apply_modality_lut(points, head), head)
            points = points.max() - points if head.PhotometricInterpretation == "MONOCHROME1" else points
        shown = Image.fromarray(_in_8_bits(points))
    except UNREADABLE as error:
        if "Rows" in head and not head.file_meta.TransferSyntaxUID.is_encapsulated:
            raise Refusal(verdicts.DAMAGED) from error  # plain points that cannot be read are not all there
        return False
    shown.thumbnail((LONGEST, LONGEST))
    shown.save(picture, "JPEG", quality=90)
    return True


def _in_8_bits(points):
    """Darkest to brightest as 0 to 255, colors too."""
    low, high = float(points.min()), float(points.max())
    if points.dtype.itemsize == 1 and low >= 0:
        return points
    return ((points - low) * (255 / ((high - low) or 1))).astype("uint8")


def _told(series: Series, labels: dict[str, str], picture: str) -> Iterator[dict]:
    head = series.first
    modality = str(head.get("Modality", ""))
    facts = {
        "kind": labels.get(f"kind_{modality}", modality),
        "part": _words(head, "BodyPartExamined"),
        "taken": _date(head, "StudyDate"),
        "study": _words(head, "StudyDescription"),
        "pictures": str(series.pictures),
        "name": _words(head, "PatientName").replace("^", " ").strip(),
        "born": _date(head, "PatientBirthDate"),
        "place": _words(head, "InstitutionName"),
    }
    cells = [cell for name, fact in facts.items() if fact for cell in (labels[name], fact)]
    yield {"kind": "heading", "level": 2, "lines": [_words(head, "SeriesDescription") or facts["kind"] or "DICOM"]}
    yield {"kind": "table", "columns": 2, "cells": cells}
    if picture:
        yield {"kind": "picture", "file": picture}


def _words(head: pydicom.Dataset, name: str) -> str:
    try:
        return " ".join(str(head.get(name, "")).split())[:200]
    except UNREADABLE:
        return ""


def _date(head: pydicom.Dataset, name: str) -> str:
    digits = _words(head, name)
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}" if len(digits) == 8 and digits.isdecimal() else ""
