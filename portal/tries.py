"""Tries that are counted for each client, link or desk, in real time: who makes many is told to wait."""

from django.core.cache import cache

ALLOWED = 20  # made-up links and codes from one address, within these seconds
SECONDS = 600


def count(address: str) -> None:
    """One more made-up link from this address."""
    _once_more(_key(address), SECONDS)


def is_over(address: str) -> bool:
    """Whether this address has tried too many for now."""
    return cache.get(_key(address), 0) >= ALLOWED


def may_once_more(what: str, most: int, seconds: int) -> bool:
    """Count one more of something, unless there were `most` within so many seconds. Whether it may be."""
    key = f"tries:{what}:{seconds}"
    if cache.get(key, 0) >= most:
        return False
    _once_more(key, seconds)
    return True


def _once_more(key: str, seconds: int) -> None:
    cache.set(key, cache.get(key, 0) + 1, seconds)


def _key(address: str) -> str:
    return f"made-up-links:{address}"
