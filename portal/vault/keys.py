"""The master key wraps data keys; data keys seal words and files."""

import base64
import functools
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from portal import clock
from portal.vault.models import DataKey

NONCE = 12  # bytes, AES-GCM


class KeyGone(Exception):
    """The key was destroyed: what it sealed is erased for good."""


@functools.cache
def _master_keys(setting: str) -> dict[str, bytes]:
    keys = {}
    for part in filter(None, setting.split(",")):
        name, _, encoded = part.strip().partition(":")
        raw = base64.b64decode(encoded)
        if len(raw) != 32:
            raise ImproperlyConfigured("PORTAL_MASTER_KEY needs 32 bytes in base64 behind each id.")
        keys[name] = raw
    if not keys:
        raise ImproperlyConfigured("PORTAL_MASTER_KEY is missing: without it nothing sealed can be read.")
    return keys


def master_keys() -> dict[str, bytes]:
    """The master keys by id, the newest first. Raises ImproperlyConfigured when none is there."""
    return _master_keys(settings.PORTAL_MASTER_KEY)


def new_key(purpose: str = "case") -> DataKey:
    """A fresh data key, wrapped by the newest master key and saved."""
    key = DataKey(purpose=purpose, made_at=clock.now())
    wrap(key, AESGCM.generate_key(256))
    key.save()
    return key


def wrap(key: DataKey, raw: bytes) -> None:
    """Put the raw key under the newest master key. The caller saves."""
    key.master_id, master = next(iter(master_keys().items()))
    nonce = os.urandom(NONCE)
    key.wrapped = nonce + AESGCM(master).encrypt(nonce, raw, key.pk.bytes)


@functools.lru_cache(maxsize=4096)
def _unwrap(key_id: uuid.UUID, master_id: str, wrapped: bytes) -> bytes:
    try:
        master = master_keys()[master_id]
        return AESGCM(master).decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.bytes)
    except (KeyError, InvalidTag):
        raise ImproperlyConfigured(
            f"PORTAL_MASTER_KEY does not hold the key “{master_id}” that this data was sealed under."
        ) from None


def raw(key: DataKey) -> bytes:
    """The 32 bytes of a data key. Raises KeyGone once destroyed, ImproperlyConfigured without its master key."""
    if key.destroyed_at is not None:
        raise KeyGone
    return _unwrap(key.pk, key.master_id, bytes(key.wrapped))


@functools.lru_cache(maxsize=4096)
def _row(key_id: uuid.UUID) -> DataKey | None:
    return DataKey.objects.filter(pk=key_id).first()


def raw_by_id(key_id: uuid.UUID) -> bytes:
    """The bytes of the key that a ciphertext names. Raises KeyGone when it was destroyed."""
    key = _row(key_id)
    if key is None:
        _row.cache_clear()
        raise KeyGone
    return raw(key)


_held: ContextVar[DataKey | None] = ContextVar("held_house_key", default=None)


@contextmanager
def holding_house_key() -> Iterator[None]:
    """Ask for the house key once, for the many messages made inside. Only within one transaction."""
    token = _held.set(house_key())
    try:
        yield
    finally:
        _held.reset(token)


def house_key() -> DataKey:
    """The one key for what belongs to no case: drafts, mail bodies, links. Made on first use."""
    if held := _held.get():
        return held
    found = DataKey.objects.filter(purpose="house").first()
    if found:
        return found
    try:
        with transaction.atomic():
            return new_key("house")
    except IntegrityError:  # another process made it in this moment
        return DataKey.objects.get(purpose="house")


def destroy(key: DataKey) -> None:
    """Erase everything the key sealed, by forgetting the key. There is no way back."""
    key.wrapped, key.destroyed_at = b"", clock.now()
    key.save(update_fields=["wrapped", "destroyed_at"])
    forget_cached_keys()


def forget_cached_keys() -> None:
    """Drop keys held in memory: after a destruction, a rotation, or between tests."""
    _row.cache_clear()
    _unwrap.cache_clear()


def derive(label: str, message: bytes) -> bytes:
    """A keyed digest (32 bytes) under the house key: tokens of links, digests that tell nothing."""
    import hashlib
    import hmac

    return hmac.digest(raw(house_key()), label.encode() + b"\0" + message, hashlib.sha256)
