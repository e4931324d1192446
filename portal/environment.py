"""Reading the environment, for settings: one key, the keys of a running `make run`, the address of a database."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str = "") -> str:
    """A setting from the environment, or from the file that NAME_FILE names (for secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {type(error).__name__}.") from None


def load_run_env(folder: Path) -> None:
    """Let `manage.py` find what a running `make run` uses: its keys and addresses, as defaults."""
    path = folder / "run.env"
    if path.exists():
        for line in path.read_text().splitlines():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)


def database(url: str) -> dict[str, Any]:
    """A database from `postgres://user:password@host:port/name?host=/socket/folder`.

    With `pooler=transaction` beside, as PgBouncer calls it, nothing is asked that outlives a transaction.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    pooler = query.pop("pooler", "")
    if pooler not in {"", "transaction"}:
        raise ImproperlyConfigured(f"pooler={pooler} is not known; only pooler=transaction is")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(query.pop("user", parts.username or "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
        "DISABLE_SERVER_SIDE_CURSORS": bool(pooler),
    }
