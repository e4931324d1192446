"""Addresses of pages by their names, as `reverse` finds them: each name is asked for once in a process."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

NAMES_KEPT = 2000  # a few hundred pages, by how many keys they take


def find(name: str, *keys: UUID) -> str:
    """The page's address; "" where there is no page of this name with so many keys."""
    pieces = _pieces(name, len(keys), get_script_prefix(), get_urlconf())
    if not keys or not pieces:
        return pieces[0] if pieces else ""
    parts = [pieces[0]]
    for key, piece in zip(keys, pieces[1:], strict=True):
        parts += (str(key), piece)
    return "".join(parts)


@lru_cache(maxsize=NAMES_KEPT)
def _pieces(name: str, count: int, _prefix: str, _urlconf: Any) -> tuple[str, ...]:
    """What stands before, between and behind the keys."""
    stand_ins = [UUID(int=(0x9001 << 112) + number) for number in range(count)]
    try:
        rest = reverse(name, args=stand_ins)
    except NoReverseMatch:
        return ()
    pieces = []
    for each in stand_ins:
        piece, _, rest = rest.partition(str(each))
        pieces.append(piece)
    return (*pieces, rest)
