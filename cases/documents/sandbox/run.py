"""Files are opened in a process of their own, with little memory, little time and none of our secrets."""

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cases.documents import kinds, verdicts
from cases.documents.verdicts import Refusal, Verdict

MEMORY = 600 * 10**6  # bytes of address space: what a process holds stays below the promised 600 MB
CPU_SECONDS = 15
WALL_SECONDS = 19  # of the 20 in which a verdict is due
GENTLY = 5  # how far a check steps back behind those who read pages
MORE_GENTLY = 10  # and reading pictures behind the checks
LARGEST_OUTPUT = 400 * 2**20  # bytes of one written file
IDLE_CPU = 5  # seconds; less than this at the wall's end means that the machine was busy, not the file hostile
DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
LEAST_ROOM = 16 * 2**20  # bytes; a check that failed with less left on the disk says nothing about the file
NO_ROOM = errno.ENOSPC  # how a child ends that could not write
WALLS = 3  # so often it is waited on while the machine is busy; in all well inside the time of a claim
WALLS_READING = 6  # the same for reading, which has even less of the machine

ROOT = Path(__file__).resolve().parents[3]


class Busy(Exception):
    """The machine had no time for the check; it says nothing about the file."""


@contextlib.contextmanager
def room(parent: Path) -> Iterator[Path]:
    """A private folder that is gone afterwards, whatever happened inside."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="check-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judge(
    folder: Path,
    kind: kinds.Kind,
    *,
    password: str = "",
    mark: str = "",
    labels: dict[str, str] | None = None,
    draw: int = 0,
) -> Verdict:
    """The verdict on folder/source; leaves folder/clean, and the first `draw` pages as `draw` does.

    Raises Busy, and OSError when the disk is full.
    """
    order = {"do": "judge", "kind": kind.code, "password": password, "mark": mark, "labels": labels, "draw": draw}
    found = _run(folder, order)
    return Verdict(**found)


def draw(folder: Path, kind: kinds.Kind, first: int, last: int) -> None:
    """Leave pictures and words of some pages of folder/clean in the folder. Raises Busy, OSError, Refusal."""
    _do(folder, {"do": "draw", "kind": kind.code, "first": first, "last": last})


def shrink(folder: Path) -> None:
    """Leave a small picture beside each page picture of the folder. Raises Busy, Refusal."""
    _do(folder, {"do": "shrink"})


def read(folder: Path, kind: kinds.Kind, number: int, size: tuple[int, int], engine: dict) -> dict:
    """The words of one page of folder/clean, as `reading.read` finds them. Raises Busy, Refusal."""
    order = {"do": "read", "kind": kind.code, "number": number, "size": size, "engine": engine}
    return _do(folder, {**order, "gently": MORE_GENTLY}, WALLS_READING)


def make_sheets(folder: Path, photos: list[list]) -> None:
    """Leave sheet-N.jpg for each [number, kind, turn] whose photo lies in the folder. Raises Busy, Refusal."""
    _do(folder, {"do": "make_sheets", "photos": photos})


def bind(folder: Path, pages: int, *, draw: int) -> None:
    """Leave folder/clean, a PDF of so many sheets, and its first `draw` pages as `draw` does. Raises Busy, Refusal."""
    _do(folder, {"do": "bind", "pages": pages, "draw": draw})


def gather(folder: Path, parts: list[dict], title: str) -> None:
    """Leave folder/packet, one PDF of all the parts that lie in the folder. Raises Busy, OSError, Refusal."""
    _do(folder, {"do": "gather", "parts": parts, "title": title, "files": len(parts)})


def append(folder: Path, parts: list[dict]) -> None:
    """Leave folder/packet, the first part as it is with the others behind it. Raises Busy, OSError, Refusal."""
    _do(folder, {"do": "append", "parts": parts, "files": len(parts)})


def read_codes(folder: Path, kind: kinds.Kind, pages: list[int]) -> list[list]:
    """[page, words] of the QR codes and bars on pages of folder/clean. Raises Busy, Refusal."""
    found: list[list] = _do(folder, {"do": "read_codes", "kind": kind.code, "pages": pages})["codes"]
    return found


def pick(folder: Path, kind: kinds.Kind, chosen: list[list[int]], *, draw: int = 0) -> None:
    """Make folder/clean a copy of these [page, turn] alone; then draw page `draw` of it. Raises Busy, Refusal."""
    _do(folder, {"do": "pick", "kind": kind.code, "pages": chosen, "draw": draw})


def _do(folder: Path, order: dict, walls: int = WALLS) -> dict:
    """What the child found. Raises Refusal where it could not do it."""
    found = _run(folder, order, walls)
    if found["state"] != verdicts.READY:
        raise Refusal(found["reason"])
    return found


def _run(folder: Path, order: dict, walls: int = WALLS) -> dict:
    """What the child found. A child that died of its limits is a verdict too: the file is too much to open."""
    child = subprocess.Popen(
        [sys.executable, "-B", "-m", "cases.documents.sandbox.run", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "TMPDIR": str(folder)}
        | {"MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )
    used_before = _cpu_of_children()
    words: bytes | None = json.dumps({**order, "cpu": CPU_SECONDS}).encode()
    try:
        for _wall in range(walls):
            try:
                child.communicate(words, timeout=WALL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                words = None  # sent already
                if _cpu_of(child.pid) >= IDLE_CPU:
                    break
    finally:  # also when the task itself is stopped: no check outlives it
        was_cut = child.poll() is None
        if was_cut:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
    if was_cut:
        if _cpu_of_children() - used_before < IDLE_CPU:
            raise Busy
        return {"state": verdicts.REFUSED, "reason": verdicts.TOO_COMPLEX}
    told = folder / "found.json"
    if child.returncode == 0 and told.exists():
        found = json.loads(told.read_text(encoding="utf-8"))
    else:
        found = {"state": verdicts.REFUSED, "reason": verdicts.TOO_COMPLEX}
    if child.returncode == NO_ROOM or (found["state"] == verdicts.REFUSED and _is_full(folder)):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return found


def _is_full(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < LEAST_ROOM


def _cpu_of(pid: int) -> float:
    """Seconds of processor that a running child has had; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu_of_children() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _step_back(gently: int) -> None:
    os.nice(gently)
    with contextlib.suppress(
        OSError
    ):  # a session of its own counts as much as the whole web server, where groups are on
        Path("/proc/self/autogroup").write_text(str(gently), encoding="ascii")


def _limit(cpu: int, files: int = 0) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64 + files, 64 + files))


def _child(folder: Path) -> None:
    order = json.load(sys.stdin)
    _step_back(order.get("gently", GENTLY))
    _limit(order["cpu"], order.get("files", 0))  # before any library that reads the file is even imported
    try:
        found = TASKS[order["do"]](folder, order)
    except Refusal as refusal:
        found = {"state": verdicts.REFUSED, "reason": refusal.reason}
    except MemoryError:
        found = {"state": verdicts.REFUSED, "reason": verdicts.TOO_COMPLEX}
    except OSError as error:
        if error.errno in DISK_FULL:
            sys.exit(NO_ROOM)
        found = {"state": verdicts.REFUSED, "reason": verdicts.DAMAGED}
    except Exception:  # a reader that trips over a file must not tell more than that
        found = {"state": verdicts.REFUSED, "reason": verdicts.DAMAGED}
    (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")


def _judge(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import checks

    verdict = checks.judge(kinds.KINDS[order["kind"]], folder, order["password"], order["mark"], order["labels"])
    if last := min(order["draw"], verdict.pages):
        _draw(folder, {"kind": verdict.kind, "first": 1, "last": last})
    return vars(verdict)


def _draw(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import pages

    pages.draw(folder / "clean", kinds.KINDS[order["kind"]], folder, order["first"], order["last"])
    return {"state": verdicts.READY}


def _shrink(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import pages

    pages.shrink(folder)
    return {"state": verdicts.READY}


def _read(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import tesseract as reading

    kind, size = kinds.KINDS[order["kind"]], tuple(order["size"])
    return {"state": verdicts.READY, **reading.read(folder, kind, order["number"], size, order["engine"])}


def _make_sheets(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import sheets

    sheets.make_sheets(folder, order["photos"])
    return {"state": verdicts.READY}


def _bind(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import sheets

    sheets.bind(folder, order["pages"])
    last = min(order["draw"], order["pages"])
    return _draw(folder, {"kind": kinds.PDF.code, "first": 1, "last": last})


def _gather(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import packets

    packets.gather(folder, order["parts"], order["title"])
    return {"state": verdicts.READY}


def _append(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import packets

    packets.append(folder, order["parts"])
    return {"state": verdicts.READY}


def _read_codes(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import codes

    return {"state": verdicts.READY, "codes": codes.read(folder / "clean", kinds.KINDS[order["kind"]], order["pages"])}


def _pick(folder: Path, order: dict) -> dict:
    from cases.documents.sandbox import picking

    picking.pick(folder, kinds.KINDS[order["kind"]], order["pages"])
    if not order["draw"]:
        return {"state": verdicts.READY}
    return _draw(folder, {"kind": order["kind"], "first": order["draw"], "last": order["draw"]})


TASKS = {
    "judge": _judge,
    "draw": _draw,
    "shrink": _shrink,
    "read": _read,
    "make_sheets": _make_sheets,
    "bind": _bind,
    "gather": _gather,
    "append": _append,
    "pick": _pick,
    "read_codes": _read_codes,
}

if __name__ == "__main__":
    _child(Path(sys.argv[1]))
