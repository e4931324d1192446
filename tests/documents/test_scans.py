"""Pictures of scans: told by series with a first picture, alone and in a zip."""

import io

import pypdfium2
import pytest

from cases.documents import checking, kinds, sandbox, words
from cases.documents.models import Version
from portal.history.models import Event
from portal.vault import files as vault
from tests import plan_files, scan_files
from tests.documents.files import checked
from tests.documents.test_checks import ROOMS

pytestmark = pytest.mark.django_db

full = pytest.mark.full
SHOWN = ["first_pictures"]
READY = {
    "one slice": (scan_files.scan, "dicom", SHOWN),
    "in color": (scan_files.color_scan, "dicom", SHOWN),
    "packed as a photo": (scan_files.photo_scan, "dicom", SHOWN),
    "bright for dark": (lambda: scan_files.scan(PhotometricInterpretation="MONOCHROME1"), "dicom", SHOWN),
    "a document": (lambda: scan_files.scan_around(plan_files.pdf()), "dicom", [*SHOWN, "no_picture"]),
    "packed as we cannot read": (scan_files.unreadable_scan, "dicom", [*SHOWN, "no_picture"]),
    "a name in Chinese": (scan_files.scan_in_chinese, "dicom", [*SHOWN, "letters_missing"]),
    "a zip": (scan_files.disc, "dicom_zip", SHOWN),
}
REFUSED = {
    "only the first bytes": (lambda: bytes(128) + b"DICM" + b"nonsense" * 9, "dicom", "damaged"),
    "cut off": (lambda: scan_files.scan()[:-4000], "dicom", "damaged"),
    "says nothing of itself": (lambda: scan_files.scan(SeriesInstanceUID=""), "dicom", "damaged"),
    "a table of contents alone": (scan_files.contents, "dicom", "no_scans"),
    "3.6 billion points": (lambda: scan_files.scan(Rows=60_000, Columns=60_000), "dicom", "too_complex"),
    "packed as a whole": (scan_files.packed_scan, "dicom", "too_complex"),
    "lists in lists": (scan_files.nested_scan, "dicom", "damaged"),
    "no scan in the zip": (lambda: plan_files.zipped({"a.txt": b"words"}), "dicom_zip", "not_only_scans"),
    "an empty zip": (lambda: plan_files.zipped({}), "dicom_zip", "no_scans"),
    "a program beside": (lambda: scan_files.disc({"viewer.exe": b"MZ" + bytes(99)}), "dicom_zip", "not_only_scans"),
    "a program as litter": (lambda: scan_files.disc({"__MACOSX/a": b"MZ" + bytes(99)}), "dicom_zip", "not_only_scans"),
    "a zip in the zip": (lambda: scan_files.disc({"more.zip": scan_files.disc()}), "dicom_zip", "not_only_scans"),
    "unpacks to 700 MB": (lambda: plan_files.zipped({"IM1": bytes(700 * 2**20)}), "dicom_zip", "too_complex"),
    "6,001 files": (lambda: plan_files.zipped({f"{n}": b"" for n in range(6001)}), "dicom_zip", "too_complex"),
    "31 series": (lambda: plan_files.zipped({str(n): scan_files.scan(n) for n in range(31)}), "dicom_zip", "too_long"),
    "a Word file": (plan_files.docx, "dicom_zip", "not_only_scans"),
    "a cut zip": (lambda: scan_files.disc()[:-300], "dicom_zip", "damaged"),
}
ALWAYS = {"one slice", "a zip", "3.6 billion points", "a program beside"}


def names(table):
    return [name if name in ALWAYS else pytest.param(name, marks=full) for name in table]


def judged(content, code):
    with sandbox.room(ROOMS) as folder:
        (folder / "source").write_bytes(content)
        return sandbox.judge(folder, kinds.KINDS[code], mark="First pictures", labels=words.scan_labels())


@pytest.mark.parametrize("name", names(READY))
def test_scan_becomes_a_list_with_pictures(name):
    make, code, notes = READY[name]
    verdict = judged(make(), code)
    assert (verdict.state, verdict.reason, verdict.notes, verdict.kind) == ("ready", "", notes, "pdf")


@pytest.mark.parametrize("name", names(REFUSED))
def test_hostile_or_broken_scan_is_refused(name):
    make, code, reason = REFUSED[name]
    verdict = judged(make(), code)
    assert (verdict.state, verdict.reason) == ("refused", reason)


@full
def test_zip_under_a_password_is_locked():
    assert judged(plan_files.locked_zip(), "dicom_zip").state == "locked"


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


@full
def test_virus_in_a_scan_is_found(case, clamd):
    dressed = {
        "scan.dcm": scan_files.scan_with_private_words(plan_files.EICAR),
        "IM000001": scan_files.scan_around(plan_files.zipped({"inside": plan_files.EICAR})),
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
    assert checking.opened_copy(version, "rose") is None
