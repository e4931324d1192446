"""Where sealed bytes lie: one small interface, over a folder of this machine or a bucket of S3 (DOCUMENTS_URL)."""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

HALF = ".part"


class Away(OSError):
    """The store does not answer: it says nothing about the file."""


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Found:
    """Something that lies in the store. A half is of a writing that has not ended."""

    path: str
    changed_at: dt.datetime
    is_half: bool = False
    upload: str = ""  # the bucket's own name of a half


class Store(Protocol):
    """Bytes by path, "ab/abcd…". Raises Away, another OSError, or FileNotFoundError for what is not there."""

    def writing(self, path: str) -> AbstractContextManager[Sink]:
        """Take bytes in; the file is there when the block ends well, and nothing of it when it breaks."""
        ...

    def reading(self, path: str) -> AbstractContextManager[Source]: ...

    def has(self, path: str) -> bool: ...

    def remove(self, path: str) -> None:
        """Gone afterwards; what is not there is gone already."""
        ...

    def shelves(self) -> Iterator[tuple[str, list[Found]]]:
        """(first two letters of the paths, what lies there, halves included) of each shelf that holds something."""
        ...

    def clear(self, found: Found) -> None:
        """Remove what lay on a shelf, a half included."""
        ...

    def answers(self) -> bool:
        """Whether it can be used now; for the health page."""
        ...


def current() -> Store:
    """The store that the settings name."""
    if settings.DOCUMENTS_URL:
        from portal.vault import s3  # its library is slow to load, and most houses have a folder

        return s3.bucket(settings.DOCUMENTS_URL)
    return Folder(Path(settings.DOCUMENTS_FOLDER))


@dataclass(frozen=True)
class Folder:
    """A folder of this machine. A file gets its name only when all of it is on the disk."""

    root: Path

    @contextmanager
    def writing(self, path: str) -> Iterator[Sink]:
        target = self.root / path
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)  # parents=True below would leave it open to others
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = target.with_suffix(HALF)
        try:
            with half.open("xb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            half.rename(target)
        except BaseException:
            half.unlink(missing_ok=True)
            target.unlink(missing_ok=True)
            raise

    @contextmanager
    def reading(self, path: str) -> Iterator[Source]:
        with (self.root / path).open("rb") as source:
            yield source

    def has(self, path: str) -> bool:
        return (self.root / path).exists()

    def remove(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)

    def shelves(self) -> Iterator[tuple[str, list[Found]]]:
        for folder in sorted(self.root.glob("*")):
            places = sorted(folder.iterdir()) if folder.is_dir() else [folder]
            if found := list(filter(None, map(self._found, places))):
                yield folder.name, found

    def _found(self, place: Path) -> Found | None:
        try:
            changed_at = dt.datetime.fromtimestamp(place.lstat().st_mtime, dt.UTC)
        except FileNotFoundError:  # ended, or removed, while we look
            return None
        return Found(str(place.relative_to(self.root)), changed_at, place.suffix == HALF)

    def clear(self, found: Found) -> None:
        self.remove(found.path)

    def answers(self) -> bool:
        nearest = next(place for place in (self.root, *self.root.parents) if place.exists())  # made with the first file
        return os.access(nearest, os.W_OK | os.X_OK)


def empty(store: Store) -> None:
    """Remove everything: for the demo, which begins anew."""
    for _shelf, found in list(store.shelves()):
        for thing in found:
            store.clear(thing)
