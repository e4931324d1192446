"""A value of a row as it is written into a digest."""

import datetime as dt
import json
from typing import Any


def plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return value if value is None or isinstance(value, int) else str(value)
