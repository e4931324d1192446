"""Pictures of scans: told by series with a first picture; the verdict on each file stands in corpus.py."""

import io

import pydicom
import pypdfium2
import pytest
from pydicom.uid import JPEGLosslessSV1

from cases.documents import kinds, words
from cases.documents.models import Version
from cases.documents.worker import checking
from portal.history.models import Event
from portal.vault import files as vault
from tests import plan_files, scan_files
from tests.documents.files import checked

pytestmark = pytest.mark.django_db

full = pytest.mark.full


@pytest.mark.full
def test_copy_tells_each_series_and_shows_its_first_picture(case):
    version = checked(case, "disc.zip", scan_files.disc())
    assert (version.state, version.copy_name) == (Version.State.READY, "disc.pdf")
    pdf = pypdfium2.PdfDocument(io.BytesIO(vault.read_bytes(version.file)))
    text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    for told in ("Series 1", "Series 2", "CT scan", "CHEST", "2026-11-02", "Delgado Rosa", "1974-03-12"):
        assert told in text
    pictures = [thing for page in pdf for thing in page.get_objects(filter=[3])]
    assert len(pictures) == 2
    assert "first picture of each series" in words.explanation(version)


def test_points_packed_without_loss_are_those_of_the_camera():
    packed, plain = pydicom.dcmread(io.BytesIO(scan_files.lossless_scan())), scan_files.slice_of()
    assert packed.file_meta.TransferSyntaxUID == JPEGLosslessSV1
    assert packed.pixel_array.tobytes() == plain.PixelData


@full
def test_virus_in_a_scan_is_found(case, clamd):
    dressed = {
        "scan.dcm": scan_files.scan_with_private_words(plan_files.EICAR),
        "IM000001": scan_files.scan_around(plan_files.zipped({"inside": plan_files.EICAR})),
        "letter.dcm": scan_files.scan_around(plan_files.pdf_with_attachment(plan_files.EICAR)),
        "disc.zip": scan_files.disc({"IM9": scan_files.scan_with_private_words(plan_files.EICAR)}),
    }
    for name, content in dressed.items():
        version = checked(case, name, content)
        assert (version.state, version.reason) == (Version.State.REFUSED, "virus"), name
    assert Event.objects.filter(verb="document.refused").count() == len(dressed)


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("scan.dcm", bytes(128) + b"DICM", (kinds.DICOM, "")),
        ("IM000001", bytes(128) + b"DICM", (kinds.DICOM, "")),
        ("1.2.840.113619", bytes(128) + b"DICM", (kinds.DICOM, "")),
        ("disc.zip", b"PK\x03\x04", (kinds.DICOM_ZIP, "")),
        ("disc.zip", bytes(128) + b"DICM", (None, "mismatch")),
        ("scan.dcm", b"PK\x03\x04", (None, "mismatch")),
        ("scan.jpg", bytes(128) + b"DICM", (None, "mismatch")),
        ("scan.dcm", b"MZ" + bytes(126) + b"DICM", (None, "unsafe")),
        ("scan.dcm", b"<script>".ljust(128) + b"DICM", (None, "unsafe")),
        ("scan.exe", bytes(128) + b"DICM", (None, "unsafe")),
        ("scan.dcm", b"II*\0".ljust(128, b"\0") + b"DICM", (None, "mismatch")),
    ],
)
def test_scan_is_known_by_its_bytes_and_its_name_agrees(name, head, found):
    assert kinds.first_look(name, head) == found


@full
def test_opening_a_locked_zip_with_a_password_is_told_to_fail(case):
    version = checked(case, "disc.zip", plan_files.locked_zip())
    assert version.state == Version.State.LOCKED
    with checking.opened_copy(version, "rose") as opened:
        assert opened is None
