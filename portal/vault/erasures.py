"""What was erased for good, by id, in a file outside the database: an archive from before knows nothing of it.

It lies where the nights' digests lie (HISTORY_FOLDER), and beside each archive. Ids only, of keys, of single versions
of files and of people; and wishes to erase that wait, as ids and times (`cases.case.erasure.outside`). Bringing an
archive back repeats what stands here, and so does each night.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from portal.vault.models import DataKey

NAME = "erasures.txt"
END = ";"


def path() -> Path:
    return Path(settings.HISTORY_FOLDER) / NAME


def keep() -> int:
    """Add the keys that are destroyed and do not stand there yet; how many. Twice adds nothing. Raises OSError."""
    destroyed = DataKey.objects.filter(destroyed_at__isnull=False).order_by("destroyed_at", "pk")
    return add(destroyed.values_list("pk", flat=True))


def add(ids: Iterable[UUID]) -> int:
    """Add those of these that do not stand there yet; how many. Raises OSError."""
    return add_words(map(str, ids))


def add_words(given: Iterable[str]) -> int:
    """The same for ids and other words as `word` makes them."""
    known = words()
    fresh = [each for each in dict.fromkeys(given) if each not in known]
    if fresh:
        path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A death leaves half a line: the next one begins anew, and half an id is no id.
        with os.fdopen(os.open(path(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "ab") as out:
            out.write("".join(f"\n{each}\n" for each in fresh).encode())
            out.flush()
            os.fsync(out.fileno())
    return len(fresh)


def word(kind: str, *parts: object) -> str:
    """A word that says more than an id. It ends in a sign, without which it is half a word."""
    return f"{kind}={','.join(map(str, parts))}{END}"


def words() -> set[str]:
    """All that stands there whole. Raises OSError."""
    try:
        found = path().read_text(errors="replace").split()
    except FileNotFoundError:
        return set()
    return {each for each in found if _is_id(each) or (each.endswith(END) and "=" in each)}


def said(kind: str) -> list[list[str]]:
    """The parts of each word of this kind. Raises OSError."""
    ours = (each for each in words() if each.startswith(f"{kind}="))
    return [each.removesuffix(END).partition("=")[2].split(",") for each in ours]


def listed() -> set[UUID]:
    """The ids that stand there; what is no id is passed over. Raises OSError."""
    return {UUID(each) for each in words() if _is_id(each)}


def missed() -> list[DataKey]:
    """Keys that were destroyed once and are here again, since an archive from before was brought back."""
    return list(DataKey.objects.filter(pk__in=listed(), destroyed_at=None).order_by("pk"))


def _is_id(word: str) -> bool:
    try:
        return str(UUID(word)) == word
    except ValueError:
        return False
