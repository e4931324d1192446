"""Which tabs and links of a case lead nowhere for some of its people. Rooms register theirs in apps.py."""

from collections.abc import Callable
from typing import Any

Gate = Callable[[Any, Any], bool]
_gates: dict[str, Gate] = {}


def register(page: str, may_open: Gate) -> None:
    """Show the way to `page`, a name of an address, only where `may_open(user, case)`."""
    _gates[page] = may_open


def is_open(page: str, user: Any, case: Any) -> bool:
    """Asked once for a case that a page holds. The patient's own pages are all open, and cost no question."""
    gate = _gates.get(page)
    if gate is None or case is None or user is None or case.patient_id == user.pk:
        return True
    known: dict[tuple[str, Any], bool] = case.__dict__.setdefault("_gates", {})
    if (page, user.pk) not in known:
        known[page, user.pk] = gate(user, case)
    return known[page, user.pk]
