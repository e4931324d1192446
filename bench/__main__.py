"""`make bench`: starts the portal as `make run` does and measures it. ARGS=--quick for a short look."""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import files
from bench.figures import Figure, show
from bench.visitor import Visitor
from portal import local, local_run
from tests.programs import SmtpSink, free_port, wait_until

ROOT = Path(__file__).parent.parent
STEERED = ("PORTAL_", "DATABASE_", "REDIS_", "SECRET_KEY", "EMAIL_", "CLAMD_", "TEXT_", "MAKELEVEL", "PORT")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few requests, messages and cases")
    is_quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="rs-bench-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        figures = measure(Path(folder), 20 if is_quick else 300, is_quick)
        figures += apart("bombs", Path(folder), 2 if is_quick else 5)
        figures += apart("reading", Path(folder), *((3, 200) if is_quick else (20, 2000)))
        figures += apart("messages", Path(folder), 300 if is_quick else 10_000)
        figures += apart("bookings", Path(folder), *((1000, 5) if is_quick else (10_000, 30)))
        figures += apart("growth", Path(folder), *((30, 300) if is_quick else (100, 10_000)))
        figures += apart(
            "load", Path(folder), *((600, 100, 700, 10, 0.2) if is_quick else (10_000, 2000, 70_000, 50, 1))
        )
        print(show(figures))


def measure(folder: Path, requests: int, is_quick: bool) -> list[Figure]:
    port, sink = free_port(), SmtpSink()
    sink.start()
    process, cold = start(folder / "var", port, sink.url)
    local.stop(process, signal.SIGINT, 40)
    process, warm = start(folder / "var", port, sink.url)
    try:
        patient, consultant = people(port)
        case, web = patient.path, web_server(process.pid)
        figures = [
            Figure("start, first time", cold, "s", words="packages there, with the demo's data"),
            Figure("start, again", warm, "s"),
            *pages(port, patient, consultant, requests, folder),
            late(folder / "var", sink),
            Figure("memory", memory(process.pid), "MB", words="sum of PSS, database and broker included"),
            *files.measure(port, patient, case, folder, web, is_quick),
        ]
    finally:
        local.stop(process, signal.SIGINT, 40)
        sink.stop()
    return figures


def apart(name: str, folder: Path, *counts: float) -> list[Figure]:
    """Figures measured by a process of its own: a portal's settings are read once, and these are others."""
    command = [sys.executable, "-m", f"bench.{name}", str(folder / name), *map(str, counts)]
    done = subprocess.run(command, cwd=ROOT, env=surroundings(), stdout=subprocess.PIPE, text=True, check=True)
    return [Figure(**json.loads(line)) for line in done.stdout.splitlines()]


def surroundings() -> dict[str, str]:
    """The environment without what steers a portal."""
    return {name: value for name, value in os.environ.items() if not name.startswith(STEERED)}


def start(var: Path, port: int, mail: str) -> tuple[subprocess.Popen, float]:
    """Start the portal; return its process and the seconds to the line Ready."""
    named = surroundings() | {"PORTAL_VAR": str(var), "PORT": str(port), "EMAIL_URL": mail}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "portal.local_run"], cwd=ROOT, env=named, stdout=subprocess.PIPE, text=True
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ready:"):
            return process, time.perf_counter() - began
    raise SystemExit("The portal did not start:\n" + "".join(said))


def late(var: Path, sink: SmtpSink, ahead: int = 5) -> Figure:
    """How long after it is due a message reaches the mail server when nothing but the clock calls for it."""
    number = str(uuid.uuid4().int)
    named = surroundings() | {"PORTAL_VAR": str(var), "PORTAL_ENV": "development"}
    named["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    command = [sys.executable, "-m", "tests.house.plan_notice", str(ahead), number]
    came = len(sink.messages)
    done = subprocess.run(command, cwd=ROOT, env=named, check=True, stdout=subprocess.PIPE, text=True)
    due = time.monotonic() + float(done.stdout)
    wait_until(lambda: any(is_notice(message) for message in sink.messages[came:]), 120, "the message")
    return Figure("mail: late in peace", max(time.monotonic() - due, 0.1), "s", words="found by beat, every 30 s")


def is_notice(message) -> bool:
    return message["To"] == "theo@example.org"


def pages(port: int, patient: Visitor, consultant: Visitor, requests: int, folder: Path) -> list[Figure]:
    """Times of the pages that people open most, each with its ratio to a bare Django page of this very run."""
    case = patient.path
    with bare_server(folder) as bare_port:
        walks = [
            ("bare Django page", Visitor(bare_port), "/"),
            ("landing", Visitor(port), "/"),
            ("case home", patient, case),
            ("pick a time", patient, f"{case}consultation/?service=plan"),
            ("today", consultant, "/staff/today/"),
        ]
        times = {name: walk(visitor, path, requests) for name, visitor, path in walks}
    bare = statistics.median(times["bare Django page"])
    return [
        Figure(f"page: {name}", 1000 * statistics.median(took), "ms", statistics.median(took) / bare, slowest(took))
        for name, took in times.items()
    ]


def slowest(took: list[float]) -> str:
    return f"95 of 100 within {1000 * statistics.quantiles(took, n=20)[-1]:.1f} ms"


def walk(visitor: Visitor, path: str, requests: int) -> list[float]:
    for _ in range(5):  # both processes of the server have compiled the template
        visitor.get(path)
    took = []
    for _ in range(requests):
        took.append(visitor.get(path))
        assert (visitor.status, visitor.path) == (200, path.partition("?")[0]), f"{path} answered {visitor.status}"
    return took


def people(port: int) -> tuple[Visitor, Visitor]:
    """A patient at her case's home and a consultant, signed in through the backstage."""
    backstage = Visitor(port)
    backstage.get("/backstage/")
    found: dict[str, Visitor] = {}
    for action in dict.fromkeys(re.findall(r'action="(/backstage/sign-in/[^"]+)"', backstage.page)):
        visitor = Visitor(port)
        visitor.get("/backstage/")
        visitor.press(action)
        visitor.get("/home/")
        found.setdefault("patient" if visitor.path.startswith("/cases/") else visitor.path, visitor)
        if {"patient", "/staff/today/"} <= found.keys():
            return found["patient"], found["/staff/today/"]
    raise SystemExit(f"The demo has no patient or no consultant: {sorted(found)}")


@contextmanager
def bare_server(folder: Path) -> Iterator[int]:
    """gunicorn as `make run` starts it, with bench/bare.py in place of the portal; gives its port."""
    log, port = folder / "bare.log", free_port()
    words = local_run.command_of("web", bind=f"127.0.0.1:{port}", var="")
    words[words.index("portal.wsgi:application")] = "bench.bare:application"
    dies = local.die_with_parent(signal.SIGTERM)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=ROOT, stdout=output, stderr=output, preexec_fn=dies
        )
    try:
        wait_until(lambda: answers(port), 20, "the bare page")
        yield port
    finally:
        local.stop(process, signal.SIGTERM)


def answers(port: int) -> bool:
    try:
        visitor = Visitor(port)
        visitor.get("/")
    except OSError:
        return False
    return visitor.status == 200


def memory(pid: int) -> float:
    """Megabytes of a process and all below it; pages shared among them are counted once."""
    return sum(map(proportional, [pid, *descendants(pid)])) / 1000


def descendants(pid: int) -> list[int]:
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return children + [grandchild for child in children for grandchild in descendants(child)]


def web_server(pid: int) -> list[int]:
    """The processes of gunicorn below ours."""
    return [child for child in descendants(pid) if b"gunicorn" in Path(f"/proc/{child}/cmdline").read_bytes()]


def proportional(pid: int) -> float:
    """Kilobytes of proportional set size."""
    try:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):  # it ended in this moment
        return 0
    return float(found.group(1)) if found else 0


if __name__ == "__main__":
    main()
