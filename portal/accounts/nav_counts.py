"""How many things wait behind the tabs of the staff's pages, in one query. Rooms register theirs in apps.py."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, QuerySet, Value

Waiting = Callable[[Any], QuerySet[Any]]
_waiting: dict[str, Waiting] = {}


def register(page: str, waiting: Waiting) -> None:
    """Show how many rows `waiting(user)` finds beside the tab that leads to `page`, a name of an address."""
    _waiting[page] = waiting


def of(pages: Iterable[str], user: Any) -> dict[str, int]:
    """The number beside each tab; none where nobody counts."""
    counted = [
        _waiting[page](user)
        .order_by()
        .values(page=Value(page))
        .annotate(waiting=Count("pk"))
        .values_list("page", "waiting")
        for page in pages
        if page in _waiting
    ]
    return dict(counted[0].union(*counted[1:], all=True)) if counted else {}
