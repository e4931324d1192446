"""Tries that are counted for each client, link or desk, in real time: who makes many is told to wait."""

import ipaddress
from collections.abc import Sequence

from django.core.cache import cache
from django.db import connection, transaction

ALLOWED = 20  # made-up links and codes from one address, within these seconds
SECONDS = 600
ONE_CLIENT = 64  # bits of an IPv6 address: whoever has one has all that begin alike

Limit = tuple[str, int, int]  # what is counted, how many at most, within how many seconds


def are_too_many(address: str) -> bool:
    """Count one more made-up link from this address, and say whether it has tried too many for now."""
    return not may_once_more(f"made-up-links:{client_of(address)}", ALLOWED, SECONDS)


def client_of(address: str) -> str:
    """The client behind a network address, as limits count it: a whole network of IPv6 is one."""
    try:
        at = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(at, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((at, ONE_CLIENT), strict=False).network_address)
    return address


def may_once_more(what: str, most: int, seconds: int) -> bool:
    """Count one more of something, unless there were `most` within so many seconds. Whether it may be."""
    return may_under_all([(what, most, seconds)])


def may_under_all(limits: Sequence[Limit]) -> bool:
    """Count one more under each of these limits, or under none of them where one is reached. Whether it may be.

    Requests that come together wait for one another here: the cache alone would let them share one count.
    """
    with transaction.atomic():
        _wait_for_others(limits)
        counts = {_key(limit): cache.get(_key(limit), 0) for limit in limits}
        if any(counts[_key(limit)] >= limit[1] for limit in limits):
            return False
        for limit in limits:
            cache.set(_key(limit), counts[_key(limit)] + 1, limit[2])
    return True


def is_one_reached(limits: Sequence[Limit]) -> bool:
    """Whether nothing more may be counted under one of these."""
    return any(cache.get(_key(limit), 0) >= limit[1] for limit in limits)


def take_back(limits: Sequence[Limit]) -> None:
    """One that was counted before it was judged turned out to be none."""
    with transaction.atomic():
        _wait_for_others(limits)
        for limit in limits:
            if count := cache.get(_key(limit), 0):
                cache.set(_key(limit), count - 1, limit[2])


def forget(limits: Sequence[Limit]) -> None:
    """Begin to count anew."""
    with transaction.atomic():
        _wait_for_others(limits)
        cache.delete_many([_key(limit) for limit in limits])


def forget_past() -> None:
    """Counts of windows that are over: their keys hold addresses of the network, and nobody asks for them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM portal_cache WHERE cache_key IN (SELECT cache_key FROM portal_cache"
            " WHERE expires < now() ORDER BY cache_key FOR UPDATE SKIP LOCKED)"
        )


def _key(limit: Limit) -> str:
    what, _most, seconds = limit
    return f"tries:{what}:{seconds}"


def _wait_for_others(limits: Sequence[Limit]) -> None:
    """In one order everywhere, so that no two wait for each other."""
    with connection.cursor() as cursor:
        for key in sorted(_key(limit) for limit in limits):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
