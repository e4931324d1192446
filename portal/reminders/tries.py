"""Made-up links, counted for each client in real time: who tries many is told to wait."""

from django.core.cache import cache

ALLOWED = 20
SECONDS = 600


def _key(address: str) -> str:
    return f"made-up-links:{address}"


def count(address: str) -> None:
    """One more made-up link from this address."""
    cache.set(_key(address), cache.get(_key(address), 0) + 1, SECONDS)


def is_over(address: str) -> bool:
    """Whether this address has tried too many for now."""
    return cache.get(_key(address), 0) >= ALLOWED
