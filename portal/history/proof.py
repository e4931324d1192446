"""Is the record what it was? Each night's lines against its digest, the chain, the file outside, the rights."""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from portal.history import kept, outside, sealing, sealing_rights
from portal.history.models import Digest, Event

KEPT_AT_LEAST = dt.timedelta(days=2191)  # six years; the database's function deletes nothing younger
LATE = dt.timedelta(days=2)
GUARDED = ("history_event", "history_digest", *kept.TABLES)
RIGHTS = ("UPDATE", "DELETE", "TRUNCATE")
# The triggers that write rows of rights: on, as their owner, and deaf to a session that tells them to look away.
FOLLOWING = """
    SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = %s::regclass AND t.tgname LIKE 'pgtrigger\\_%%' AND t.tgenabled IN ('O', 'A')
    AND p.prosecdef AND NOT EXISTS (
        SELECT FROM pg_proc i WHERE i.proname = '_pgtrigger_should_ignore' AND i.prosrc <> 'SELECT false')
"""


@transaction.atomic
def faults(now: dt.datetime) -> list[str]:
    """What does not fit, each with its nights and ids, no names. Nobody seals or deletes meanwhile. Raises OSError."""
    sealing.hold(shared=True)
    digests = list(Digest.objects.order_by("pk"))
    return [
        *_chain(digests),
        *(words for digest in digests if (words := _fault_of_lines(digest, now))),
        *_rights(digests, now),
        *_outside(digests),
        *_late(digests, now),
        *_unguarded(),
    ]


def unsealed() -> int:
    """How many lines wait for the next digest: of these nothing can be proved yet."""
    last = Digest.objects.order_by("pk").last()
    return Event.objects.filter(pk__gt=last.upto_id if last else 0).count()


def _chain(digests: list[Digest]) -> Iterator[str]:
    for digest in digests:
        if sealing.sealed(digest) != digest.sha256:
            yield f"{_night(digest)}: its digest in the database was changed"
    if digests and (digests[0].previous or digests[0].after_id):
        yield f"{_night(digests[0])}: nights before it are missing in the database"
    for before, after in pairwise(digests):
        if (after.previous, after.after_id) != (before.sha256, before.upto_id):
            yield f"{_night(after)}: does not follow the night of {before.on_date} in the database"


def _fault_of_lines(digest: Digest, now: dt.datetime) -> str:
    lines, _newest, sha256 = sealing.digested(sealing.covered(digest.after_id, digest.upto_id))
    if sha256 == digest.lines_sha256:
        return ""
    is_old = digest.newest_at is not None and digest.newest_at < now - KEPT_AT_LEAST
    if lines == 0 and is_old:  # nights go as a whole, when their youngest line is old enough
        return ""
    if lines == digest.lines:
        return f"{_night(digest)}: lines were changed"
    return f"{_night(digest)}: {digest.lines} lines were sealed, {lines} are there"


def _rights(digests: list[Digest], now: dt.datetime) -> Iterator[str]:
    """Rows of rights, table by table: each night's as they were sealed, and none left out between two nights."""
    reached: dict[str, int] = {}
    for digest in digests:
        for table, said in sorted(digest.rights.items()):
            if table not in kept.TABLES:
                yield f"{_night(digest)}: {table} is no table of rights"
                continue
            if said["after"] != reached.get(table, 0):
                yield f"{_night(digest)}: rows of {table} are left out"
            reached[table] = said["upto"]
            if words := _fault_of_rights(table, said, now):
                yield f"{_night(digest)}: {words}"


def _fault_of_rights(table: str, said: dict[str, Any], now: dt.datetime) -> str:
    found = sealing_rights.sealed_again(table, said)
    if found == said:
        return ""
    newest = said["newest"] and dt.datetime.fromisoformat(said["newest"])
    if found["rows"] == 0 and newest and newest < now - KEPT_AT_LEAST:  # they go as a whole, like lines
        return ""
    if found["rows"] == said["rows"]:
        return f"rows of {table} were changed"
    return f"{said['rows']} rows of {table} were sealed, {found['rows']} are there"


def _outside(digests: list[Digest]) -> Iterator[str]:
    lines, unreadable = outside.read()
    yield from (f"The file outside: line {number} cannot be read" for number in unreadable)
    there, here = {line["sha256"] for line in lines}, {digest.sha256: sealing.line_of(digest) for digest in digests}
    for digest in digests:
        if digest.sha256 not in there:
            yield f"{_night(digest)}: not in the file outside, or not as it is in the database"
    for number, line in enumerate(lines, 1):
        if line["sha256"] not in here:
            night = sealing.from_line(line)
            what = _night(night) if night else f"The file outside: line {number}"
            yield f"{what}: in the file outside only, or not as it is there"
        elif line != here[line["sha256"]]:
            yield f"The file outside: line {number} was changed"
    order = [line["sha256"] for line in lines if line["sha256"] in here]
    if order != [digest.sha256 for digest in digests if digest.sha256 in there]:
        yield "The file outside: its lines do not stand in the order of the nights, or twice"


def _late(digests: list[Digest], now: dt.datetime) -> Iterator[str]:
    """Without it, whoever removes the last nights on both sides would leave nothing to see."""
    if digests:
        if digests[-1].on_date < (now - LATE).date():
            yield f"No night since {digests[-1].on_date} was sealed"
    elif Event.objects.filter(at__lt=now - LATE).exists():
        yield "No night was ever sealed"


def _unguarded() -> Iterator[str]:
    """With one account for everything the rights guard nothing; that is said at each start (portal.W001)."""
    app = settings.APP_DATABASE_USER
    with connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute("SELECT tableowner = %s FROM pg_tables WHERE tablename = %s", [app, table])
            if cursor.fetchone()[0]:
                continue
            for right in RIGHTS if table not in kept.TABLES else ("INSERT", *RIGHTS):
                cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [app, table, right])
                if cursor.fetchone()[0]:
                    yield f"{app} has the right to {right} {table}"
            cursor.execute("SELECT has_any_column_privilege(%s, %s, 'UPDATE')", [app, table])
            if cursor.fetchone()[0]:
                yield f"{app} has the right to UPDATE columns of {table}"
        for table in GUARDED:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger"
                " WHERE tgrelid = %s::regclass AND tgname = %s AND tgenabled IN ('O', 'A')",
                [table, f"{table}_insert_only"],
            )
            if not cursor.fetchone()[0]:
                yield f"{table} has no trigger any more that refuses changes"
        for table, followed in kept.TABLES.items():
            cursor.execute(FOLLOWING, [followed])
            if cursor.fetchone()[0] < 3:  # given, changed, removed
                yield f"{table} is not written to any more when {followed} changes"


def _night(digest: Digest) -> str:
    return f"Night of {digest.on_date} (lines {digest.after_id + 1} to {digest.upto_id})"
