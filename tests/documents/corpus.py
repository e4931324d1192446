"""Good and hostile files, each with the verdict it must get. All are made while the tests run."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cases.documents import kinds
from tests import floods
from tests import hostile_files as hostile
from tests import plan_files as made
from tests import scan_files as scans


@dataclass(frozen=True)
class File:
    """`reasons`: why it is refused, "" when it is ready; more than one where the reader's version decides."""

    make: Callable[[], bytes]
    state: str = "ready"
    reasons: set[str] = field(default_factory=lambda: {""})
    pages: int = 0  # 0: not asked
    notes: set[str] | None = None  # None: not asked


def good(make, pages=1, *notes):
    return File(make, pages=pages, notes=set(notes))


def refused(make, *reasons):
    return File(make, "refused", set(reasons))


def unread(make):
    """What may be refused, or read as far as it goes: either does no harm."""
    return File(make, "", {"", "damaged", "too_complex"})


WORDS, SHOWN = "text_only", "first_pictures"

GOOD = {
    "a letter.pdf": good(made.pdf),
    "twelve pages.pdf": good(lambda: made.pdf(pages=12), 12),
    "forty pages.pdf": good(lambda: made.pdf(pages=40), 40),
    "may not be printed.pdf": good(made.owner_locked_pdf),
    "with scripts.pdf": good(made.scripted_pdf, 1, "scripts_removed"),
    "starts programs.pdf": good(made.launching_pdf, 1, "scripts_removed"),
    "with a file inside.pdf": good(made.pdf_with_attachment, 1, "attachments_removed"),
    "a scanner's own mark before.pdf": good(lambda: b"\xef\xbb\xbf\r\n" + made.pdf()),
    "words after its end.pdf": good(lambda: made.pdf() + b"\nPK\x03\x04 and more"),
    "a broken font.pdf": good(hostile.pdf_with_broken_font),
    "a photo.jpg": good(made.photo),
    "a photo.JPEG": good(made.photo),
    "a dark photo.jpg": good(lambda: made.photo(is_dark=True), 1, "dark"),
    "a small photo.jpg": good(lambda: made.photo(size=(300, 400)), 1, "small"),
    "an unsharp photo.jpg": good(made.unsharp_photo, 1, "blurred"),
    "a lens that was covered.jpg": good(lambda: made.plain_picture("JPEG"), 1, "dark"),
    "a photo and a script.jpg": good(lambda: made.photo() + b"<script>alert(1)</script>"),
    "print colors.jpg": good(lambda: made.plain_picture("JPEG", "CMYK"), 1),
    "a phone's photo.heic": good(lambda: made.photo(kind="HEIF")),
    "a screenshot.png": good(lambda: made.photo(kind="PNG")),
    "clear parts.png": good(lambda: made.plain_picture("PNG", "RGBA"), 1),
    "a palette.png": good(lambda: made.plain_picture("PNG", "P"), 1, "dark"),
    "16 bits.png": good(lambda: made.plain_picture("PNG", "I;16"), 1, "dark"),
    "a fax.tif": good(lambda: made.scan_of_pages(3), 3, "dark"),
    "a Word file.docx": good(made.docx, 1, WORDS),
    "a template of elsewhere.docx": good(hostile.docx_with_remote_template, 1, WORDS),
    "parts that climb.docx": good(hostile.docx_that_climbs, 1, WORDS),
    "words.txt": good(lambda: b"Surgery on December 15.\n\nBring a friend.", 1, WORDS),
    "Chinese words.txt": good(lambda: "计划".encode(), 1, WORDS, "letters_missing"),
    "older Windows words.txt": good(lambda: "Chimiothérapie à Montréal".encode("cp1252"), 1, WORDS),
    "one slice.dcm": good(scans.scan, 1, SHOWN),
    "IM000012": good(lambda: scans.scan(2), 1, SHOWN),
    "in color.dcm": good(scans.color_scan, 1, SHOWN),
    "packed as a photo.dcm": good(scans.photo_scan, 1, SHOWN),
    "bright for dark.dcm": good(lambda: scans.scan(PhotometricInterpretation="MONOCHROME1"), 1, SHOWN),
    "around a letter.dcm": good(lambda: scans.scan_around(made.pdf()), 1, SHOWN, "no_picture"),
    "packed as CT discs are.dcm": good(scans.lossless_scan, 1, SHOWN),
    "packed as nobody can read.dcm": good(scans.unreadable_scan, 1, SHOWN, "no_picture"),
    "a name in Chinese.dcm": good(scans.scan_in_chinese, 1, SHOWN, "letters_missing"),
    "a disc.zip": good(scans.disc, 2, SHOWN),
}

LOCKED = {
    "with a password.pdf": File(made.locked_pdf, "locked"),
    "with a password.docx": File(made.word_with_password, "locked"),
    "with a password.zip": File(made.locked_zip, "locked"),
}

# Not what they say: told by the first bytes and the name.
DISGUISED = {
    "a page.pdf": refused(lambda: b"<!DOCTYPE html><script>alert(1)</script>", "unsafe"),
    "a page.html": refused(lambda: b"<html>", "unsafe"),
    "a drawing.svg": refused(lambda: b'<svg onload="alert(1)"/>', "unsafe"),
    "a drawing.png": refused(lambda: b'<?xml version="1.0"?><svg onload="alert(1)"/>', "unsafe"),
    "a program.pdf": refused(lambda: b"MZ" + bytes(90), "unsafe"),
    "a program.docx": refused(lambda: b"\x7fELF" + bytes(90), "unsafe"),
    "a program before a scan.dcm": refused(lambda: b"MZ" + scans.scan()[2:], "unsafe"),
    "plan.pdf.exe": refused(made.pdf, "unsafe"),
    "a script.txt": refused(lambda: b"#!/bin/sh\nrm -rf /", "unsafe"),
    "a script.js": refused(lambda: b"alert(1)", "unsafe"),
    "rich text.txt": refused(lambda: b"{\\rtf1 hello}", "unsafe"),
    "a picture that runs.jpg": refused(lambda: b"GIF89a/*" + b"*/=1;alert(1)//", "mismatch"),
    "a photo.pdf": refused(made.photo, "mismatch"),
    "a letter.jpg": refused(made.pdf, "mismatch"),
    "a letter.zip": refused(made.pdf, "mismatch"),
    "a moving picture.gif": refused(lambda: b"GIF89a" + bytes(20), "type"),
    "noise.pdf": refused(lambda: bytes(range(256)), "type"),
    "two bytes a letter.txt": refused(lambda: "plan".encode("utf-16"), "type"),
    "older.doc": refused(made.old_word, "old_word"),
    "nothing.pdf": refused(lambda: b"", "empty"),
}

# Broken or hostile: told by opening them.
BROKEN = {
    "nothing after its first line.pdf": refused(lambda: b"%PDF-1.7\nnonsense", "damaged"),
    "a cut letter.pdf": unread(lambda: made.pdf(pages=3)[:2000]),
    "1,001 pages.pdf": refused(lambda: made.pdf_with_many_pages(1001), "too_long"),
    "51 files inside.pdf": refused(lambda: made.pdf_with_attachment(b"x", 51), "too_complex"),
    "a cut photo.jpg": refused(lambda: made.photo()[:9000], "damaged"),
    "a photo's first bytes.jpg": refused(lambda: b"\xff\xd8\xff\xe0" + bytes(99), "damaged"),
    "noise.heic": refused(lambda: b"\0\0\0\x18ftypheic" + bytes(200), "damaged"),
    "51 pages.tif": refused(lambda: made.scan_of_pages(51), "too_long"),
    "not a Word file.docx": refused(lambda: made.zipped({"a.txt": b"x"}), "type"),
    "macros.docx": refused(made.docx_with_macros, "unsafe"),
    "a zip inside.docx": refused(
        lambda: made.changed_docx(lambda parts: parts.update({"word/more.zip": b"PK"})), "unsafe"
    ),
    "one name twice.docx": refused(hostile.docx_with_the_same_name_twice, "unsafe"),
    "words of the machine.docx": refused(hostile.docx_with_foreign_words, "unsafe"),
    "a cut Word file.docx": refused(lambda: made.docx()[:-500], "damaged"),
    "older inside.docx": refused(made.old_word, "old_word"),
    "a page at the end.txt": refused(lambda: b"words " * 2000 + b"<script>", "unsafe"),
    "only spaces.txt": refused(lambda: b" \n" * 99, "no_words"),
    "only the first bytes.dcm": refused(lambda: bytes(128) + b"DICM" + b"nonsense" * 9, "damaged"),
    "a cut scan.dcm": refused(lambda: scans.scan()[:-4000], "damaged"),
    "nothing of itself.dcm": refused(lambda: scans.scan(SeriesInstanceUID=""), "damaged"),
    "DICOMDIR": refused(scans.contents, "no_scans"),
    "words.zip": refused(lambda: made.zipped({"a.txt": b"words"}), "not_only_scans"),
    "empty.zip": refused(lambda: made.zipped({}), "type"),
    "a program beside.zip": refused(lambda: scans.disc({"viewer.exe": b"MZ" + bytes(99)}), "not_only_scans"),
    "a program as litter.zip": refused(lambda: scans.disc({"__MACOSX/a": b"MZ" + bytes(99)}), "not_only_scans"),
    "a zip in the zip.zip": refused(lambda: scans.disc({"more.zip": scans.disc()}), "not_only_scans"),
    "a Word file.zip": refused(made.docx, "not_only_scans"),
    "a cut zip.zip": refused(lambda: scans.disc()[:-300], "damaged"),
    "31 series.zip": refused(lambda: made.zipped({str(n): scans.scan(n) for n in range(31)}), "too_long"),
}

# Small to send, huge or endless to open: bounded in time and memory.
BOMBS = {
    "pages in a loop.pdf": refused(made.pdf_with_loop_of_pages, "damaged"),
    "a tree of pages 20,000 deep.pdf": refused(hostile.pdf_with_deep_pages, "damaged", "too_complex"),
    "lists in lists.pdf": unread(hostile.pdf_with_deep_lists),
    "a table of two billion.pdf": unread(hostile.pdf_with_huge_table),
    "a table in a loop.pdf": unread(hostile.pdf_with_table_in_a_loop),
    "a stream of objects.pdf": refused(hostile.pdf_with_stream_of_objects, "damaged", "too_complex"),
    "300,001 objects.pdf": refused(hostile.pdf_with_many_objects, "too_complex"),
    "a page of 4 GB.pdf": refused(hostile.pdf_with_packed_page, "damaged", "too_complex"),
    "draws for ever.pdf": refused(made.pdf_that_draws_for_ever, "too_complex"),
    "letters that draw themselves.pdf": unread(hostile.pdf_with_drawn_letters),
    "a flood of points.pdf": unread(made.pdf_with_pixel_flood),
    "a page of 100 miles.pdf": unread(lambda: hostile.pdf_of_a_size([0, 0, 10**7, 10**7])),
    "a page without a size.pdf": unread(lambda: hostile.pdf_of_a_size([0, 0, 0, 0])),
    "PDFs in PDFs.pdf": refused(made.pdfs_inside_each_other, "too_complex"),
    "101 MB attached.pdf": refused(hostile.pdf_with_large_attachment, "too_complex"),
    "4 billion points.jpg": refused(lambda: hostile.jpeg_of_a_size(65_000, 65_000), "too_complex"),
    "a thousand scans.jpg": unread(hostile.jpeg_of_many_scans),
    "3.6 billion points.png": refused(made.png_bomb, "too_complex"),
    "64 million points.png": refused(lambda: made.png_bomb(8000), "too_complex"),
    "a note of 512 MB.png": refused(hostile.png_with_packed_words, "damaged", "too_complex"),
    "points at itself.tif": unread(hostile.tiff_that_points_at_itself),
    "40 billion points.tif": refused(hostile.tiff_of_a_size, "too_complex"),
    "3.6 billion points.heic": refused(hostile.heic_of_a_size, "damaged", "too_complex"),
    "unpacks to 150 MB.docx": refused(made.docx_bomb, "too_complex"),
    "2,001 parts.docx": refused(
        lambda: made.changed_docx(lambda parts: parts.update({f"x{n}": b"" for n in range(2001)})), "too_complex"
    ),
    "a billion laughs.docx": refused(made.docx_with_entities, "unsafe"),
    "tables in tables.docx": refused(hostile.docx_with_deep_tables, "damaged", "too_complex"),
    "60,000 columns.docx": refused(hostile.docx_with_wide_table, "damaged", "too_complex", "too_long"),
    "150,000 lines.docx": refused(hostile.docx_with_many_lines, "too_complex", "too_long"),
    "3 MB of words.txt": refused(lambda: b"words " * 500_000, "too_long"),
    "600,000 lines.txt": refused(lambda: b"x\n\n" * 600_000, "too_complex", "too_long"),
    "3.6 billion points.dcm": refused(lambda: scans.scan(Rows=60_000, Columns=60_000), "too_complex"),
    "packed as a whole.dcm": refused(scans.packed_scan, "too_complex"),
    "lists in lists.dcm": refused(scans.nested_scan, "damaged"),
    "unpacks to 700 MB.zip": refused(lambda: made.zipped({"IM1": bytes(700 * hostile.MB)}), "too_complex"),
    "6,001 files.zip": refused(lambda: made.zipped({f"{n}": b"" for n in range(6001)}), "too_complex"),
}

# The same by repetition: of points, letters, objects, fonts, drawings, pages.
FLOODS = {
    "4 billion points of a fax.pdf": unread(floods.fax_flood),
    "3.6 billion points of waves.pdf": unread(floods.wavelet_flood),
    "a picture packed four times.pdf": unread(floods.filter_chain),
    "a million objects.pdf": refused(floods.many_objects, "too_complex"),
    "250,000 packed objects.pdf": unread(floods.packed_objects),
    "3,000 fonts.pdf": unread(floods.font_flood),
    "a form that draws itself.pdf": unread(floods.form_that_draws_itself),
    "a million million drawings.pdf": refused(floods.forms_in_forms, "too_complex"),
    "tiny tiles.pdf": unread(floods.tiny_tiles),
    "three million brackets.pdf": unread(floods.deep_brackets),
    "four million letters.pdf": unread(floods.many_letters),
    "two billion pictures.dcm": unread(floods.scan_of_many_frames),
    "100,000 small pictures.dcm": unread(floods.scan_of_small_frames),
    "a million pages of nothing.tif": unread(floods.tiff_of_many_pages),
    "49 million packed points.tif": unread(floods.tiff_that_unpacks),
    "says less than it unpacks.docx": unread(floods.docx_that_lies),
}
BOMBS |= FLOODS

FILES = {**GOOD, **LOCKED, **DISGUISED, **BROKEN, **BOMBS}

# As a browser writes them into the form; what is kept of each.
NAMES = {
    "خطة العلاج.pdf": "خطة العلاج.pdf",
    "治療計画書.pdf": "治療計画書.pdf",
    "plan 🩺👨\u200d👩\u200d👧.pdf": "plan 🩺👨\u200d👩\u200d👧.pdf",
    "می\u200cخواهم.pdf": "می\u200cخواهم.pdf",
    "a" * 196 + ".pdf": "a" * 196 + ".pdf",
    "é" * 400 + ".pdf": "é" * 196 + ".pdf",
    "plan\u202efdp.pdf": "planfdp.pdf",
    "\u2066plan\u2069.pdf": "plan.pdf",
    "plan%0D%0ASet-Cookie: a=b.pdf": "plan%0D%0ASet-Cookie: a=b.pdf",
    "plan\u2028Set-Cookie: a=b.pdf": "planSet-Cookie: a=b.pdf",
    "plan\x0b\x7f\x85.pdf": "plan.pdf",
    "%22plan%22; filename=evil.exe.pdf": "%22plan%22; filename=evil.exe.pdf",
    "“plan” & <b>'x'.pdf": "“plan” & <b>'x'.pdf",
    "../../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Users\\Rosa\\plan.pdf": "plan.pdf",
    "{{ 7|add:7 }}{% debug %}.pdf": "{{ 7|add:7 }}{% debug %}.pdf",
    "=HYPERLINK(A1).pdf": "=HYPERLINK(A1).pdf",
    "CON.pdf": "CON.pdf",
    "..pdf": "..pdf",
}


def first_look(name, content):
    return kinds.first_look(name, content[: kinds.HEAD])
