"""A `make run` of the tests' own, beside the suite."""

import fcntl
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.programs import free_port, wait_until

ROOT = Path(__file__).parent.parent.parent
STEERED = (
    "PORTAL_",
    "DATABASE_",
    "REDIS_",
    "PYTEST_",
    "SECRET_KEY",
    "EMAIL_",
    "CLAMD_",
    "TEXT_",
    "MAKELEVEL",
    "DJANGO_",
)


class Run:
    """A `make run` of our own, in a temporary folder, without the demo."""

    def __init__(self, var: Path, **more: str):
        self.var, self.port = var, int(more.pop("PORT", 0)) or free_port()
        var.mkdir(parents=True, exist_ok=True)
        (var / "demo-loaded").touch()
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(STEERED)}
        surroundings |= {"PORTAL_VAR": str(var), "PORT": str(self.port)} | more
        self.named = more
        self.output = var / "output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.local_run"],
                cwd=ROOT,
                env=surroundings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def wait_until_ready(self) -> None:
        wait_until(lambda: "Ready: " in self.said() or self.process.poll() is not None, 300, "the line Ready")
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.output.read_text()

    def ask(self, path: str) -> int:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=5) as answer:
            return answer.status

    def children(self) -> dict[str, int]:
        """Name → process id of what it started."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = {}
        for pid in listed:
            try:
                words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError):  # it ended in this moment
                continue
            name = next(
                (name for name in ("gunicorn", " worker ", " beat ", "postgres", "valkey") if name in words), ""
            )
            found[name.strip()] = int(pid)
        return found

    def stop(self, sent: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(sent)
        return self.process.wait(30)

    def has_left_nothing(self) -> bool:
        """Every process it started holds its lock."""
        with (self.var / "lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True
