"""Good and hostile files made while the tests run: no sample lies in the tree."""

import io
import struct
import zipfile
import zlib
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageFilter

from portal.pages.demo.plan_files import make_docx, make_photo, make_plan_pdf

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS" + b"-TEST-FILE!$H+H*"
JPEG_SIZE = (900, 1200)


@cache
def pdf(pages=1, **also):
    parts = [f"Page {number + 1}: surgery is held for December 15." for number in range(pages)]
    broken = [part for words in parts for part in (words, None)][:-1]
    return make_plan_pdf("Treatment plan", broken, clinic="Lakeside Cancer Clinic", **also)


@cache
def photo(**also):
    return make_photo("Treatment plan\nSurgery is held for December 15.\n" * 8, **{"size": JPEG_SIZE, **also})


@cache
def docx(**also):
    return make_docx("Treatment plan", [("Diagnosis", "Left breast, grade 2.")], [["Drug", "Dose"]], **also)


def changed_pdf(change):
    """A small PDF after `change(pdf)`."""
    file = pikepdf.open(io.BytesIO(pdf()))
    change(file)
    return saved(file)


def saved(file, **also):
    out = io.BytesIO()
    file.save(out, **also)
    return out.getvalue()


@cache
def locked_pdf(password="rose", attached=b""):  # noqa: S107
    file = pikepdf.open(io.BytesIO(pdf_with_attachment(attached) if attached else pdf()))
    return saved(file, encryption=pikepdf.Encryption(user=password, owner="other"))


def owner_locked_pdf():
    """May not be printed, but opens without a password: many hospitals send these."""
    file = pikepdf.open(io.BytesIO(pdf()))
    return saved(file, encryption=pikepdf.Encryption(user="", owner="other"))


@cache
def scripted_pdf():
    def change(file):
        file.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
        file.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array(["x", Dictionary(S=Name.JavaScript, JS="app.alert(2)")]))
        )

    return changed_pdf(change)


def launching_pdf():
    def change(file):
        link = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 99, 99], A=Dictionary(S=Name.Launch, F="evil.exe")
        )
        file.pages[0].Annots = file.make_indirect(Array([link]))
        file.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.SubmitForm, F="http://example.invalid/"))

    return changed_pdf(change)


def pdf_with_attachment(content=EICAR, count=1):
    def change(file):
        for number in range(count):
            spec = pikepdf.AttachedFileSpec(file, content, filename=f"inside{number}.txt")
            file.attachments[f"inside{number}.txt"] = spec

    return changed_pdf(change)


def pdfs_inside_each_other(depth=5):
    content = pdf()
    for _ in range(depth):
        content = pdf_with_attachment(content)
    return content


def pdf_with_loop_of_pages():
    """A tree of pages that holds itself."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 2/Kids[2 0 R 2 0 R]>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\n%%EOF"
    )


def pdf_with_many_pages(count):
    file = pikepdf.new()
    file.add_blank_page(page_size=(20, 20))
    for _ in range(count - 1):
        file.pages.append(file.pages[0])
    return saved(file)


def pdf_with_pixel_flood():
    """A picture of 40 000 by 40 000 points that takes a few kilobytes."""
    file = pikepdf.new()
    page = file.add_blank_page()
    flood = pikepdf.Stream(file, zlib.compress(zlib.compress(bytes(40_000 * 4_000), 9), 9))
    flood.update(
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=40_000,
            Height=40_000,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceGray,
            Filter=Array([Name.FlateDecode, Name.FlateDecode]),
        )
    )
    page.obj.Resources = Dictionary(XObject=Dictionary(Im=file.make_indirect(flood)))
    page.obj.Contents = file.make_stream(b"612 0 0 792 0 0 cm /Im Do")
    return saved(file)


def pdf_that_draws_for_ever():
    """Forms that call each other 10 to the power of 9 times."""
    file = pikepdf.new()
    page = file.add_blank_page()
    inner = file.make_stream(b"0 0 m 600 700 l S " * 10)
    for _ in range(9):
        inner.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 612, 792]))
        outer = file.make_stream(b"/F Do " * 10)
        outer.update(
            Dictionary(
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=[0, 0, 612, 792],
                Resources=Dictionary(XObject=Dictionary(F=file.make_indirect(inner))),
            )
        )
        inner = outer
    page.obj.Resources = Dictionary(XObject=Dictionary(F=file.make_indirect(inner)))
    page.obj.Contents = file.make_stream(b"/F Do")
    return saved(file)


def png_bomb(side=60_000):
    """A picture that says it is huge, and is: one black line, over and over."""

    def chunk(code, body):
        return struct.pack(">I", len(body)) + code + body + struct.pack(">I", zlib.crc32(code + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10**7))) + chunk(b"IEND", b"")
    )


def unsharp_photo():
    out = io.BytesIO()
    Image.open(io.BytesIO(photo())).filter(ImageFilter.GaussianBlur(6)).save(out, "JPEG")
    return out.getvalue()


def plain_picture(kind="PNG", mode="RGB", size=(800, 900)):
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


def scan_of_pages(count):
    """A TIFF of several pages, as fax machines and scanners make."""
    out = io.BytesIO()
    first, *rest = [Image.new("1", (850, 1100), number % 2) for number in range(count)]
    first.save(out, "TIFF", save_all=True, append_images=rest, compression="group4")
    return out.getvalue()


def changed_docx(change):
    """A Word file after `change(parts)`, a dict of name to bytes."""
    with zipfile.ZipFile(io.BytesIO(docx())) as package:
        parts = {entry.filename: package.read(entry) for entry in package.infolist()}
    change(parts)
    return zipped(parts)


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def locked_zip():
    """A zip whose one entry says that it is under a password."""
    content = bytearray(zipped({"inside.txt": b"words"}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    return bytes(content)


@cache
def docx_with_macros():
    return changed_docx(lambda parts: parts.update({"word/vbaProject.bin": b"\0" * 99}))


def docx_bomb():
    return changed_docx(lambda parts: parts.update({"word/media/image1.png": bytes(150 * 2**20)}))


def docx_with_entities():
    def change(parts):
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))
        body = parts["word/document.xml"].decode().split("?>", 1)[1]
        parts["word/document.xml"] = f'<?xml version="1.0"?><!DOCTYPE d [{laughs}]>{body}'.encode()

    return changed_docx(change)


def word_with_password():
    """The beginning of what Word saves with a password: an OLE file around an encrypted package."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def old_word():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600)
