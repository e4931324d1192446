"""Tries that are counted for each client, link or desk, in real time: who makes many is told to wait."""

from django.core.cache import cache
from django.db import connection, transaction

ALLOWED = 20  # made-up links and codes from one address, within these seconds
SECONDS = 600


def are_too_many(address: str) -> bool:
    """Count one more made-up link from this address, and say whether it has tried too many for now."""
    return not may_once_more(f"made-up-links:{address}", ALLOWED, SECONDS)


def may_once_more(what: str, most: int, seconds: int) -> bool:
    """Count one more of something, unless there were `most` within so many seconds. Whether it may be.

    Requests that come together wait for one another here: the cache alone would let them share one count.
    """
    key = f"tries:{what}:{seconds}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        if (count := cache.get(key, 0)) >= most:
            return False
        cache.set(key, count + 1, seconds)
    return True
