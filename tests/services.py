"""Early pytest plugin (`-p tests.services`): PostgreSQL and Valkey, up before Django reads its settings.

The leading process starts both in a temporary folder of its own; xdist's workers inherit the addresses.
DATABASE_URL (with DATABASE_OWNER_URL) and REDIS_URL replace either, as `make test-matrix` does.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from portal import local

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
PREFIX = "remission-tests-"
TEMPORARY = Path("/tmp")  # TMPDIR may be too long for a socket's address; mkdtemp makes ours private
STEERING = (
    "EMAIL_URL",
    "DOCUMENTS_URL",
    "CLAMD_URL",
    "TEXT_ENGINE",
    "TEXT_LANGUAGES",
    "SENTRY_DSN",
    "PORTAL_DB_POOL",
    "PORTAL_AS",
    "PORT",
)


def settle_surroundings() -> set[str]:
    """Set what Django's settings will read; return which servers were named from outside."""
    named = {name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=TEMPORARY))
    place.chmod(0o711)  # where user namespaces are forbidden, PostgreSQL runs as nobody and must be let in
    (place / "static").mkdir()
    for name in STEERING:
        os.environ.pop(name, None)
    os.environ |= {
        "PORTAL_VAR": str(place),
        "PORTAL_ENV": "test",
        "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 4,
        "PORTAL_MASTER_KEY": "tests:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    }
    ours = local.addresses(place)
    if "DATABASE_URL" not in named:
        os.environ |= {name: ours[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    if "REDIS_URL" not in named:
        os.environ["REDIS_URL"] = ours["REDIS_URL"]
    return named


def own_broker(url: str, worker: str) -> str:
    """The broker's address with a database of its own for each worker: none takes another's tasks."""
    number, parts = 1 + int(worker.removeprefix("gw")), urlsplit(url)
    if parts.scheme == "unix":
        return f"{url}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


NAMED = set() if WORKER else settle_surroundings()
if WORKER:
    os.environ["REDIS_URL"] = own_broker(os.environ["REDIS_URL"], WORKER)
_running: list[tuple[subprocess.Popen, signal.Signals]] = []


def pytest_configure(config):
    if WORKER or _running:
        return
    sweep()
    place = Path(os.environ["PORTAL_VAR"])
    local.hold(place)
    if "DATABASE_URL" not in NAMED:
        _running.append((local.start_postgres(place, durable=False), signal.SIGINT))
    if "REDIS_URL" not in NAMED:
        _running.append((local.start_redis(place, durable=False), signal.SIGTERM))


def pytest_unconfigure(config):
    if WORKER:
        return
    while _running:
        local.stop(*_running.pop())
    shutil.rmtree(os.environ["PORTAL_VAR"], ignore_errors=True)


def sweep() -> None:
    """Remove the folders of runs that were killed: those whose lock nobody holds any more."""
    for place in TEMPORARY.glob(PREFIX + "*"):
        try:
            with open(place / "lock") as lock:  # a folder without one is just being made
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(place, ignore_errors=True)
        except OSError:
            continue
