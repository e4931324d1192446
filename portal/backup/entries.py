"""The inside of an archive: entries one after another, each a head, its bytes and a foot that says what they were.

archive   head of the house: when, which migrations, which server
table     the rows of one table, as COPY writes them; foot: how many, and the digest of all in any order
counters  where each sequence stands
file      the sealed bytes of one stored file; foot: size and digest, or why they are not there
end       how much of each there was
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from portal.backup.envelope import Broken, Opening, Sealing

HEAD, DATA, FOOT = b"H", b"D", b"F"
PIECE = 256 * 1024
LONGEST = 64 * 1024 * 1024  # of one piece: anything longer is no piece of ours

Said = dict[str, Any]


class Rows:
    """Counts rows and digests them in any order: COPY gives them back in another one."""

    def __init__(self) -> None:
        self.count, self.total, self.half = 0, 0, b""

    def add(self, data: bytes) -> None:
        *whole, self.half = (self.half + data).split(b"\n")
        for row in whole:
            self.total += int.from_bytes(hashlib.sha256(row).digest(), "big")
        self.count += len(whole)

    @property
    def foot(self) -> Said:
        return {"rows": self.count, "sum": f"{self.total % 2**256:064x}"}


class Bytes:
    """Counts bytes and digests them."""

    def __init__(self) -> None:
        self.size, self.digest = 0, hashlib.sha256()

    def add(self, data: bytes) -> None:
        self.size += len(data)
        self.digest.update(data)

    @property
    def foot(self) -> Said:
        return {"size": self.size, "sha256": self.digest.hexdigest()}


class Writing:
    def __init__(self, out: Sealing):
        self.out, self.held = out, bytearray()

    def head(self, what: str, **said: Any) -> None:
        self._piece(HEAD, _letters({"what": what, **said}))

    def data(self, data: bytes) -> None:
        self.held += data
        if len(self.held) >= PIECE:
            self._flush()

    def foot(self, **said: Any) -> None:
        self._flush()
        self._piece(FOOT, _letters(said))

    def _flush(self) -> None:
        if self.held:
            self._piece(DATA, bytes(self.held))
            self.held.clear()

    def _piece(self, kind: bytes, data: bytes) -> None:
        self.out.write(kind + len(data).to_bytes(4, "big") + data)


class Entry:
    """One entry as it is read: its head at once, its bytes as they come, its foot when all of them were taken."""

    def __init__(self, source: Opening, head: Said):
        self.source, self.head = source, head
        self.foot: Said | None = None

    @property
    def what(self) -> str:
        return str(self.head["what"])

    def data(self) -> Iterator[bytes]:
        while self.foot is None:
            kind, data = _next(self.source)
            if kind == DATA:
                yield data
            elif kind == FOOT:
                self.foot = _said(data)
            else:
                raise Broken("The archive is not in order.")


def read(source: Opening) -> Iterator[Entry]:
    """Entry by entry to the end; bytes that were not asked for are passed over. Raises Broken."""
    while True:
        kind, data = _next(source)
        if kind != HEAD:
            raise Broken("The archive is not in order.")
        entry = Entry(source, _said(data))
        yield entry
        for _rest in entry.data():
            pass
        if entry.what == "end":
            if source.read(1):
                raise Broken("The archive is not in order.")
            return


def _next(source: Opening) -> tuple[bytes, bytes]:
    start = source.read(5)
    size = int.from_bytes(start[1:], "big")
    if len(start) < 5 or size > LONGEST:
        raise Broken("The archive is not in order.")
    data = source.read(size)
    if len(data) < size:
        raise Broken("The archive is not in order.")
    return start[:1], data


def _letters(said: Said) -> bytes:
    return json.dumps(said, sort_keys=True).encode()


def _said(data: bytes) -> Said:
    return json.loads(data)
