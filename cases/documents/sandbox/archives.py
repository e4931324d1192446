"""What a zip says of itself, judged before anything is unpacked. Runs in the sandbox; plain Python."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases.documents import kinds, verdicts
from cases.documents.verdicts import Locked, Refusal

MAX_RATIO = 200  # unpacked to packed, for entries that are large at all
RATIO_FROM = 2**20


@contextmanager
def opened(source: Path, *, entries: int, unpacked: int) -> Iterator[zipfile.ZipFile]:
    """A zip of so many entries and bytes at most. Raises Locked, or Refusal, also for what is read inside the block."""
    try:
        with zipfile.ZipFile(source) as package:
            _judge(package.infolist(), entries, unpacked)
            yield package
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, KeyError, zipfile.zlib.error) as error:
        raise Refusal(verdicts.DAMAGED) from error
    except RuntimeError as error:  # zipfile's way to ask for a password
        raise Locked from error


def _judge(found: list[zipfile.ZipInfo], entries: int, unpacked: int) -> None:
    if len(found) > entries or sum(entry.file_size for entry in found) > unpacked:
        raise Refusal(verdicts.TOO_COMPLEX)
    if len({entry.filename.lower() for entry in found}) < len(found):
        raise Refusal(kinds.UNSAFE)  # two parts of one name: readers would differ on which is meant
    for entry in found:
        if entry.flag_bits & 1:
            raise Locked
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise Refusal(verdicts.TOO_COMPLEX)
