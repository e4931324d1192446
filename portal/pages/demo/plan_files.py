"""Believable plan files made on the spot: PDF letters, phone photos, Word files. No sample lies in the tree."""

import io
import json

import docx
import pikepdf
import typst
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from portal.pages.demo.plans import DemoPlan

PAGE_BREAK = None

# The words travel as JSON, so that no text can be taken for a typst command.
LETTER = """
#let d = json(bytes(sys.inputs.words))
#set document(title: d.title)
#set page(paper: "us-letter", margin: 2.2cm, footer: context align(center, text(9pt)[
  #d.patient #h(1em) #counter(page).display("1 of 1", both: true)]))
#set text(font: "Libertinus Serif", size: 11pt, lang: "en")
#set par(justify: false, leading: 0.7em)
#grid(columns: (1fr, auto),
  [*#d.clinic* #linebreak() #d.department],
  align(right)[#d.patient #linebreak() #d.dated])
#line(length: 100%, stroke: 0.8pt)
= #d.title
#for part in d.parts {
  if part.kind == "break" { pagebreak() }
  else if part.kind == "heading" { heading(level: 2, part.text) }
  else { par(part.text) }
}
#if d.signed != "" { v(1.5em); par(d.signed) }
"""


def make_plan_pdf(title, paragraphs, *, clinic="", department="", patient="", dated="", signed=""):
    """The bytes of a letter as PDF.

    `paragraphs` holds strings, (heading, text) pairs and PAGE_BREAK. All words are plain text.
    """
    words = {
        "title": title,
        "parts": list(_parts(paragraphs)),
        "clinic": clinic,
        "department": department,
        "patient": patient,
        "dated": dated,
        "signed": signed,
    }
    return typst.compile(
        LETTER.encode(), sys_inputs={"words": json.dumps(words)}, ignore_system_fonts=True, format="pdf"
    )


def _parts(paragraphs):
    for paragraph in paragraphs:
        if paragraph is PAGE_BREAK:
            yield {"kind": "break", "text": ""}
        elif isinstance(paragraph, str):
            yield {"kind": "text", "text": paragraph}
        else:
            heading, text = paragraph
            yield {"kind": "heading", "text": heading}
            yield {"kind": "text", "text": text}


def make_photo(text, *, size=(1500, 2000), is_dark=False, is_sideways=False, kind="JPEG"):
    """The bytes of a phone photo of a printed page, as JPEG (or PNG, TIFF, HEIF), with place and camera in it."""
    picture = Image.new("RGB", size, (96, 84, 72))
    draw = ImageDraw.Draw(picture)
    left, top = size[0] // 15, size[1] // 16
    draw.rectangle((left, top, size[0] - left, size[1] - top), fill=(247, 245, 240))
    font = ImageFont.load_default(size[0] // 36)
    line_height = size[0] // 24
    for number, line in enumerate(_wrapped(text, font, size[0] - 4 * left)):
        draw.text((2 * left, 2 * top + number * line_height), line, font=font, fill=(30, 30, 34))
    picture = picture.rotate(1.2, fillcolor=(96, 84, 72))
    if is_dark:
        picture = ImageEnhance.Brightness(picture).enhance(0.12)
    if is_sideways:
        picture = picture.rotate(90, expand=True)
    out = io.BytesIO()
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    picture.save(out, kind, **({"exif": _camera(is_sideways)} if kind in {"JPEG", "HEIF"} else {}))
    return out.getvalue()


def _wrapped(text, font, width):
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if font.getlength(longer) > width:
                yield line
                longer = word
            line = longer
        yield line


def _camera(is_sideways):
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Example", "Phone 12"
    exif[0x0112] = 6 if is_sideways else 1
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 39.0, 12.0), 3: "W", 4: (79.0, 23.0, 0.0)})
    return exif


def make_docx(title, paragraphs, table=()):
    """The bytes of a Word file. `paragraphs` as for make_plan_pdf; `table` is a list of rows of strings."""
    file = docx.Document()
    file.add_heading(title, 0)
    for part in _parts(paragraphs):
        if part["kind"] == "break":
            file.add_page_break()
        elif part["kind"] == "heading":
            file.add_heading(part["text"], 1)
        else:
            file.add_paragraph(part["text"])
    if table:
        grid = file.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, words in zip(grid.add_row().cells, row, strict=True):
                cell.text = words
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def of_plan(text: DemoPlan, patient: str) -> list[tuple[str, bytes]]:
    """The files of an invented plan: one PDF, one Word file, or a photo of each page."""
    if text.kind == "photos":
        return [(f"IMG_20{number}.jpg", make_photo(page)) for number, page in enumerate(text.pages)]
    parts: list[object] = []
    for number, page in enumerate(text.pages):
        parts += [PAGE_BREAK] * bool(number) + _paragraphs(page)
    if text.kind == "docx":
        return [("new plan.docx", make_docx(text.title, parts))]
    return [("plan.pdf", make_plan_pdf(text.title, parts, clinic=text.clinic, patient=patient))]


def _paragraphs(page: str) -> list[object]:
    """Blocks between empty lines; the first line of a block is its heading."""
    blocks = [block.split("\n", 1) for block in page.split("\n\n")]
    return [(block[0], block[1]) if len(block) == 2 else block[0] for block in blocks]


def make_locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_plan_pdf("Plan", ["Locked."]))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="spring", user="spring"))
    return out.getvalue()
