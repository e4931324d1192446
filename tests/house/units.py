"""systemctl's words for a machine without systemd: `python tests/house/units.py PLACES VERB UNIT…`.

It starts the very lines of the units that were put into the folder of units; PLACES is a file that says where the
folders of a server are here.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

PARTS = ["portal-web.service", "portal-worker@1.service", "portal-beat.service"]


class Units:
    def __init__(self, places: Path):
        told = json.loads(places.read_text())
        self.units, self.pids, self.log = Path(told["units"]), Path(told["pids"]), Path(told["log"])
        self.here = told["here"]

    def lines(self, unit: str) -> list[tuple[str, str]]:
        """Names and values of a unit, with this machine's places."""
        name, _, instance = unit.removesuffix(".service").partition("@")
        text = (self.units / (f"{name}@.service" if instance else unit)).read_text()
        for there, here in self.here.items():
            text = text.replace(there, here)
        secrets = str(Path(self.here["/etc/portal"]) / "secrets")
        text = text.replace("%d", secrets).replace("%i", instance).replace("%%", "%")
        return [tuple(line.split("=", 1)) for line in text.splitlines() if "=" in line and not line.startswith("#")]

    def start(self, unit: str) -> None:
        if self.is_active(unit):
            return
        told = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        words, folder = [], "."
        for name, value in self.lines(unit):
            if name == "EnvironmentFile":
                pairs = [line.split("=", 1) for line in Path(value).read_text().splitlines() if "=" in line]
                told |= {key: said for key, said in pairs if not key.startswith("#")}
            elif name == "Environment":
                told |= dict([value.split("=", 1)])
            elif name == "ExecStart":
                words = shlex.split(value)
            elif name == "WorkingDirectory":
                folder = value
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                words, cwd=folder, env=told, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        (self.pids / unit).write_text(str(process.pid))

    def stop(self, unit: str) -> None:
        path = self.pids / unit
        if not path.exists():
            return
        pid, bound = int(path.read_text()), float(dict(self.lines(unit))["TimeoutStopSec"])
        deadline = time.monotonic() + bound
        for sent in (signal.SIGTERM, signal.SIGKILL):
            while self.is_active(unit):
                os.killpg(pid, sent) if sent == signal.SIGKILL else os.kill(pid, sent)
                while self.is_active(unit) and time.monotonic() < deadline:
                    time.sleep(0.1)
                if time.monotonic() >= deadline:
                    break
        path.unlink()

    def is_active(self, unit: str) -> bool:
        path = self.pids / unit
        stat = Path(f"/proc/{path.read_text()}/stat") if path.exists() else path
        try:
            return stat.read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False


def main() -> int:
    units, verb = Units(Path(sys.argv[1])), sys.argv[2]
    named = [name for name in sys.argv[3:] if not name.startswith("-")]
    wanted = [part for name in named for part in (PARTS if name == "portal.target" else [name])]
    if verb == "is-active":
        return 0 if all(units.is_active(unit) for unit in wanted) else 3
    if verb in {"stop", "restart"}:
        for unit in wanted:
            units.stop(unit)
    if verb in {"start", "restart"}:
        for unit in wanted:
            units.start(unit)
    return 0


if __name__ == "__main__":
    sys.exit(main())
