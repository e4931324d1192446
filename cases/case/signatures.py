"""How people sign: a typed name, a drawing, or on paper. What is taken as a signature, and what is not. Pure."""

import base64
import binascii
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_NAME = 120
LARGEST_DRAWING = 200_000  # letters of the picture as the page sends it
WIDEST, TALLEST = 2400, 1200  # pixels
FEWEST_DOTS = 200  # bytes that are not blank: more than a slip of the finger leaves
DATA_URL = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"
HEADER = struct.Struct(">IIBBBBB")
SAMPLES = {0: 1, 2: 3, 4: 2, 6: 4}  # by kind of color: gray, color, each with or without transparency


class SignedHow(TextChoices):
    TYPED = "typed", gettext_lazy("Typed name")
    DRAWN = "drawn", gettext_lazy("Drawn by hand")
    PAPER = "paper", gettext_lazy("Signed on paper")


@dataclass(frozen=True)
class Signature:
    """A signature that was given on the page. `words`: the name as it was typed, or the drawing in base64."""

    how: SignedHow
    words: str


def why_not_name(typed: str, names: Iterable[str]) -> str:
    """Why a typed name is no signature; empty when it is one.

    Lenient: people leave out a middle name or sign with the one before a marriage. One word of a name is enough,
    whatever its accents and capitals; initials alone are not.
    """
    if not typed.strip():
        return _("Type your full name to sign.")
    if len(typed) > LONGEST_NAME:
        return _("That is too long for a name. Type your full name.")
    names = list(names)
    known = {word for name in names for word in _words(name)}
    if known & _words(typed):
        return ""
    return _("That does not look like your name. Type it as it is on your records: %(name)s.") % {"name": names[0]}


def _words(name: str) -> set[str]:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() else " " for sign in bare).split()
    # In scripts without letters, as in Chinese, one sign is a whole word.
    return {word for word in words if len(word) > 1 or not word.isascii()}


def drawing(sent: str) -> str:
    """The picture that a page drew, in base64, rebuilt from its dots alone; empty for anything else.

    Nothing but plain eight-bit PNG passes, and of that only what makes the picture: no comments, no other chunks.
    """
    if not sent.startswith(DATA_URL) or len(sent) > LARGEST_DRAWING:
        return ""
    try:
        return base64.b64encode(_rebuilt(base64.b64decode(sent.removeprefix(DATA_URL), validate=True))).decode()
    except (ValueError, binascii.Error, struct.error, zlib.error):
        return ""


def _rebuilt(content: bytes) -> bytes:
    """The same picture, with header and dots only. Raises ValueError for what is no picture with something on it."""
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR":
        raise ValueError("no header")
    width, height, depth, color, *rest = HEADER.unpack(chunks[0][1])
    if not (0 < width <= WIDEST and 0 < height <= TALLEST) or depth != 8 or color not in SAMPLES or any(rest):
        raise ValueError("not a plain picture")
    size = height * (width * SAMPLES[color] + 1)
    unpacker = zlib.decompressobj()
    dots = unpacker.decompress(b"".join(body for name, body in chunks if name == b"IDAT"), size + 1)
    if len(dots) != size or size - dots.count(0) < FEWEST_DOTS + height:  # a row's first byte says how it is packed
        raise ValueError("not its size, or blank")
    packed = zlib.compress(dots, 9)
    return PNG + b"".join(_chunk(*each) for each in ((b"IHDR", chunks[0][1]), (b"IDAT", packed), (b"IEND", b"")))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not content.startswith(PNG):
        raise ValueError("not a PNG")
    at = len(PNG)
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + length]
        if len(body) != length:
            raise ValueError("cut off")
        yield name, body
        at += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def shown(how: str, words: str) -> str:
    """The name that was typed; empty for a drawing or for paper."""
    return words if how == SignedHow.TYPED else ""
