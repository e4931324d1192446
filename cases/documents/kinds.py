"""What a file is, by its bytes; a name's ending only has to agree. Plain Python: the sandbox imports it."""

from dataclasses import dataclass

HEAD = 4096  # bytes of a file's beginning that `kind_of` needs


@dataclass(frozen=True)
class Kind:
    code: str
    content_type: str
    endings: tuple[str, ...]
    short: str  # the three letters on the file's tile

    @property
    def is_picture(self) -> bool:
        return self in PICTURES


PDF = Kind("pdf", "application/pdf", (".pdf",), "PDF")
JPEG = Kind("jpeg", "image/jpeg", (".jpg", ".jpeg", ".jfif", ".jpe"), "JPG")
PNG = Kind("png", "image/png", (".png",), "PNG")
HEIC = Kind("heic", "image/heic", (".heic", ".heif"), "HEIC")
TIFF = Kind("tiff", "image/tiff", (".tif", ".tiff"), "TIFF")
DOCX = Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",), "DOCX")
TEXT = Kind("text", "text/plain", (".txt", ".text"), "TXT")
DICOM = Kind("dicom", "application/dicom", (".dcm", ".dicom", ".dic"), "DCM")
DICOM_ZIP = Kind("dicom_zip", "application/zip", (".zip",), "ZIP")

PICTURES = (JPEG, PNG, HEIC, TIFF)
PHOTOS = [JPEG.code, PNG.code, HEIC.code]  # of one page each: what can be joined
OF_ONE_PICTURE = [JPEG.code, PNG.code]  # what the checks make of them
KINDS = {kind.code: kind for kind in (PDF, *PICTURES, DOCX, TEXT, DICOM, DICOM_ZIP)}
ACCEPT = ",".join(ending for kind in KINDS.values() for ending in kind.endings)

# Refusal codes; the sentences stand in words.py.
TYPE, MISMATCH, OLD_WORD, UNSAFE, EMPTY = "type", "mismatch", "old_word", "unsafe", "empty"

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
PROGRAMS = (
    b"MZ",  # Windows
    b"\x7fELF",  # Linux
    b"\xca\xfe\xba\xbe",  # Java, macOS
    b"\xce\xfa\xed\xfe",  # macOS
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\0asm",
    b"dex\n",
    b"#!",
    b"L\0\0\0\x01\x14\x02\0",  # Windows shortcut
)
MARKUP = (
    b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php", b"<%", b"<iframe",
    b"<object", b"<embed", b"<img", b"<style", b"<meta", b"javascript:", b"mime-version:", b"{\\rtf",
)  # fmt: skip
PROGRAM_ENDINGS = (
    ".exe", ".com", ".bat", ".cmd", ".msi", ".scr", ".js", ".mjs", ".vbs", ".ps1", ".sh", ".jar", ".lnk", ".app",
    ".apk", ".dll", ".html", ".htm", ".xhtml", ".svg", ".hta", ".php", ".py", ".docm", ".dotm", ".xlsm", ".iso",
)  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word before 2007, and newer Word files with a password
ZIP = b"PK\x03\x04"


def kind_of(head: bytes) -> tuple[Kind | None, str]:
    """(kind, "") or (None, refusal code), judged by the first `HEAD` bytes alone."""
    if not head:
        return None, EMPTY
    if head.startswith(PROGRAMS):
        return None, UNSAFE
    if (kind := _by_signature(head)) is not None:
        return kind, ""
    if head[128:132] == b"DICM":  # the bytes before it are anyone's: a page or a script may hide there
        return (None, UNSAFE) if has_markup(head[:128]) else (DICOM, "")
    if head.startswith(OLE):
        return None, OLD_WORD
    if not _is_text(head):
        return None, TYPE
    return (None, UNSAFE) if has_markup(head) else (TEXT, "")


def _by_signature(head: bytes) -> Kind | None:
    # Some scanners put a byte-order mark or blank lines before the PDF's own first line; anything else is a disguise.
    if head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t \0").startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return HEIC
    if head.startswith(ZIP):
        return DOCX  # whether it truly is one is told by opening it
    return None


def _is_text(head: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return False
    for cut in range(4):  # the head may end inside a letter of several bytes
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return b"\x81" not in head and b"\x8d" not in head  # older Windows text: nearly every byte is a letter


def has_markup(text: bytes) -> bool:
    """Whether a text would run as a page or a script somewhere."""
    low = text.lower()
    return any(mark in low for mark in MARKUP)


def ending_of(name: str) -> str:
    """The last ending of a name in small letters with its dot, "" when there is none."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending.strip().lower()}" if dot and stem and ending else ""


def refuse_name(name: str) -> str:
    """A refusal code for a name that no file of ours may have, "" when its ending is one of ours."""
    ending = ending_of(name)
    if ending in PROGRAM_ENDINGS:
        return UNSAFE
    if ending == ".doc":
        return OLD_WORD
    return "" if any(ending in kind.endings for kind in KINDS.values()) else TYPE


def _is_disc_name(name: str) -> bool:
    """IM000012, or 1.2.840.113619: discs give their files no ending, or a number that looks like one."""
    ending = ending_of(name)
    return not ending or ending[1:].isdecimal()


def first_look(name: str, head: bytes) -> tuple[Kind | None, str]:
    """(kind, "") when name and beginning agree, else (None, refusal code). Opening the file comes later."""
    if not head:
        return None, EMPTY
    kind, code = kind_of(head)
    if code == UNSAFE:
        return None, code
    if head.startswith(OLE) and ending_of(name) == ".docx":
        return DOCX, ""  # perhaps a Word file with a password: opening it tells
    if kind == DICOM and _is_disc_name(name):
        return kind, ""
    if kind == DOCX and ending_of(name) in DICOM_ZIP.endings:
        return DICOM_ZIP, ""  # whether only scans are inside is told by opening it
    if named := refuse_name(name):
        return None, named
    if kind is None:
        return None, code
    return (kind, "") if ending_of(name) in kind.endings else (None, MISMATCH)
