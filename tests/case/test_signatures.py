"""What counts as a signature: a name that is the person's, a picture that is one."""

import base64
import struct
import zlib

import pytest

from cases.case import signatures


def png(width=60, height=20, *, ink=True, depth=8, color=6, extra=b"", dots=None) -> str:
    """A picture as a page sends it."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    row = b"\0" + (b"\x10\x20\x30\xff" if ink else b"\0\0\0\0") * width
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = zlib.compress(dots if dots is not None else row * height)
    whole = signatures.PNG + chunk(b"IHDR", header) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return signatures.DATA_URL + base64.b64encode(whole).decode()


@pytest.mark.parametrize(
    "typed", ["Rosa Delgado", "rosa delgado", "R. DELGADO", "Rosa M. Delgado-Ruiz", "Rósa Delgádo", "  Rosa "]
)
def test_a_name_is_taken_leniently(typed):
    assert signatures.why_not_name(typed, ["Rosa Delgado"]) == ""


@pytest.mark.parametrize("typed", ["", "  ", "R. D.", "Theo Lindqvist", "x" * 121])
def test_what_is_not_her_name_is_no_signature(typed):
    assert signatures.why_not_name(typed, ["Rosa Delgado"])


def test_a_name_before_marriage_and_one_without_letters_count():
    assert signatures.why_not_name("Rosa Ruiz", ["Xin Delgado", "Rosa Ruiz"]) == ""
    assert signatures.why_not_name("李小龙", ["李小龙"]) == ""


def test_a_drawing_keeps_its_dots_and_nothing_else():
    hidden = struct.pack(">I", 6) + b"tEXt" + b"secret" + b"\0\0\0\0"

    kept = base64.b64decode(signatures.drawing(png(extra=hidden)))

    assert kept.startswith(signatures.PNG)
    assert b"secret" not in kept
    assert signatures.drawing(signatures.DATA_URL + base64.b64encode(kept).decode()) != ""


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "hello",
        "data:image/svg+xml;base64,PHN2Zz4=",
        signatures.DATA_URL + "%%%",
        signatures.DATA_URL + base64.b64encode(b"GIF89a").decode(),
        png(ink=False),
        png(width=9000),
        png(depth=16),
        png(color=3),
        png(dots=b"\0" * 5),
        png(dots=zlib.decompress(zlib.compress(b"\1" * 3_000_000))),
        png()[:-40],
        signatures.DATA_URL + "A" * 300_000,
    ],
)
def test_what_is_no_picture_with_ink_is_no_drawing(sent):
    assert signatures.drawing(sent) == ""
