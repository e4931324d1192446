"""How many things wait behind a tab of the staff's pages. Rooms register theirs in apps.py; each costs one query."""

from collections.abc import Callable
from typing import Any

_counts: dict[str, Callable[[Any], int]] = {}


def register(page: str, count: Callable[[Any], int]) -> None:
    """Show `count(user)` beside the tab that leads to `page`, a name of an address."""
    _counts[page] = count


def of(page: str, user: Any) -> int:
    """0 where nobody counts."""
    count = _counts.get(page)
    return count(user) if count else 0
