"""The file store: AES-256-GCM in chunks, so that a cut, changed or swapped file is refused."""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from portal import clock
from portal.vault import keys
from portal.vault.models import DataKey, StoredFile

MAGIC = b"RSF1"
CHUNK = 1024 * 1024  # bytes before encryption
TAG = 16


def put(chunks: Iterable[bytes], *, key: DataKey) -> StoredFile:
    """Encrypt a stream of bytes into the store and return its row, saved.

    The file is complete on disk before the row exists; when the transaction or the stream breaks, no file
    stays behind. Raises OSError when the disk is full, and whatever the stream raises.
    """
    stored = StoredFile(id=uuid.uuid4(), key=key, stored_at=clock.now())
    stored.path = f"{stored.id.hex[:2]}/{stored.id.hex}"
    target = _place(stored)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = target.with_suffix(".part")
    try:
        with half.open("xb") as out:
            stored.size, stored.sha256 = _encrypt(_in_chunks(chunks), out, keys.raw(key), stored.id.bytes)
            out.flush()
            os.fsync(out.fileno())
        half.rename(target)
        stored.save(force_insert=True)
    except BaseException:
        half.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise
    return stored


def read(stored: StoredFile) -> Iterator[bytes]:
    """The bytes, chunk by chunk. Raises InvalidTag when the file was cut, changed or swapped; KeyGone after erasure."""
    gcm = AESGCM(keys.raw(stored.key))
    with _place(stored).open("rb") as source:
        if source.read(len(MAGIC)) != MAGIC:
            raise ValueError("not a file of this store")
        prefix = source.read(7)
        number, current = 0, source.read(CHUNK + TAG)
        while True:
            following = source.read(CHUNK + TAG)
            yield gcm.decrypt(_nonce(prefix, number, not following), current, stored.id.bytes)
            if not following:
                return
            number, current = number + 1, following


def read_bytes(stored: StoredFile) -> bytes:
    """The whole file in memory: for page images and small files."""
    return b"".join(read(stored))


def erase(key: DataKey) -> None:
    """Destroy a key: no word sealed under it can be read from now on, and the bytes of its files go after commit.

    The rows stay; what a crash leaves on disk is nobody's to read, and is cleared by `upkeep`.
    """
    keys.destroy(key)
    places = [_place(stored) for stored in StoredFile.objects.filter(key=key)]

    def clear() -> None:
        for place in places:
            place.unlink(missing_ok=True)

    transaction.on_commit(clear, robust=True)


def remove(stored: StoredFile) -> None:
    """Delete the row now and the bytes after commit, so that a rollback loses nothing."""
    place = _place(stored)
    stored.delete()
    transaction.on_commit(lambda: place.unlink(missing_ok=True))


def discard(stored: StoredFile) -> None:
    """Delete the bytes alone: of a file whose row goes with a transaction that breaks."""
    _place(stored).unlink(missing_ok=True)


def _place(stored: StoredFile) -> Path:
    return Path(settings.DOCUMENTS_FOLDER) / stored.path


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


def _encrypt(chunks: Iterator[bytes], out, raw: bytes, about: bytes) -> tuple[int, str]:
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
