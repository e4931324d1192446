"""What the process that opens files makes of them; the verdict on each file stands in corpus.py."""

import io
import tempfile
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from cases.documents import kinds
from cases.documents.sandbox import run as sandbox
from tests import plan_files

ROOMS = Path(tempfile.gettempdir()) / "plan-checks"


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


@pytest.mark.full
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


@pytest.mark.full
def test_page_that_draws_for_ever_is_refused(monkeypatch):
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 2)
    assert drawn(plan_files.pdf_that_draws_for_ever(), "pdf") == "too_complex"


def test_room_is_private_and_gone_afterwards(tmp_path):
    with sandbox.room(tmp_path / "tmp") as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "source").write_bytes(b"x")
    assert not folder.exists()


def test_room_is_gone_after_a_fault(tmp_path):
    def break_inside():
        with sandbox.room(tmp_path / "rooms") as folder:
            (folder / "source").write_bytes(b"x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_inside()
    assert list((tmp_path / "rooms").iterdir()) == []
