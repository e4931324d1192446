"""Making an archive: the rows as they are at one instant, then the files that these rows name."""

import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import IO
from uuid import UUID

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from portal.backup import places, rows
from portal.backup.entries import Bytes, Rows, Writing
from portal.backup.envelope import Broken, Sealing, backup_key
from portal.vault import store
from portal.vault.models import StoredFile

PIECE = 1024 * 1024
GONE, MISSING, CHANGED = "gone", "missing", "changed"  # erased meanwhile; not there; not as it was put in


@dataclass
class Made:
    name: str
    rows: int = 0
    files: int = 0
    faults: dict[UUID, str] = field(default_factory=dict)


def make(there: store.Store, now: dt.datetime) -> Made:
    """One archive in a place; nothing of it when this breaks. Faults of files are in it and are told.

    Raises Broken, OSError (Away when a store does not answer).
    """
    key, made = backup_key(), Made(places.name_of(now))
    if there.has(made.name):
        raise Broken("There is an archive of this second already.")
    with there.writing(made.name) as out, tempfile.TemporaryFile("w+") as named:
        sealing = Sealing(out, key)
        writing = Writing(sealing)
        _rows(writing, made, now, named)
        named.seek(0)
        for line in named:
            _file(writing, made, *json.loads(line))
        writing.head("end")
        writing.foot(rows=made.rows, files=made.files)
        sealing.finish()
    return made


def _rows(writing: Writing, made: Made, now: dt.datetime, named: IO[str]) -> None:
    """All tables as one transaction sees them; the files that it names are noted, for when it has ended."""
    with _one_instant():
        applied = sorted(MigrationRecorder(connection).applied_migrations())
        writing.head("archive", format=1, made_at=now.isoformat(), migrations=applied)
        writing.foot()
        for table, columns in rows.tables().items():
            writing.head("table", name=table, columns=columns)
            found = Rows()
            for data in rows.out(table, columns):
                found.add(data)
                writing.data(data)
            writing.foot(**found.foot)
            made.rows += found.count
        writing.head("counters", values=rows.counters())
        writing.foot()
        standing = StoredFile.objects.filter(key__destroyed_at=None).order_by("pk")
        for pk, path, sha256 in standing.values_list("pk", "path", "sha256").iterator():
            named.write(json.dumps([str(pk), path, sha256]) + "\n")


@contextmanager
def _one_instant() -> Iterator[None]:
    """A transaction whose every look is at the same instant."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:  # not inside a test's own transaction, which has begun already
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _file(writing: Writing, made: Made, pk: str, path: str, sha256: str) -> None:
    found, fault = Bytes(), ""
    with ExitStack() as stack:
        try:
            source = stack.enter_context(store.current().reading(path))
        except FileNotFoundError:
            fault = MISSING if _is_standing(pk) else GONE
            writing.head("file", path=path, is_there=False)
        else:
            writing.head("file", path=path, is_there=True)
            fault = _bytes(writing, source, found)
            if not fault and found.foot["sha256"] != sha256:
                fault = CHANGED
    writing.foot(**found.foot, fault=fault)
    made.files += 1
    if fault in {MISSING, CHANGED}:
        made.faults[UUID(pk)] = fault


def _bytes(writing: Writing, source: store.Source, found: Bytes) -> str:
    try:
        while data := source.read(PIECE):
            found.add(data)
            writing.data(data)
    except store.Away:
        raise
    except OSError:  # a disk that fails here; what was read of it stays in
        return CHANGED
    return ""


def _is_standing(pk: str) -> bool:
    return StoredFile.objects.filter(pk=pk, key__destroyed_at=None).exists()
