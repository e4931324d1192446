"""Each night the lines since the night before get one digest, chained to the last, here and in a file outside.

The digest covers every line up to an id. Whoever took a lower id and has not committed yet would come in behind it:
those are waited for first.
"""

import datetime as dt
import hashlib
import json
import time
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from portal.history import outside
from portal.history.models import Digest, Event

# Held by who seals and by who deletes what is old (the function in the database names it too), shared by who proves.
LOCK = 4_715_009
PATIENCE = 60.0  # seconds for transactions that are writing history
BATCH = 2000
FIELDS = (
    "id", "at", "actor_kind", "actor_id", "for_patient", "verb",
    "about_type", "about_id", "patient", "case_id", "why", "address",
)  # fmt: skip


class Unsettled(Exception):
    """Somebody has been writing history for too long to seal it now: the next turn will."""


def seal(now: dt.datetime) -> Digest | None:
    """Tonight's digest, of all lines since the last one; None when it is there. Missed nights are in it.

    The line outside is written before the commit: a death between leaves one line too many there, which the next turn
    takes over. Raises Unsettled, and OSError when the folder cannot be written to.
    """
    if _is_sealed(now):
        return None
    upto = settled_id()
    with transaction.atomic():
        hold()
        if _is_sealed(now):
            return None
        last = _take_over(_last())
        if last and last.on_date == now.date():
            return None
        digest = _made(last, now.date(), max(upto, last.upto_id if last else 0))
        outside.append(line_of(digest))
        digest.save(force_insert=True)
    return digest


def settled_id() -> int:
    """An id below which nobody can come in any more: whoever holds the table open for writing now is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM history_event")
        upto = cursor.fetchone()[0]
        writers, deadline = _writers(cursor), time.monotonic() + PATIENCE
        while writers:
            if time.monotonic() > deadline:
                raise Unsettled
            time.sleep(0.05)
            writers &= _writers(cursor)
    return upto


def _writers(cursor: Any) -> set[str]:
    """Transactions that may have taken an id: an INSERT locks the table before it takes one, until it is over."""
    cursor.execute(
        "SELECT virtualtransaction FROM pg_locks WHERE relation = 'history_event'::regclass AND pid <> pg_backend_pid()"
        " AND mode = 'RowExclusiveLock' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return {row[0] for row in cursor.fetchall()}


def hold(*, shared: bool = False) -> None:
    """Until the transaction ends nobody seals, or deletes what is old enough; several may prove at once."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(%s)", [LOCK])


def _is_sealed(now: dt.datetime) -> bool:
    return Digest.objects.filter(on_date=now.date()).exists()


def _last() -> Digest | None:
    return Digest.objects.order_by("pk").last()


def _take_over(last: Digest | None) -> Digest | None:
    """The night that wrote its line outside and died: taken over when it follows, and its lines are as it says."""
    line = outside.last()
    if not line or line["sha256"] == (last.sha256 if last else ""):
        return last
    digest = from_line(line)
    if digest is None or line_of(_made(last, digest.on_date, digest.upto_id)) != line:
        return last  # not of us; the proof tells
    digest.save(force_insert=True)
    return digest


def from_line(line: outside.Line) -> Digest | None:
    """The row that a line outside was written from; None when it was from none."""
    try:
        return Digest(
            on_date=dt.date.fromisoformat(line["night"]),
            after_id=int(line["after"]),
            upto_id=int(line["upto"]),
            lines=int(line["lines"]),
            newest_at=dt.datetime.fromisoformat(line["newest"]) if line["newest"] else None,
            lines_sha256=str(line["lines_sha256"]),
            previous=str(line["previous"]),
            sha256=str(line["sha256"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _made(last: Digest | None, on_date: dt.date, upto: int) -> Digest:
    after = last.upto_id if last else 0
    lines, newest, sha256 = digested(covered(after, upto))
    digest = Digest(on_date=on_date, after_id=after, upto_id=upto, lines=lines, newest_at=newest, lines_sha256=sha256)
    digest.previous = last.sha256 if last else ""
    digest.sha256 = sealed(digest)
    return digest


def covered(after: int, upto: int) -> QuerySet[Event]:
    """The lines of one night. The first one's reach down without end: a line put in under id 0 is among them."""
    lines = Event.objects.filter(pk__lte=upto)
    return lines.filter(pk__gt=after) if after else lines


def digested(lines: QuerySet[Event]) -> tuple[int, dt.datetime | None, str]:
    """How many, when the youngest was, and the digest of every field of every line in the order of their ids."""
    digest, count, newest = hashlib.sha256(), 0, None
    for row in lines.order_by("pk").values_list(*FIELDS).iterator(chunk_size=BATCH):
        digest.update(json.dumps([_plain(value) for value in row], separators=(",", ":")).encode() + b"\n")
        count, newest = count + 1, max(newest or row[1], row[1])
    return count, newest, digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, int) else str(value)


def line_of(digest: Digest) -> outside.Line:
    return {**_what_is_sealed(digest), "sha256": digest.sha256}


def sealed(digest: Digest) -> str:
    return hashlib.sha256(outside.written(_what_is_sealed(digest)).encode()).hexdigest()


def _what_is_sealed(digest: Digest) -> outside.Line:
    return {
        "night": digest.on_date.isoformat(),
        "after": digest.after_id,
        "upto": digest.upto_id,
        "lines": digest.lines,
        "newest": _plain(digest.newest_at),
        "lines_sha256": digest.lines_sha256,
        "previous": digest.previous,
    }
