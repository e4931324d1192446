"""What the migrations make of an empty database, kept between runs as a dump: they take a quarter of a minute.

The dump's name is a digest of all that the migrations read, so that a changed one is made anew. It lies in the virtual
environment, beside the packages that it was made with, and only for the PostgreSQL that comes with them.
"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connections

from portal import local

FOLDER = Path(sys.prefix) / "migrated"
MOST = 6  # dumps that are kept: a few branches' worth
OURS = re.compile(r"^(?:from|import) ((?:portal|cases|bookings)[\w.]*)", re.MULTILINE)


def migrate(name: str, in_django: Callable[[], None]) -> None:
    """Fill the empty database `name` from the dump; where there is none, by the migrations, and keep what they made.

    Rights that new tables have by default must not be given before: the dump says what each one's are.
    """
    if not _is_our_own():
        return in_django()
    dump = FOLDER / f"{_digest()}.sql"
    if dump.exists():
        dump.touch()
        quiet = ("--quiet", "--no-psqlrc", "--output=/dev/null", "--single-transaction", "--set=ON_ERROR_STOP=1")
        _run("psql", name, *quiet, f"--file={dump}")
        return None
    in_django()
    return _keep(name, dump)


def _keep(name: str, dump: Path) -> None:
    FOLDER.mkdir(exist_ok=True)
    fresh = dump.with_suffix(f".{os.getpid()}")
    _run("pg_dump", name, f"--file={fresh}")
    fresh.rename(dump)
    oldest_last = sorted(FOLDER.glob("*.sql"), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in oldest_last[MOST:]:
        old.unlink(missing_ok=True)


def _is_our_own() -> bool:
    own = local.addresses(Path(os.environ["PORTAL_VAR"]))
    return os.environ["DATABASE_OWNER_URL"] == own["DATABASE_OWNER_URL"]


def _digest() -> str:
    """Of the migrations, of our own modules that they name, and of the packages."""
    root = Path(settings.BASE_DIR)
    files = {path for room in ("portal", "cases", "bookings") for path in (root / room).rglob("migrations/*.py")}
    for path in sorted(files):
        named = (root / module.replace(".", "/") for module in OURS.findall(path.read_text()))
        files |= {file for each in named if (file := each.with_suffix(".py")).exists()}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    packages = sorted(f"{each.name} {each.version}" for each in distributions())
    digest.update("\n".join(packages).encode())
    digest.update(Path(__file__).read_bytes() + (root / "tests" / "database.py").read_bytes())
    return digest.hexdigest()[:32]


def _run(program: str, name: str, *words: str) -> None:
    given, place = urlsplit(os.environ["DATABASE_OWNER_URL"]), connections["default"].settings_dict
    where = {
        "PGHOST": place["HOST"] or place["OPTIONS"].get("host"),
        "PGPORT": place["PORT"],
        "PGUSER": unquote(given.username or ""),
        "PGPASSWORD": unquote(given.password or ""),
        "PGDATABASE": name,
    }
    named = {key: str(value) for key, value in where.items() if value}
    subprocess.run([local.postgres_programs() / program, *words], env=os.environ | named, check=True)
