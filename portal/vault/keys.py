"""The master key wraps data keys; data keys seal words and files."""

import base64
import binascii
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
from django.db.models import Count, Subquery, Value

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
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raw = b""
        if len(raw) != 32:
            raise ImproperlyConfigured("PORTAL_MASTER_KEY needs 32 bytes in base64 behind each id.")
        if name in keys:
            raise ImproperlyConfigured(f"PORTAL_MASTER_KEY names the key “{name}” twice.")
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


def opens(key: DataKey) -> bool:
    """Whether its master key is here, and the right one."""
    try:
        raw(key)
    except ImproperlyConfigured:
        return False
    return True


def raw(key: DataKey) -> bytes:
    """The 32 bytes of a data key. Raises KeyGone once destroyed, ImproperlyConfigured without its master key."""
    if key.destroyed_at is not None:
        raise KeyGone
    return _unwrap(key.pk, key.master_id, bytes(key.wrapped))


# How many keys were destroyed when this thread last looked; it looks once in each request and task. Rows kept in memory
# are found again under the same number only, so that no process goes on reading what another one has erased.
_seen: ContextVar[int | None] = ContextVar("seen_erasures", default=None)
ASK_EACH_TIME = -1  # inside a transaction that destroys: what it sees, others may not keep
_lately = {"erasures": 0}


def look_again(**_signal: object) -> None:
    """Ask the database about erasures before the next use of a key: a request, or a task, begins."""
    _seen.set(None)


def erasures() -> Subquery:
    """How many keys were destroyed, as a part of a query that a request makes anyway; its answer goes to `seen`."""
    destroyed = DataKey.objects.filter(destroyed_at__isnull=False).order_by().values(together=Value(1))
    return Subquery(destroyed.annotate(number=Count("pk")).values("number"))


def seen(erasures: int | None) -> None:
    """This request has looked: so many keys were destroyed. Nothing changes where it looked before, or destroys."""
    if _seen.get() is None:
        _see(erasures or 0)


def _see(erasures: int) -> int:
    _seen.set(erasures)
    if erasures != _lately["erasures"]:
        _empty()
        _lately["erasures"] = erasures
    return erasures


def _erasures() -> int:
    seen = _seen.get()
    return _see(DataKey.objects.filter(destroyed_at__isnull=False).count()) if seen is None else seen


@functools.lru_cache(maxsize=4096)
def _row(key_id: uuid.UUID, erasures: int) -> DataKey:
    return _asked(key_id)


def _asked(key_id: uuid.UUID) -> DataKey:
    try:
        return DataKey.objects.get(pk=key_id)
    except DataKey.DoesNotExist:
        raise KeyGone from None


def raw_by_id(key_id: uuid.UUID) -> bytes:
    """The bytes of the key that a ciphertext names. Raises KeyGone when it was destroyed, by any process."""
    erasures = _erasures()
    return raw(_asked(key_id) if erasures == ASK_EACH_TIME else _row(key_id, erasures))


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


@transaction.atomic
def destroy(key: DataKey) -> None:
    """Erase everything the key sealed, by forgetting the key. There is no way back; twice is once."""
    now = clock.now()
    if DataKey.objects.filter(pk=key.pk, destroyed_at=None).update(wrapped=b"", destroyed_at=now):
        key.wrapped, key.destroyed_at = b"", now
    else:
        key.refresh_from_db()
    _empty()
    _seen.set(ASK_EACH_TIME)
    transaction.on_commit(look_again)


def forget_cached_keys() -> None:
    """Drop keys held in memory, and ask anew."""
    _empty()
    look_again()


def _empty() -> None:
    _row.cache_clear()
    _unwrap.cache_clear()


def derive(label: str, message: bytes) -> bytes:
    """A keyed digest (32 bytes) under the house key: tokens of links, digests that tell nothing."""
    import hashlib
    import hmac

    return hmac.digest(raw(house_key()), label.encode() + b"\0" + message, hashlib.sha256)
