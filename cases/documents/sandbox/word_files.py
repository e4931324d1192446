"""Word and text files: read as words with headings and tables, set anew as a plain PDF. Runs in the sandbox."""

import json
import unicodedata
import zipfile
from pathlib import Path

import typst
from lxml import etree

from cases.documents import kinds, verdicts
from cases.documents.sandbox import archives
from cases.documents.verdicts import Locked, Refusal

MAX_ENTRIES = 2000
MAX_UNPACKED = 200 * 2**20
MAX_XML = 30 * 2**20  # of the one part that holds the words

MAIN_PART = "word/document.xml"
MAIN_TYPE = b"wordprocessingml.document.main+xml"
ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".cab", ".iso", ".docx", ".xlsx", ".pptx", ".jar")
PROGRAMS = (".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".scr", ".lnk", ".hta", ".htm", ".html")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PICTURE_TAGS = {f"{W}drawing", f"{W}pict", f"{W}object"}

# The words arrive as JSON, so that no text can be taken for a typst command.
SHEET = """
#let d = json(bytes(sys.inputs.words))
#set page(paper: "us-letter", margin: 2cm, footer: context text(8.5pt)[
  #d.mark #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: "Libertinus Serif", size: 11pt, hyphenate: false)
#set par(justify: false)
#for block in d.blocks {
  if block.kind == "heading" { heading(level: block.level, block.lines.join(linebreak())) }
  else if block.kind == "item" { list(block.lines.join(linebreak())) }
  else if block.kind == "table" {
    table(columns: (1fr,) * block.columns, ..block.cells.map(cell => [#cell]))
  }
  else if block.kind == "picture" { image(block.file, width: 100%, height: 12cm, fit: "contain") }
  else { par(block.lines.join(linebreak())) }
}
"""


def read_docx(source: Path) -> tuple[list[dict], list[str]]:
    """(blocks, notes) of a Word file. Raises Locked, or Refusal when it is no plain Word file."""
    with source.open("rb") as file:
        if file.read(len(kinds.OLE)) == kinds.OLE:
            file.seek(0)
            _refuse_old_word(file.read())
    with archives.opened(source, entries=MAX_ENTRIES, unpacked=MAX_UNPACKED) as package:
        _judge(package)
        xml = package.read(MAIN_PART)
    return _blocks(xml)


def _refuse_old_word(content: bytes):
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Locked
    raise Refusal(kinds.OLD_WORD)


def _judge(package: zipfile.ZipFile) -> None:
    names = [entry.filename.lower() for entry in package.infolist()]
    for name in names:
        if name.endswith((*ARCHIVES, *PROGRAMS)) or "vbaproject" in name or "activex" in name:
            raise Refusal(kinds.UNSAFE)
    if "[content_types].xml" not in names or MAIN_PART not in names:
        raise Refusal(kinds.TYPE)
    types = package.read("[Content_Types].xml")
    if b"macroenabled" in types.lower():
        raise Refusal(kinds.UNSAFE)
    if MAIN_TYPE not in types:
        raise Refusal(kinds.TYPE)
    if package.getinfo(MAIN_PART).file_size > MAX_XML:
        raise Refusal(verdicts.TOO_COMPLEX)


def _blocks(xml: bytes) -> tuple[list[dict], list[str]]:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Refusal(kinds.UNSAFE)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        body = etree.fromstring(xml, parser).find(f"{W}body")
    except etree.XMLSyntaxError as error:
        raise Refusal(verdicts.DAMAGED) from error
    if body is None:
        raise Refusal(verdicts.DAMAGED)
    notes = [verdicts.PICTURES_LEFT_OUT] if any(True for _ in body.iter(*PICTURE_TAGS)) else []
    blocks = [block for child in body for block in _blocks_of(child)]
    if not any(_words_of(block) for block in blocks):
        raise Refusal(verdicts.NO_WORDS)
    return blocks, notes


def _blocks_of(element):
    if element.tag == f"{W}tbl":
        yield from _table(element)
    elif element.tag == f"{W}p":
        yield from _paragraph(element)
    elif element.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag"}:
        for child in element:
            yield from _blocks_of(child)


def _paragraph(element):
    lines = _lines(element)
    if not any(line.strip() for line in lines):
        return
    style = element.find(f"{W}pPr/{W}pStyle")
    name = style.get(f"{W}val", "") if style is not None else ""
    level = name[-1:] if name.lower().startswith("heading") else "1" if name == "Title" else ""
    if level.isdigit():
        yield {"kind": "heading", "level": min(max(int(level), 1), 4), "lines": lines}
    elif element.find(f"{W}pPr/{W}numPr") is not None or name.startswith("List"):
        yield {"kind": "item", "lines": lines}
    else:
        yield {"kind": "text", "lines": lines}


def _lines(element) -> list[str]:
    """The words of a paragraph with its own line breaks; struck-out revisions are not among them."""
    pieces = []
    for part in element.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        if part.tag == f"{W}t":
            pieces.append(part.text or "")
        elif part.tag == f"{W}noBreakHyphen":
            pieces.append("-")
        else:
            pieces.append(" " if part.tag == f"{W}tab" else "\n")
    return "".join(pieces).split("\n")


def _table(element):
    rows = []
    for row in element.iter(f"{W}tr"):
        if next(row.iterancestors(f"{W}tbl")) is not element:
            continue  # a table inside a cell is read as that cell's words
        rows.append(
            [
                "\n".join(line for p in cell.iter(f"{W}p") for line in _lines(p)).strip()
                for cell in row.findall(f"{W}tc")
            ]
        )
    columns = max((len(row) for row in rows), default=0)
    if columns:
        cells = [cell for row in rows for cell in (*row, *[""] * (columns - len(row)))]
        yield {"kind": "table", "columns": columns, "cells": cells}


def read_text(source: Path) -> list[dict]:
    """Blocks of a text file, one a paragraph. Raises Refusal when it is code, or holds no words."""
    content = source.read_bytes()
    if len(content) > verdicts.MAX_TEXT:
        raise Refusal(verdicts.TOO_LONG)
    if kinds.kind_of(content)[0] is not kinds.TEXT:  # all of it, not the beginning alone
        raise Refusal(kinds.UNSAFE if kinds.has_markup(content) else kinds.TYPE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    paragraphs = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n\n")
    blocks = [
        {"kind": "text", "lines": paragraph.strip("\n").split("\n")} for paragraph in paragraphs if paragraph.strip()
    ]
    if not blocks:
        raise Refusal(verdicts.NO_WORDS)
    return blocks


def _words_of(block: dict) -> str:
    return "".join(block.get("lines", ()) or block.get("cells", ())).strip()


def set_as_pdf(blocks: list[dict], clean: Path, mark: str) -> list[str]:
    """Write the words as a PDF whose foot carries `mark`; a note when some letters have no shape in our fonts.

    Pictures among the blocks lie beside `clean`.
    """
    words = json.dumps({"blocks": blocks, "mark": mark})
    typst.compile(
        SHEET.encode(), output=str(clean), root=str(clean.parent), sys_inputs={"words": words}, ignore_system_fonts=True
    )
    shown = "".join(_words_of(block) for block in blocks)
    return [verdicts.LETTERS_MISSING] if any(map(_is_unshaped, set(shown))) else []


def _is_unshaped(letter: str) -> bool:
    if unicodedata.category(letter)[0] not in "LS":
        return False
    return not unicodedata.name(letter, "").startswith(
        ("LATIN", "GREEK", "CYRILLIC", "MODIFIER LETTER", "FEMININE", "MASCULINE", "MICRO", "DOLLAR", "CENT", "POUND",
         "EURO", "YEN", "PLUS", "LESS", "EQUALS", "GREATER", "NOT", "PLUS-MINUS", "MULTIPLICATION", "DIVISION",
         "DEGREE", "COPYRIGHT", "REGISTERED", "TRADE", "VERTICAL", "TILDE", "ACUTE", "GRAVE", "CIRCUMFLEX",
         "DIAERESIS", "MACRON", "CEDILLA", "BROKEN", "SECTION", "RIGHTWARDS ARROW", "LEFTWARDS ARROW", "UPWARDS",
         "DOWNWARDS", "ALMOST", "MINUS", "INFINITY", "BLACK SQUARE", "BALLOT", "CHECK MARK", "WHITE")
    )  # fmt: skip
