"""How lines of the log are written: one JSON object each, without health data."""

import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

# Lines of others, up to where they go on with an address or with the words of an error.
OTHERS = ("django.", "celery.")
THEIR_WORDS = re.compile(r"[:(]| raised ")
MOST_PLACES = 20


def without_words(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An error by its kind and its places in the code: its own words may hold what somebody wrote."""
    found = event.pop("exc_info", None)
    error = found if isinstance(found, BaseException) else (found if isinstance(found, tuple) else sys.exc_info())[1]
    if found and error is not None:
        event["error"] = type(error).__name__
        places = traceback.extract_tb(error.__traceback__)[-MOST_PLACES:]
        event["at"] = [f"{place.filename}:{place.lineno} {place.name}" for place in places]
    record = event.get("_record")
    if record is not None and record.name.startswith(OTHERS):
        event["logger"] = record.name
        event["event"] = THEIR_WORDS.split(event["event"], maxsplit=1)[0].strip()
    return event


# The moment, and the ids of the request or task in which the line was written (portal/task_log.py).
WHEN_AND_WHOSE: list[Any] = [structlog.contextvars.merge_contextvars, structlog.processors.TimeStamper(fmt="iso")]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [*WHEN_AND_WHOSE, structlog.stdlib.add_log_level, without_words],
            "processor": structlog.processors.JSONRenderer(),
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own handler mails the whole request, with what was typed, to whoever stands in ADMINS.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "propagate": False},
        "portal": {"level": "INFO"},
        "cases": {"level": "INFO"},
        "bookings": {"level": "INFO"},
    },
}


def configure() -> None:
    """Let structlog hand its lines to the handlers above."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *WHEN_AND_WHOSE,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            without_words,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
