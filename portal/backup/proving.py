"""Proving an archive: every byte of it is opened, every row counted, every file's digest compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from portal.backup import entries, places
from portal.backup.entries import Bytes, Entry, Rows, Said
from portal.backup.envelope import Broken, Opening, backup_key


@dataclass
class Proved:
    made_at: str
    migrations: list[tuple[str, str]]
    tables: dict[str, Said]
    rows: int = 0
    files: int = 0
    faults: int = 0  # files that were not as they should be when the archive was made


@contextmanager
def opened(words: str) -> Iterator[Iterator[Entry]]:
    """The entries of an archive, each proved as far as it was read. Raises Broken, OSError."""
    there, name = places.archive(words)
    try:
        with there.reading(name) as source:
            yield entries.read(Opening(source, backup_key()))
    except (FileNotFoundError, IsADirectoryError):
        raise Broken("There is no such archive.") from None


def prove(words: str) -> Proved:
    """All of it, to its last byte. Raises Broken when anything does not fit, OSError when it cannot be read."""
    with opened(words) as found:
        head = next(found)
        if head.what != "archive" or head.head.get("format") != 1:
            raise Broken("The archive was made by another version of the portal.")
        migrations = [(app, name) for app, name in head.head["migrations"]]
        proved = Proved(head.head["made_at"], migrations, {})
        for entry in found:
            _prove(entry, proved)
    return proved


def _prove(entry: Entry, proved: Proved) -> None:
    if entry.what == "table":
        counted = taken(entry, Rows())
        proved.tables[entry.head["name"]] = counted
        proved.rows += counted["rows"]
    elif entry.what == "file":
        taken(entry, Bytes())
        proved.files += 1
        proved.faults += entry.foot is not None and entry.foot["fault"] in {"missing", "changed"}
    elif entry.what == "end":
        for _none in entry.data():
            raise Broken("The archive is not in order.")
        if entry.foot != {"rows": proved.rows, "files": proved.files}:
            raise Broken("The archive does not hold as much as it says.")
    elif entry.what != "counters":
        raise Broken("The archive was made by another version of the portal.")


def taken(entry: Entry, counting: Rows | Bytes) -> Said:
    """What its bytes come to. Raises Broken when its foot says otherwise."""
    for data in entry.data():
        counting.add(data)
    check_foot(entry, counting.foot)
    return counting.foot


def check_foot(entry: Entry, counted: Said) -> None:
    foot = entry.foot or {}
    if {name: foot.get(name) for name in counted} != counted:
        raise Broken("The archive does not hold what it says.")
