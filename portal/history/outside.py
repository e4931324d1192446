"""The nights' digests outside the database: one line each, in a file that whoever rewrites the database does not reach.

HISTORY_FOLDER should lie on another machine, or where lines can only be added.
"""

import datetime as dt
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

NAME = "digests.txt"

Line = dict[str, Any]


def path() -> Path:
    return Path(settings.HISTORY_FOLDER) / NAME


def written(line: Line) -> str:
    """The one way to write a line; its digest is of these letters."""
    return json.dumps(line, sort_keys=True, separators=(",", ":"))


def read() -> tuple[list[Line], list[int]]:
    """Every line as it stands, and the numbers of those that cannot be read. Raises OSError."""
    lines: list[Line] = []
    unreadable = []
    try:
        text = path().read_text(errors="replace")
    except FileNotFoundError:
        return [], []
    for number, words in enumerate(text.splitlines(), 1):
        try:
            line = json.loads(words)
        except ValueError:
            line = None
        if isinstance(line, dict) and isinstance(line.get("sha256"), str):
            lines.append(line)
        else:
            unreadable.append(number)
    return lines, unreadable


def last() -> Line | None:
    lines, _unreadable = read()
    return lines[-1] if lines else None


def append(line: Line) -> None:
    """On the disk when this returns. What a death left of a line goes first. Raises OSError."""
    path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _opened(path(), os.O_RDWR | os.O_APPEND) as out:
        _cut_half_a_line(out.fileno())
        out.write(written(line).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())


def _cut_half_a_line(file: int) -> None:
    size = os.fstat(file).st_size
    tail = os.pread(file, min(size, 4096), max(0, size - 4096))
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file, size - len(tail) + tail.rfind(b"\n") + 1)


def write_anew(lines: Iterable[Line], now: dt.datetime) -> Path | None:
    """All of it from the database. The file as it was is set aside beside it, never lost; where it lies now."""
    path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path().with_suffix(".new")
    with _opened(fresh, os.O_RDWR | os.O_TRUNC) as out:
        for line in lines:
            out.write(written(line).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    aside = None
    if path().exists():
        aside = path().with_name(f"digests-until-{now:%Y%m%dT%H%M%S%f}.txt")
        path().rename(aside)
    fresh.rename(path())
    return aside


def _opened(place: Path, how: int) -> Any:
    return os.fdopen(os.open(place, how | os.O_CREAT, 0o600), "r+b" if not how & os.O_APPEND else "ab")
