"""What Django keeps for each thread (language, zone, addresses' prefix) stands in plain locals of threads.

Django keeps it so that coroutines could share a thread, behind a lock. Nothing here is one, and a page asks for its
language and zone some four hundred times: a tenth of its time went there.
"""

import threading
from types import ModuleType
from typing import Any

from django.urls import base
from django.utils import timezone
from django.utils.translation import trans_real

KEPT: list[tuple[ModuleType, str]] = [
    (trans_real, "_active"),
    (timezone, "_active"),
    (base, "_prefixes"),
    (base, "_urlconfs"),
]
NOTHING = object()


def keep_plainly() -> None:
    """Once, while the process starts: what this thread has set already stays set."""
    for module, name in KEPT:
        before: Any = getattr(module, name)
        if isinstance(before, threading.local):
            continue
        plain: Any = threading.local()
        if (value := getattr(before, "value", NOTHING)) is not NOTHING:
            plain.value = value
        setattr(module, name, plain)
