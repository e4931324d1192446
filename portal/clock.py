"""The only clock. Backstage may shift it; sign-in, sessions, codes and limits keep real time."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import caches

OFFSET_KEY = "clock:offset-seconds"
LOOK_AGAIN_AFTER = 1.0  # seconds a process may go on with the offset it saw

_seen = {"at": -LOOK_AGAIN_AFTER, "offset": 0.0}
_own: list[float] = []
_stands: ContextVar[dt.datetime | None] = ContextVar("stands", default=None)


def real_now() -> dt.datetime:
    """The instant it is, in UTC, whatever backstage says."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251


def now() -> dt.datetime:
    """The instant the product lives in, in UTC: real time, plus backstage's offset outside production."""
    return _stands.get() or real_now() + dt.timedelta(seconds=offset())


@contextmanager
def standing_at(instant: dt.datetime) -> Iterator[None]:
    """The clock stands still for whoever asks meanwhile, here and nowhere else: `portal.ready` writes questions so."""
    token = _stands.set(instant)
    try:
        yield
    finally:
        _stands.reset(token)


def today(zone: ZoneInfo) -> dt.date:
    """The local date in a zone."""
    return now().astimezone(zone).date()


def offset() -> float:
    """Seconds that backstage has moved the clock forward; always 0 where the clock cannot be set."""
    if _own:
        return _own[-1]
    if not settings.CLOCK_CAN_BE_SET:
        return 0.0
    if time.monotonic() - _seen["at"] >= LOOK_AGAIN_AFTER:
        _seen.update(at=time.monotonic(), offset=caches["default"].get(OFFSET_KEY, 0.0))
    return _seen["offset"]


def set_offset(seconds: float) -> None:
    """Move the clock, for every process. Raises RuntimeError where the clock cannot be set."""
    if not settings.CLOCK_CAN_BE_SET:
        raise RuntimeError("The clock can be set in development only.")
    caches["default"].set(OFFSET_KEY, seconds, timeout=None)
    _seen["at"] = -LOOK_AGAIN_AFTER


@contextmanager
def lived_at(instant: dt.datetime) -> Iterator[None]:
    """Let this process alone live at an instant and on from it: the past days of the demo are made so.

    Raises RuntimeError in production.
    """
    if settings.IN_PRODUCTION:
        raise RuntimeError("In production every process lives now.")
    _own.append((instant - real_now()).total_seconds())
    try:
        yield
    finally:
        _own.pop()
