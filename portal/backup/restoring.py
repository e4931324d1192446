"""Bringing an archive back: onto an empty database and an empty store, all of it or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from portal.backup import rows
from portal.backup.entries import Bytes, Entry, Rows
from portal.backup.envelope import Broken
from portal.backup.proving import Proved, check_foot, opened, prove
from portal.history.rights import grant
from portal.vault import erasures, store

# What migrations and starting fill: an empty database may hold it.
FILLED = {
    "django_migrations", "django_content_type", "auth_permission", "texts_text", "records_recordkind",
    "bookings_service", "portal_cache",
}  # fmt: skip

Say = Callable[[str], object]


class Unfinished(Exception):
    """Rows and files are back and stay, but what comes after them broke."""


def restore(words: str, say: Say, *, only_rows: bool = False) -> Proved:
    """Prove the archive, then bring back rows and files and compare each. What had been erased since is here again.

    Raises Broken with everything as it was, and Unfinished when it broke after rows and files were back.
    """
    proved = prove(words)
    say(f"The archive of {proved.made_at} is whole: {proved.rows} rows, {proved.files} files.")
    refuse_full(proved, only_rows=only_rows)
    _migrate_to(proved)
    with _files_go_when_this_breaks() as kept, transaction.atomic(), opened(words) as found:
        _bring_back(found, None if only_rows else kept)
        _sign_everybody_out()
    say("Rows and files are back, and as they were. Everybody is signed out.")
    try:
        _finish(say)
    except Exception as error:  # its words could hold rows
        raise Unfinished(type(error).__name__) from error
    return proved


def _sign_everybody_out() -> None:
    """An archive knows sign-ins that were ended since: by hand, by another role, with an account."""
    UserSession.objects.all().delete()
    Session.objects.all().delete()


def _finish(say: Say) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    if not erasures.path().exists():
        say(
            f"WARNING: there is no {erasures.path()}, so that nothing could be erased again: WHAT HAD BEEN ERASED "
            "SINCE THE ARCHIVE WAS MADE IS THERE AGAIN. Put the newest list there before anybody signs in (one lies "
            "beside each archive, portal-….erasures), then: manage.py retention."
        )


def refuse_full(proved: Proved, *, only_rows: bool) -> None:
    """Raises Broken unless there is nothing that could be lost."""
    full = [table for table in rows.tables() if table not in FILLED and rows.has_rows(table)]
    if full:
        raise Broken(f"The database is not empty ({len(full)} tables hold rows). Nothing was changed.")
    if not only_rows and any(found for _shelf, found in store.current().shelves()):
        raise Broken("The store of files is not empty. Nothing was changed.")
    further = _applied() - set(proved.migrations)
    if further:
        raise Broken("The database is newer than the archive: give an empty one. Nothing was changed.")
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    if set(proved.migrations) - known:
        raise Broken("The archive was made by a newer version of the portal: install that one. Nothing was changed.")


def _applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def _migrate_to(proved: Proved) -> None:
    """Tables as they were when the archive was made; later changes come when its rows are there."""
    executor, wanted = MigrationExecutor(connection), set(proved.migrations)
    nodes = executor.loader.graph.node_map
    executor.migrate([key for key in sorted(wanted) if not _followers(nodes[key]) & wanted])
    call_command("createcachetable", verbosity=0)
    grant(str(settings.APP_DATABASE_USER))


def _followers(node: Any) -> set[tuple[str, str]]:
    """Migrations of the same app that come after one."""
    return {child.key for child in node.children if child.key[0] == node.key[0]}


def _bring_back(found: Iterator[Entry], kept: list[str] | None) -> None:
    here, guards = rows.tables(), rows.guards()
    rows.empty(list(here))
    for guard in guards:
        rows.turn(guard, is_on=False)
    for entry in found:
        if entry.what == "table":
            _table(entry, here)
        elif entry.what == "counters":
            for table, column, last in entry.head["values"]:
                rows.set_counter(table, column, last)
        elif entry.what == "file" and kept is not None:
            _file(entry, kept)
    if here:
        raise Broken("The archive lacks tables that its version of the portal has.")
    rows.check_ties()
    for guard in guards:
        rows.turn(guard, is_on=True)


def _table(entry: Entry, here: dict[str, list[str]]) -> None:
    """Put in, then read again and compared."""
    name, columns = entry.head["name"], entry.head["columns"]
    if here.pop(name, None) != columns:
        raise Broken("The archive holds tables or columns that its version of the portal does not have.")
    given = Rows()
    rows.put(name, columns, _passed_on(entry, given))
    check_foot(entry, given.foot)
    if rows.counted(name, columns) != given.foot:
        raise Broken("The database does not give back the rows as they were put in.")


def _file(entry: Entry, kept: list[str]) -> None:
    path, given = entry.head["path"], Bytes()
    if not entry.head["is_there"]:
        return
    with store.current().writing(path) as out:
        for data in _passed_on(entry, given):
            out.write(data)
        check_foot(entry, given.foot)
    kept.append(path)
    read = Bytes()
    with store.current().reading(path) as source:
        while data := source.read(1024 * 1024):
            read.add(data)
    if read.foot != given.foot:
        raise Broken("The store does not give back a file as it was put in.")


def _passed_on(entry: Entry, counting: Rows | Bytes) -> Iterator[bytes]:
    for data in entry.data():
        counting.add(data)
        yield data


@contextmanager
def _files_go_when_this_breaks() -> Iterator[Any]:
    kept: list[str] = []
    try:
        yield kept
    except BaseException:
        for path in kept:
            store.current().remove(path)
        raise
