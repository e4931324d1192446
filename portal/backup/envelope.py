"""The sealed outside of an archive: AES-256-GCM in chunks, the last one marked, so that no cut or change goes unseen.

Each archive has a key of its own, derived from the backup key and a fresh salt; that key is another one than the
master key, which no archive holds.
"""

import base64
import binascii
import hashlib
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from portal.vault.store import Sink, Source

MAGIC = b"RSB1"
KEY_ID, SALT, TAG = 8, 16, 16
CHUNK = 1024 * 1024  # bytes before encryption


class Broken(Exception):
    """The archive cannot be used; carries the sentence for whoever typed the command."""


def backup_key() -> bytes:
    """Raises Broken when there is none, or it is not one of its own."""
    try:
        key = base64.b64decode(settings.BACKUP_KEY, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise Broken("BACKUP_KEY must be 32 bytes in base64 (docs/operations.md).")
    if settings.BACKUP_KEY in settings.PORTAL_MASTER_KEY:
        raise Broken("BACKUP_KEY must be another key than PORTAL_MASTER_KEY: one lost key would open both.")
    return key


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"remission backup key\0" + key).digest()[:KEY_ID]


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"remission backup archive").derive(key))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Sealing:
    """Takes bytes in and writes them out sealed; without `finish` it never becomes an archive."""

    def __init__(self, out: Sink, key: bytes):
        salt = os.urandom(SALT)
        self.out, self.cipher, self.head = out, _cipher(key, salt), MAGIC + _key_id(key) + salt
        self.held, self.number = bytearray(), 0
        out.write(self.head)

    def write(self, data: bytes) -> None:
        self.held += data
        while len(self.held) > CHUNK:  # more than one: the last is never written before it is known to be
            self._seal(bytes(self.held[:CHUNK]), is_last=False)
            del self.held[:CHUNK]

    def finish(self) -> None:
        self._seal(bytes(self.held), is_last=True)

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        self.out.write(self.cipher.encrypt(_nonce(self.number, is_last), chunk, self.head))
        self.number += 1


class Opening:
    """The bytes again, each chunk only once it is proved. Raises Broken."""

    def __init__(self, source: Source, key: bytes):
        self.source, self.number, self.is_over = source, 0, False
        self.held = memoryview(b"")
        self.head = _exactly(source, len(MAGIC) + KEY_ID + SALT)
        if not self.head.startswith(MAGIC):
            raise Broken("This is not an archive of the portal.")
        if self.head[len(MAGIC) : -SALT] != _key_id(key):
            raise Broken("The archive was sealed with another BACKUP_KEY.")
        self.cipher = _cipher(key, self.head[-SALT:])
        self.following = _exactly(source, CHUNK + TAG)

    def read(self, size: int) -> bytes:
        """`size` bytes, fewer only at the end."""
        parts = []
        while size and (self.held or not self.is_over):
            if not self.held:
                self._open_next()
            parts.append(self.held[:size])
            size -= len(parts[-1])
            self.held = self.held[len(parts[-1]) :]
        return b"".join(parts)

    def _open_next(self) -> None:
        current, self.following = self.following, _exactly(self.source, CHUNK + TAG)
        self.is_over = not self.following
        try:
            self.held = memoryview(self.cipher.decrypt(_nonce(self.number, self.is_over), current, self.head))
        except (InvalidTag, ValueError):
            raise Broken("The archive was cut or changed.") from None
        self.number += 1


def _exactly(source: Any, size: int) -> bytes:
    """`size` bytes, fewer only at the end, also where a line hands out what it has."""
    data = source.read(size)
    while data and len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data
