"""More files made to hurt: little to send, and more and more of something to whoever reads them."""

import io
import struct

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from tests import plan_files, scan_files
from tests.hostile_files import pdf_with_content, squeezed, stream

MB = 2**20


def pdf_with_picture(content, width, height, **more):
    file = pikepdf.new()
    picture = pikepdf.Stream(file, content)
    said = {"Type": Name.XObject, "Subtype": Name.Image, "Width": width, "Height": height, "BitsPerComponent": 8}
    picture.update(Dictionary({f"/{name}": value for name, value in (said | more).items()}))
    page = file.add_blank_page()
    page.obj.Resources = Dictionary(XObject=Dictionary(P=file.make_indirect(picture)))
    page.obj.Contents = file.make_stream(b"600 0 0 700 0 0 cm /P Do")
    return plan_files.saved(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def fax_flood(side=65_000):
    """A fax's packing (JBIG2) of a page with 4 billion points, each of them black."""
    page = struct.pack(">IIIIBH", side, side, 0, 0, 4, 0)
    segment = struct.pack(">IBBBI", 0, 48, 0, 1, len(page)) + page
    region = struct.pack(">IIIIBB", side, side, 0, 0, 0, 1) + bytes(64)  # MMR: read as far as it goes
    segment += struct.pack(">IBBBI", 1, 38, 0, 1, len(region)) + region
    return pdf_with_picture(
        segment, side, side, Filter=Name.JBIG2Decode, BitsPerComponent=1, ColorSpace=Name.DeviceGray
    )


def wavelet_flood(side=60_000):
    """A JPEG 2000 picture that says it has 3.6 billion points."""
    out = io.BytesIO()
    Image.effect_noise((64, 64), 60).convert("RGB").save(out, "JPEG2000", no_jp2=True)
    content = bytearray(out.getvalue())
    at = content.index(b"\xff\x51") + 6
    content[at : at + 8] = struct.pack(">II", side, side)
    content[at + 16 : at + 24] = struct.pack(">II", side, side)
    return pdf_with_picture(bytes(content), side, side, Filter=Name.JPXDecode, ColorSpace=Name.DeviceRGB)


def filter_chain(times=4):
    """A picture packed four times over; each packing holds a thousand times more."""
    return pdf_with_picture(
        squeezed(1024, times), 30_000, 30_000, Filter=Array([Name.FlateDecode] * times), ColorSpace=Name.DeviceGray
    )


def many_objects(count=1_000_000):
    """A million objects, listed properly."""
    said = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    said += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>", stream(b"")]
    body, places = bytearray(b"%PDF-1.7\n"), []
    for number in range(1, count + 1):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, said[number - 1] if number <= len(said) else b"0")
    at = len(body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (count + 1) + b"".join(places)
    return bytes(body) + table + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (count + 1, at)


def packed_objects(count=250_000):
    """A quarter of a million objects, packed a hundred to a stream: what a large file may have."""
    file = pikepdf.open(io.BytesIO(plan_files.pdf()))
    file.Root.More = Array([file.make_indirect(Dictionary(A=number)) for number in range(count)])
    return plan_files.saved(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def font_flood(count=3000):
    """Three thousand fonts on one page, all of one file that is large once unpacked."""
    file = pikepdf.open(io.BytesIO(plan_files.pdf()))
    font = next(thing for thing in file.objects if isinstance(thing, Dictionary) and "/FontDescriptor" in thing)
    key = next(key for key in font.FontDescriptor if key.startswith("/FontFile"))
    font.FontDescriptor[key] = file.make_stream(font.FontDescriptor[key].read_bytes() + bytes(40 * MB))
    page = file.add_blank_page()
    page.obj.Resources = Dictionary(
        Font=Dictionary({f"/F{n}": file.make_indirect(Dictionary(font)) for n in range(count)})
    )
    page.obj.Contents = file.make_stream(b"".join(b"BT /F%d 9 Tf 9 9 Td <0001> Tj ET " % n for n in range(count)))
    return plan_files.saved(file)


def form_that_draws_itself(times=10):
    file = pikepdf.new()
    form = file.make_stream(b"/F Do " * times)
    form.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 700])))
    form.Resources = Dictionary(XObject=Dictionary(F=form))
    page = file.add_blank_page()
    page.obj.Resources = Dictionary(XObject=Dictionary(F=form))
    page.obj.Contents = file.make_stream(b"/F Do")
    return plan_files.saved(file)


def forms_in_forms(depth=12, times=10):
    """Each form draws the next ten times: a million million drawings, none of itself."""
    file = pikepdf.new()
    form = file.make_stream(b"0 0 600 700 re f")
    form.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 700])))
    for _level in range(depth):
        outer = file.make_stream(b"/F Do " * times)
        outer.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 700])))
        outer.Resources = Dictionary(XObject=Dictionary(F=form))
        form = outer
    page = file.add_blank_page()
    page.obj.Resources = Dictionary(XObject=Dictionary(F=form))
    page.obj.Contents = file.make_stream(b"/F Do")
    return plan_files.saved(file)


def tiny_tiles():
    """A pattern whose tile is a millionth of the page."""
    file = pikepdf.new()
    tile = file.make_stream(b"1 0 0 rg 0 0 .0001 .0001 re f")
    tile.update(Dictionary(Type=Name.Pattern, PatternType=1, PaintType=1, TilingType=1, Resources=Dictionary()))
    tile.update(Dictionary(BBox=Array([0, 0, 0.001, 0.001]), XStep=0.001, YStep=0.001))
    page = file.add_blank_page()
    page.obj.Resources = Dictionary(Pattern=Dictionary(P=tile))
    page.obj.Contents = file.make_stream(b"/Pattern cs /P scn 0 0 612 792 re f")
    return plan_files.saved(file)


def deep_brackets(depth=3_000_000):
    """What is drawn opens brackets and never closes them."""
    return pdf_with_content(b"[" * depth)


def many_letters(count=4_000_000):
    """A page of four million letters, one above the other."""
    return pdf_with_content(
        b"BT /F 1 Tf " + (b"(" + b"a" * 1000 + b") Tj ") * (count // 1000) + b"ET",
        F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica),
    )


def scan_of_many_frames(frames=2_000_000_000):
    """Says that it holds two billion pictures."""
    return scan_files.scan(NumberOfFrames=str(frames))


def scan_of_small_frames(frames=100_000):
    """A hundred thousand pictures of a few points each, all there."""
    return scan_files.scan(side=8, NumberOfFrames=str(frames), PixelData=bytes(8 * 8 * 2 * frames))


def tiff_of_many_pages(pages=1_000_000):
    """A good page, and a million directories of nothing after it."""
    body = bytearray(plan_files.scan_of_pages(1))
    (start,) = struct.unpack("<I", body[4:8])
    (entries,) = struct.unpack("<H", body[start : start + 2])
    end = start + 2 + entries * 12
    body += bytes(len(body) % 2)
    body[end : end + 4] = struct.pack("<I", len(body))
    for _page in range(pages):
        body += struct.pack("<HHHIII", 1, 256, 3, 1, 1, len(body) + 18)
    body[-4:] = bytes(4)
    return bytes(body)


def tiff_that_unpacks(side=7000):
    """Forty-nine million points, each kept to four bytes more than a screen shows, in one packed strip."""
    out = io.BytesIO()
    Image.new("F", (side, side)).save(out, "TIFF", compression="tiff_adobe_deflate")
    return out.getvalue()


def docx_that_lies():
    """The list of the zip says a hundred bytes of what unpacks to 300 MB."""
    content = bytearray(plan_files.changed_docx(lambda parts: parts.update({"word/media/a.png": bytes(300 * MB)})))
    at = content.rindex(b"word/media/a.png") - 46
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(content)
