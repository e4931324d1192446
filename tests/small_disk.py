"""A disk of a few megabytes that really fills up: a tmpfs in a mount namespace of its own, reached through /proc."""

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from portal import local

READY = b"ready\n"


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A folder on such a disk; it is gone with the block."""
    place.mkdir(exist_ok=True)
    script = f'mount -t tmpfs -o size={megabytes}m small "$0" && echo ready && exec sleep 600'
    holder = subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, place],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=local.die_with_parent(signal.SIGKILL),
    )
    try:
        assert holder.stdout.readline() == READY
        yield Path(f"/proc/{holder.pid}/root{place}")
    finally:
        local.stop(holder, signal.SIGKILL)
        holder.stdout.close()


def fill(disk: Path, leave: int = 0) -> Path:
    """A file that takes all the room there is but `leave` bytes."""
    rest = disk / "everything-else"
    with rest.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        out.write(bytes(max(0, shutil.disk_usage(disk).free - leave)))
    return rest


@cache
def is_possible(place: Path = Path("/tmp")) -> bool:
    """Whether this machine lets us have one."""
    try:
        with small_disk(place, 1) as disk:
            return shutil.disk_usage(disk).total == 2**20
    except (OSError, AssertionError):
        return False
