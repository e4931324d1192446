"""Each night the lines since the night before get one digest, chained to the last, here and in a file outside.

The digest covers every line up to an id, and the rows of rights (sealing_rights.py) likewise. Whoever took a lower id
and has not committed yet would come in behind it: those are waited for first.
"""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from portal.history import kept, outside, sealing_rights
from portal.history.models import Digest, Event
from portal.history.plain import plain

# Held by who seals and by who deletes what is old (the function in the database names it too), shared by who proves.
LOCK = 4_715_009
PATIENCE = 60.0  # seconds for transactions that are writing history
BATCH = 2000
LINES = "history_event"
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
    upto = settled_ids()
    with transaction.atomic():
        hold()
        if _is_sealed(now):
            return None
        last = _take_over(_last())
        if last and last.on_date == now.date():
            return None
        digest = _made(last, now.date(), max(upto[LINES], last.upto_id if last else 0), upto)
        outside.append(line_of(digest))
        digest.save(force_insert=True)
    return digest


def settled_ids() -> dict[str, int]:
    """By table, an id below which nobody can come in any more: who holds one open for writing now is waited for."""
    with connection.cursor() as cursor:
        upto = {table: _last_id(cursor, table) for table in (LINES, *kept.TABLES)}
        writers, deadline = _writers(cursor), time.monotonic() + PATIENCE
        while writers:
            if time.monotonic() > deadline:
                raise Unsettled
            time.sleep(0.05)
            writers &= _writers(cursor)
    return upto


def _last_id(cursor: Any, table: str) -> int:
    column = "id" if table == LINES else "pgh_id"
    cursor.execute(f"SELECT coalesce(max({column}), 0) FROM {table}")  # noqa: S608 -- names of ours
    return int(cursor.fetchone()[0])


def _writers(cursor: Any) -> set[str]:
    """Transactions that may have taken an id: an INSERT locks the table before it takes one, until it is over."""
    cursor.execute(
        "SELECT virtualtransaction FROM pg_locks WHERE relation = ANY(%s::regclass[]) AND pid <> pg_backend_pid()"
        " AND mode = 'RowExclusiveLock' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        [[LINES, *kept.TABLES]],
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
    if digest is None:
        return last
    uptos = {table: int(said["upto"]) for table, said in digest.rights.items()}
    if line_of(_made(last, digest.on_date, digest.upto_id, uptos)) != line:
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
            rights=_rights(line.get("rights", {})),
            previous=str(line["previous"]),
            sha256=str(line["sha256"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _rights(said: Any) -> sealing_rights.Night:
    """What a line says of rows of rights. Raises when it is none of ours."""
    for night in said.values():
        int(night["after"]), int(night["upto"])
    return dict(said)


def _made(last: Digest | None, on_date: dt.date, upto: int, uptos: Mapping[str, int]) -> Digest:
    after = last.upto_id if last else 0
    lines, newest, sha256 = digested(covered(after, upto))
    digest = Digest(on_date=on_date, after_id=after, upto_id=upto, lines=lines, newest_at=newest, lines_sha256=sha256)
    digest.rights = sealing_rights.made(uptos)
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
        digest.update(json.dumps([plain(value) for value in row], separators=(",", ":")).encode() + b"\n")
        count, newest = count + 1, max(newest or row[1], row[1])
    return count, newest, digest.hexdigest()


def line_of(digest: Digest) -> outside.Line:
    return {**_what_is_sealed(digest), "sha256": digest.sha256}


def sealed(digest: Digest) -> str:
    return hashlib.sha256(outside.written(_what_is_sealed(digest)).encode()).hexdigest()


def _what_is_sealed(digest: Digest) -> outside.Line:
    said = {
        "night": digest.on_date.isoformat(),
        "after": digest.after_id,
        "upto": digest.upto_id,
        "lines": digest.lines,
        "newest": plain(digest.newest_at),
        "lines_sha256": digest.lines_sha256,
        "previous": digest.previous,
    }
    # Nights from before rows of rights were sealed stay as they were written.
    return {**said, "rights": digest.rights} if digest.rights else said
