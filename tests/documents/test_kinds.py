"""What a file is by its first bytes, and whether its name agrees."""

import pytest

from cases.documents import kinds, names
from tests import plan_files

GOOD = {
    "plan.pdf": (plan_files.pdf, "pdf"),
    "PLAN.PDF": (plan_files.pdf, "pdf"),
    "scan with mark.pdf": (lambda: b"\xef\xbb\xbf\r\n" + plan_files.pdf(), "pdf"),
    "IMG_2291.jpg": (plan_files.photo, "jpeg"),
    "IMG_2291.JPEG": (plan_files.photo, "jpeg"),
    "screen.png": (lambda: plan_files.plain_picture("PNG"), "png"),
    "IMG_1.HEIC": (lambda: plan_files.photo(kind="HEIF"), "heic"),
    "IMG_1.heif": (lambda: plan_files.photo(kind="HEIF"), "heic"),
    "fax.tif": (lambda: plan_files.scan_of_pages(2), "tiff"),
    "fax.tiff": (lambda: plan_files.plain_picture("TIFF"), "tiff"),
    "letter.docx": (plan_files.docx, "docx"),
    "notes.txt": (lambda: "Surgery on December 15. 5 < 6. Ünïcode 计划".encode(), "text"),
    "old notes.txt": (lambda: "Operación en diciembre".encode("cp1252"), "text"),
    "治療計画.pdf": (plan_files.pdf, "pdf"),
    "letter, locked.docx": (plan_files.word_with_password, "docx"),
}
HOSTILE = {
    "page.html": (b"<html><script>alert(1)</script></html>", "unsafe"),
    "page.pdf": (b"<html><script>alert(1)</script></html>", "unsafe"),
    "page.jpg": (b"  <!DOCTYPE html><p>hello", "unsafe"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsafe"),
    "drawing.png": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "unsafe"),
    "notes.txt": (b"hello <script>alert(1)</script>", "unsafe"),
    "letter.txt": (b"{\\rtf1\\ansi hello}", "unsafe"),
    "plan.exe": (b"MZ" + bytes(58), "unsafe"),
    "plan.pdf": (b"MZ" + bytes(58), "unsafe"),
    "plan.docx": (b"\x7fELF" + bytes(58), "unsafe"),
    "plan.txt": (b"#!/bin/sh\nrm -rf /", "unsafe"),
    "run.js": (b"alert(1)", "unsafe"),
    "plan.pdf.exe": (b"%PDF-1.7", "unsafe"),
    "letter.docm": (b"PK\x03\x04", "unsafe"),
    "before.pdf": (b"GIF89a/*%PDF-1.7", "mismatch"),
    "moving.gif": (b"GIF89a" + bytes(20), "type"),
    "poly.jpg": (b"GIF89a/*" + b"*/=1;alert(1)//", "mismatch"),
    "sheet.xlsx": (b"PK\x03\x04" + bytes(60), "type"),
    "noise.pdf": (bytes(range(256)), "type"),
    "noise": (bytes(range(256)), "type"),
    "plan": (b"%PDF-1.7", "type"),
    "photo.jpg": (b"\x89PNG\r\n\x1a\n" + bytes(20), "mismatch"),
    "photo.pdf": (b"\xff\xd8\xff\xe0" + bytes(20), "mismatch"),
    "words.pdf": (b"Just words", "mismatch"),
    "letter.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old_word"),
    "letter.pdf": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old_word"),
    "empty.pdf": (b"", "empty"),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_file_is_known_by_its_bytes(name):
    make, code = GOOD[name]
    kind, refused = kinds.first_look(name, make()[: kinds.HEAD])
    assert (kind.code, refused) == (code, "")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_or_wrong_file_is_refused_at_first_look(name):
    content, reason = HOSTILE[name]
    assert kinds.first_look(name, content) == (None, reason)


def test_letter_cut_at_the_end_of_the_head_is_still_text():
    assert kinds.kind_of("é".encode() * 10 + "計".encode()[:2]) == (kinds.TEXT, "")


@pytest.mark.parametrize(
    "name",
    [
        "خطة العلاج.pdf",
        "治療計画書.pdf",
        "plan 🩺👨‍👩‍👧.pdf",
        "plän & “Dr. Keller”; v2.pdf",
        "a" * 196 + ".pdf",
        "می‌خواهم.pdf",
    ],
)
def test_name_is_kept_as_written(name):
    assert names.clean(name) == name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("\u2066plan\u2069.pdf", "plan.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Rosa\\plan.pdf", "plan.pdf"),
        ("plan\r\nSet-Cookie: a=b.pdf", "planSet-Cookie: a=b.pdf"),
        ("plan\0.pdf", "plan.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("..", ""),
        ("   ", ""),
    ],
)
def test_harmful_parts_of_a_name_go(name, kept):
    assert names.clean(name) == kept


@pytest.mark.parametrize(
    ("name", "kind", "copy"),
    [
        ("IMG_1.HEIC", kinds.JPEG, "IMG_1.jpg"),
        ("letter.docx", kinds.PDF, "letter.pdf"),
        ("plan.pdf", kinds.PDF, "plan.pdf"),
        ("photo.jpeg", kinds.JPEG, "photo.jpeg"),
        ("dr. keller", kinds.PDF, "dr. keller.pdf"),
    ],
)
def test_copy_gets_the_ending_of_what_it_is(name, kind, copy):
    assert names.with_ending(name, kind) == copy
