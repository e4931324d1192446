"""Each file is opened for real, in the very process that the worker uses."""

import io
import tempfile
import time
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from cases.documents import kinds, sandbox
from tests import plan_files

ROOMS = Path(tempfile.gettempdir()) / "plan-checks"
READY = {
    "a letter": (plan_files.pdf, "pdf", 1, []),
    "twelve pages": (lambda: plan_files.pdf(pages=12), "pdf", 12, []),
    "may not be printed": (plan_files.owner_locked_pdf, "pdf", 1, []),
    "with scripts": (plan_files.scripted_pdf, "pdf", 1, ["scripts_removed"]),
    "starts programs": (plan_files.launching_pdf, "pdf", 1, ["scripts_removed"]),
    "with a file inside": (plan_files.pdf_with_attachment, "pdf", 1, ["attachments_removed"]),
    "a photo": (plan_files.photo, "jpeg", 1, []),
    "a dark photo": (lambda: plan_files.photo(is_dark=True), "jpeg", 1, ["dark"]),
    "a small photo": (lambda: plan_files.photo(size=(300, 400)), "jpeg", 1, ["small"]),
    "an unsharp photo": (lambda: plan_files.plain_picture("JPEG"), "jpeg", 1, ["dark", "blurred"]),
    "a phone's photo": (lambda: plan_files.photo(kind="HEIF"), "heic", 1, []),
    "a screenshot": (lambda: plan_files.photo(kind="PNG"), "png", 1, []),
    "clear parts": (lambda: plan_files.plain_picture("PNG", "RGBA"), "png", 1, ["blurred"]),
    "a palette": (lambda: plan_files.plain_picture("PNG", "P"), "png", 1, ["dark", "blurred"]),
    "16 bits": (lambda: plan_files.plain_picture("PNG", "I;16"), "png", 1, ["dark", "blurred"]),
    "print colors": (lambda: plan_files.plain_picture("JPEG", "CMYK"), "jpeg", 1, ["blurred"]),
    "a fax": (lambda: plan_files.scan_of_pages(3), "tiff", 3, ["blurred", "dark"]),
    "a Word file": (plan_files.docx, "docx", 1, ["text_only"]),
    "words": (lambda: b"Surgery on December 15.\n\nBring a friend.", "text", 1, ["text_only"]),
    "Chinese words": (lambda: "计划".encode(), "text", 1, ["text_only", "letters_missing"]),
}
LOCKED = {
    "a PDF with a password": (plan_files.locked_pdf, "pdf"),
    "a Word file with a password": (plan_files.word_with_password, "docx"),
}
REFUSED = {
    "no PDF after its first line": (lambda: b"%PDF-1.7\nnonsense", "pdf", "damaged"),
    "pages in a loop": (plan_files.pdf_with_loop_of_pages, "pdf", "damaged"),
    "1,001 pages": (lambda: plan_files.pdf_with_many_pages(1001), "pdf", "too_long"),
    "51 files inside": (lambda: plan_files.pdf_with_attachment(b"x", 51), "pdf", "too_complex"),
    "a cut photo": (lambda: plan_files.photo()[:9000], "jpeg", "damaged"),
    "only a photo's first bytes": (lambda: b"\xff\xd8\xff\xe0" + bytes(99), "jpeg", "damaged"),
    "a picture of 3.6 billion points": (plan_files.png_bomb, "png", "too_complex"),
    "a picture of 64 million points, mostly missing": (lambda: plan_files.png_bomb(8000), "png", "too_complex"),
    "noise after HEIC's first bytes": (lambda: b"\0\0\0\x18ftypheic" + bytes(200), "heic", "damaged"),
    "51 faxed pages": (lambda: plan_files.scan_of_pages(51), "tiff", "too_long"),
    "a zip named docx": (lambda: plan_files.zipped({"a.txt": b"x"}), "docx", "type"),
    "macros": (plan_files.docx_with_macros, "docx", "unsafe"),
    "unpacks to 150 MB": (plan_files.docx_bomb, "docx", "too_complex"),
    "2,001 parts": (
        lambda: plan_files.changed_docx(lambda parts: parts.update({f"x{n}": b"" for n in range(2001)})),
        "docx",
        "too_complex",
    ),
    "a zip in a zip": (
        lambda: plan_files.changed_docx(lambda parts: parts.update({"word/more.zip": b"PK"})),
        "docx",
        "unsafe",
    ),
    "a billion laughs": (plan_files.docx_with_entities, "docx", "unsafe"),
    "a cut Word file": (lambda: plan_files.docx()[:-500], "docx", "damaged"),
    "Word before 2007": (plan_files.old_word, "docx", "old_word"),
    "a page after honest words": (lambda: b"words " * 2000 + b"<script>", "text", "unsafe"),
    "3 MB of words": (lambda: b"words " * 500_000, "text", "too_long"),
}


def judged(content, code, **also):
    """(verdict, the cleaned copy's bytes)"""
    with sandbox.room(ROOMS) as folder:
        (folder / "source").write_bytes(content)
        verdict = sandbox.judge(folder, kinds.KINDS[code], mark="Words only", **also)
        clean = folder / "clean"
        return verdict, clean.read_bytes() if verdict.state == "ready" else b""


def drawn(content, code):
    """Whether the pages of a file can be drawn; returns the reason when not."""
    with sandbox.room(ROOMS) as folder:
        (folder / "clean").write_bytes(content)
        try:
            sandbox.draw(folder, kinds.KINDS[code], 1, 1)
        except sandbox.Refusal as refusal:
            return refusal.reason
        return ""


@pytest.mark.parametrize("name", READY)
def test_good_file_becomes_ready(name):
    make, code, pages, notes = READY[name]
    verdict, clean = judged(make(), code)
    assert (verdict.state, verdict.reason) == ("ready", "")
    assert (verdict.pages, verdict.notes) == (pages, notes)
    kind, _ = kinds.kind_of(clean)
    assert kind.code == verdict.kind


@pytest.mark.parametrize("name", LOCKED)
def test_file_with_a_password_is_locked_and_not_refused(name):
    make, code = LOCKED[name]
    assert judged(make(), code)[0].state == "locked"


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_or_broken_file_is_refused(name):
    make, code, reason = REFUSED[name]
    verdict, _ = judged(make(), code)
    assert (verdict.state, verdict.reason) == ("refused", reason)


def test_password_opens_a_locked_file_and_the_copy_has_none():
    verdict, clean = judged(plan_files.locked_pdf("rose"), "pdf", password="rose")
    assert verdict.state == "ready"
    with pikepdf.open(io.BytesIO(clean)) as copy:
        assert not copy.is_encrypted


def test_wrong_password_leaves_the_file_locked():
    assert judged(plan_files.locked_pdf("rose"), "pdf", password="tulip")[0].state == "locked"


@pytest.mark.parametrize("make", [plan_files.scripted_pdf, plan_files.launching_pdf, plan_files.pdf_with_attachment])
def test_cleaned_pdf_holds_nothing_active(make):
    _, clean = judged(make(), "pdf")
    with pikepdf.open(io.BytesIO(clean)) as copy:
        text = b"".join(thing.unparse(resolved=True) for thing in copy.objects)
        for part in (b"JavaScript", b"/Launch", b"/SubmitForm", b"EmbeddedFile", b"/OpenAction", b"/AA", b"evil"):
            assert part not in text
        assert not copy.attachments


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_place_and_camera_of_a_photo_are_removed(kind):
    content = plan_files.photo(kind=kind)
    assert b"Phone 12" in content
    _, clean = judged(content, {"HEIF": "heic"}.get(kind, "jpeg"))
    with Image.open(io.BytesIO(clean)) as copy:
        assert copy.format == "JPEG"
        assert not copy.getexif()
    assert b"Phone 12" not in clean


def test_photo_taken_sideways_is_upright():
    _, clean = judged(plan_files.photo(is_sideways=True, size=(900, 1200)), "jpeg")
    with Image.open(io.BytesIO(clean)) as copy:
        width, height = copy.size
        assert height > width


def test_drawing_a_flood_of_pixels_ends_within_bounds():
    started = time.monotonic()
    assert drawn(plan_files.pdf_with_pixel_flood(), "pdf") in {"", "damaged", "too_complex"}
    assert time.monotonic() - started < 25


def test_page_that_draws_for_ever_is_refused(monkeypatch):
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 2)
    assert drawn(plan_files.pdf_that_draws_for_ever(), "pdf") == "too_complex"


@pytest.mark.full
def test_page_that_draws_for_ever_is_refused_within_bounds():
    started = time.monotonic()
    assert drawn(plan_files.pdf_that_draws_for_ever(), "pdf") == "too_complex"
    assert time.monotonic() - started < 25


def test_room_is_private_and_gone_afterwards(tmp_path):
    with sandbox.room(tmp_path / "tmp") as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "source").write_bytes(b"x")
    assert not folder.exists()


def test_room_is_gone_after_a_fault(tmp_path):
    def break_inside():
        with sandbox.room(tmp_path) as folder:
            (folder / "source").write_bytes(b"x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_inside()
    assert list(tmp_path.iterdir()) == []
