"""The file store: AES-256-GCM in chunks, so that a cut, changed or swapped file is refused."""

import contextlib
import datetime as dt
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet

from portal import clock
from portal.vault import erasures, keys, store
from portal.vault.models import DataKey, Removal, StoredFile

MAGIC = b"RSF1"
CHUNK = 1024 * 1024  # bytes before encryption
TAG = 16
SOON_REMOVED = dt.timedelta(hours=1)  # the transaction that gave the bytes up has ended long since


def put(chunks: Iterable[bytes], *, key: DataKey) -> StoredFile:
    """Encrypt a stream of bytes into the store and return its row, saved.

    The file is complete in the store before the row exists; when the transaction or the stream breaks, no file
    stays behind. Raises OSError when the disk is full or the store is away, and whatever the stream raises.
    """
    stored = StoredFile(id=uuid.uuid4(), key=key, stored_at=clock.now())
    stored.path = f"{stored.id.hex[:2]}/{stored.id.hex}"
    with store.current().writing(stored.path) as out:
        stored.size, stored.sha256 = _encrypt(_in_chunks(chunks), out, keys.raw(key), stored.id.bytes)
    try:
        stored.save(force_insert=True)
    except BaseException:
        discard(stored)
        raise
    return stored


def read(stored: StoredFile) -> Iterator[bytes]:
    """The bytes, chunk by chunk. Raises InvalidTag when the file was cut, changed or swapped; KeyGone after erasure."""
    raw = keys.raw(stored.key)
    with store.current().reading(stored.path) as source:
        yield from _decrypt(source, raw, stored.id.bytes)


def lay_out(stored: StoredFile, path: Path) -> None:
    """Write the bytes to a plain file, for the room in which files are opened. Raises as `read`, and OSError."""
    with path.open("wb") as out:
        for chunk in read(stored):
            out.write(chunk)


def read_bytes(stored: StoredFile) -> bytes:
    """The whole file in memory: for page images and small files."""
    return b"".join(read(stored))


def fault(stored: StoredFile) -> str:
    """What is wrong with a file: "missing", "unreadable", "changed", "lost_key"; "" when each byte is as it was put in.

    Raises Away when the store does not answer, KeyGone when it was erased.
    """
    digest, size = hashlib.sha256(), 0
    try:
        raw = keys.raw(stored.key)
        with store.current().reading(stored.path) as source:
            for chunk in _decrypt(_Digested(source, digest), raw, stored.id.bytes):
                size += len(chunk)
    except FileNotFoundError:
        return "missing"
    except store.Away:
        raise
    except OSError:  # a disk that fails
        return "unreadable"
    except ImproperlyConfigured:
        return "lost_key"
    except (InvalidTag, ValueError):
        return "changed"
    return "" if (size, digest.hexdigest()) == (stored.size, stored.sha256) else "changed"


def erase(key: DataKey) -> None:
    """Destroy a key: no word sealed under it can be read from now on, and the bytes of its files go after commit.

    The rows stay. What a crash leaves of the bytes is nobody's to read, and is cleared at night.
    """
    keys.destroy(key)
    paths = list(StoredFile.objects.filter(key=key).values_list("path", flat=True))

    def clear() -> None:
        for path in paths:
            store.current().remove(path)

    transaction.on_commit(clear, robust=True)
    # Where that fails the nightly task does it: nothing is undone because a folder does not answer.
    transaction.on_commit(erasures.keep, robust=True)


def erase_again() -> int:
    """After an archive was brought back: erase what had been erased since it was made; how many keys."""
    missed = erasures.missed()
    for key in missed:
        with transaction.atomic():
            erase(key)
    return len(missed)


def remove(stored: StoredFile) -> None:
    """Delete the row now and the bytes after commit, so that a rollback loses nothing.

    While the store is away they stay noted, and `remove_left` tries again.
    """
    path = stored.path
    stored.delete()
    Removal.objects.create(path=path, since=clock.now())
    transaction.on_commit(lambda: _remove_bytes(path), robust=True)


def _remove_bytes(path: str) -> None:
    store.current().remove(path)
    Removal.objects.filter(path=path).delete()


def left(now: dt.datetime) -> QuerySet[Removal]:
    """Bytes whose removal did not succeed."""
    return Removal.objects.filter(since__lt=now - SOON_REMOVED)


def remove_left(now: dt.datetime) -> int:
    """Try these again; how many went. The rest waits for another night."""
    gone = 0
    for path in list(left(now).values_list("path", flat=True)):
        try:
            _remove_bytes(path)
        except store.Away:
            break
        except OSError:  # a disk that fails
            continue
        gone += 1
    return gone


def discard(stored: StoredFile) -> None:
    """Delete the bytes alone: of a file whose row goes with a transaction that breaks."""
    with contextlib.suppress(OSError):  # what breaks is told; what stays behind is found at night
        store.current().remove(stored.path)


class _Digested:
    """A source whose bytes are counted into a digest as they are read."""

    def __init__(self, source: store.Source, digest: Any):
        self.source, self.digest = source, digest

    def read(self, size: int = -1, /) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        return data


def _decrypt(source: store.Source, raw: bytes, about: bytes) -> Iterator[bytes]:
    gcm = AESGCM(raw)
    if source.read(len(MAGIC)) != MAGIC:
        raise ValueError("not a file of this store")
    prefix = source.read(7)
    number, current = 0, _full(source)
    while True:
        following = _full(source)
        yield gcm.decrypt(_nonce(prefix, number, not following), current, about)
        if not following:
            return
        number, current = number + 1, following


def _full(source: store.Source) -> bytes:
    """The next whole chunk; shorter only at the end, also where a line hands out what it has."""
    data = source.read(CHUNK + TAG)
    while data and len(data) < CHUNK + TAG and (more := source.read(CHUNK + TAG - len(data))):
        data += more
    return data


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def _in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of exactly CHUNK, the last one shorter (or empty, for an empty file)."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    yield bytes(held)


def _encrypt(chunks: Iterator[bytes], out: store.Sink, raw: bytes, about: bytes) -> tuple[int, str]:
    gcm, prefix, digest, size = AESGCM(raw), os.urandom(7), hashlib.sha256(), 0

    def write(data: bytes) -> None:
        digest.update(data)
        out.write(data)

    write(MAGIC + prefix)
    number, current = 0, next(chunks)
    while True:
        following = next(chunks, None)
        size += len(current)
        write(gcm.encrypt(_nonce(prefix, number, following is None), current, about))
        if following is None:
            return size, digest.hexdigest()
        number, current = number + 1, following
