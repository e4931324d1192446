"""What an error report says, where a service for them is set: kind, places in the code, route. Nothing that was typed.

An error's own words, an address, a header or a line of the log may hold what somebody wrote, and the next version of
the library may send more than this one: only what is named here goes out.
"""

from collections.abc import Mapping
from typing import Any

KEPT = ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk", "logger")
OF_ERROR = ("type", "module")
OF_PLACE = ("filename", "abs_path", "module", "function", "lineno", "in_app")
BY_ROUTE = "route"  # the address as a pattern, without ids


def without_words(event: Mapping[str, Any], hint: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The report as it may leave the house."""
    said = _named(event, KEPT)
    if (event.get("transaction_info") or {}).get("source") == BY_ROUTE:
        said["transaction"] = event.get("transaction")
    if errors := (event.get("exception") or {}).get("values"):
        said["exception"] = {"values": [_error(each) for each in errors]}
    else:
        said["message"] = "A line of the log"
    return said


def nothing(*args: Any) -> None:
    """Neither what happened before, nor how long something took."""


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return _named(error, OF_ERROR) | {"stacktrace": {"frames": [_named(frame, OF_PLACE) for frame in frames]}}


def _named(said: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}


OPTIONS: dict[str, Any] = {
    "max_request_body_size": "never",
    "include_local_variables": False,
    "include_source_context": False,
    "enable_metrics": False,
    "auto_session_tracking": False,
    "max_breadcrumbs": 0,
    "before_send": without_words,
    "before_send_transaction": nothing,
    "before_breadcrumb": nothing,
}
