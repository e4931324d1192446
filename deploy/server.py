#!/usr/bin/env python3
"""One small server without containers: `install`, `upgrade`, `back-out`, `backup-to`, `front`. Run as root.

A release is a folder of its own under HOME/releases, with its packages; `HOME/current` names the one that runs. An
upgrade backs up first, tries the new release where nobody reaches it, and puts release and rows back by itself when
a migration or that trial fails. Broken off anywhere (power, kill -9), the next command, or `back-out`, ends it.
Needs nothing but Python: it runs before any package is there.
"""

import argparse
import base64
import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

UNITS = ["portal-web.service", "portal-worker@1.service", "portal-beat.service"]
WHOLE = "portal.target"
LEFT_OUT = (".git", ".venv*", "var", "node_modules", "tests", "bench", "__pycache__", ".*_cache", "test-results")
KEPT_RELEASES = 3
HEALTHY_SECONDS = 90
STOP_SECONDS = 30
NAME = re.compile(r"[\w.-]+", re.ASCII)
PAGES = ("/healthz", "/readyz", "/", "/accounts/login/")
MADE = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "PORTAL_MASTER_KEY": lambda: f"first:{base64.b64encode(secrets.token_bytes(32)).decode()}",
    "BACKUP_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
}
GIVEN = ("DATABASE_URL", "EMAIL_URL")
OWNER = "DATABASE_OWNER_URL"


class Failed(Exception):
    """Carries the sentence that is shown."""


class Server:
    """One house: where its releases, settings and data are, and who starts and stops its programs."""

    def __init__(self, said: argparse.Namespace):
        self.home, self.settings, self.units = said.home, said.settings, said.units
        self.account, self.venv, self.services = said.account, said.venv, said.services.split()
        home = self.home
        self.releases, self.current, self.note = home / "releases", home / "current", home / "upgrade.json"

    # --- verbs ---

    def install(self, source: Path, name: str) -> None:
        """The first release. May be run again until all settings are there."""
        if self.current.exists():
            raise Failed(f"Release {self.runs()} is installed: use upgrade.")
        self._lay_out(source)
        if lacking := self._lacking():
            raise Failed(f"Fill these in, then install again: {', '.join(lacking)}.")
        self._make_account()
        self._unpack(source, name)
        self._manage(name, "prepare", as_owner=True)
        self._try(name)
        self._point_to(name)
        self._put_units()
        self._ask_services("enable", WHOLE)
        self._ask_services("start", WHOLE)
        self._wait_until_well()
        say(f"Release {name} is installed and runs. The first person: server.py manage first_admin NAME EMAIL")

    def upgrade(self, source: Path, name: str) -> None:
        """Backup, new release, migrations, trial, start; back to what was when any of it fails."""
        before = self.runs()
        if not before:
            raise Failed("Nothing is installed here: use install.")
        if name == before:
            raise Failed(f"Release {name} runs already.")
        self._unpack(source, name)
        say("Backing up …")
        self._manage(before, "backup")
        self._begin(before, name)
        try:
            self._ask_services("stop", WHOLE)
            self._manage(before, "set_aside", "copy", as_owner=True)
            say("Preparing database and pages …")
            self._manage(name, "prepare", as_owner=True)
            self._try(name)
            self._point_to(name)
            self._put_units()
            self._ask_services("start", WHOLE)
            self._wait_until_well()
        except (Exception, KeyboardInterrupt) as reason:
            say(f"{reason}\nBacking out …")
            self.back_out()
            raise Failed(f"The upgrade to {name} failed. Release {before} and its data are as they were.") from reason
        self.note.unlink()  # from here on the new release stands
        self._manage(name, "set_aside", "forget", as_owner=True)
        self._forget_old()
        say(f"Release {name} runs. The one before, {before}, is kept.")

    def back_out(self) -> None:
        """Release and rows as the note of an unfinished upgrade says they were. May be run again."""
        if not self.note.exists():
            raise Failed("No upgrade is unfinished: nothing to back out of.")
        before = json.loads(self.note.read_text())["before"]
        self._ask_services("stop", WHOLE)
        self._manage(before, "set_aside", "back", as_owner=True)
        self._manage(before, "collectstatic", "--noinput", "--verbosity", "0")
        self._point_to(before)
        self._put_units()
        self._ask_services("start", WHOLE)
        self._wait_until_well()
        self.note.unlink()

    def backup_to(self, place: str) -> None:
        """Make an archive there, prove it, and let the worker make one each night from now on."""
        runs = self.runs()
        if not runs:
            raise Failed("Nothing is installed here: use install.")
        self._manage(runs, "backup", "--to", place)
        self._manage(runs, "verify_backup", BACKUP_TO=place)
        self._write_setting("BACKUP_TO", place)
        if "://" not in place:  # all else of the disk is closed to the worker
            opened = self.units / "portal-worker@.service.d" / "backup-to.conf"
            opened.parent.mkdir(exist_ok=True)
            opened.write_text(f"[Service]\nReadWritePaths={Path(place).absolute()}\n")
            self._ask_services("daemon-reload")
        self._ask_services("restart", UNITS[1])
        say(f"Archives go to {place} each night; one was made and proved just now.")

    def manage(self, *words: str, as_owner: bool) -> None:
        """A command of manage.py with this house's settings."""
        if not self.runs():
            raise Failed("Nothing is installed here: use install.")
        self._manage(self.runs(), *words, as_owner=as_owner)

    def finish_what_was_broken_off(self) -> None:
        if self.note.exists():
            say("An upgrade was broken off. Backing out of it first …")
            self.back_out()

    def runs(self) -> str:
        """The name of the release that runs, or the empty string."""
        return os.readlink(self.current).rpartition("/")[2] if self.current.is_symlink() else ""

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One command at a time."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Failed("Another command of this program is at work.") from None
            yield

    # --- settings ---

    def _lay_out(self, source: Path) -> None:
        """Folders, keys and the file of settings; what is there stays as it is."""
        hidden = self.settings / "secrets"
        for folder in (self.settings, hidden, self.settings / "owner"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (*MADE, *GIVEN):
            if not (hidden / name).exists():
                write_private(hidden / name, MADE[name]() if name in MADE else "")
        if not (self.settings / "owner" / OWNER).exists():
            write_private(self.settings / "owner" / OWNER, "")
        if not (self.settings / "portal.env").exists():
            write_private(self.settings / "portal.env", (source / "deploy" / "portal.env").read_text())

    def _lacking(self) -> list[str]:
        """Settings that nobody but the people of this house can know."""
        known = self._told(as_owner=True)
        needed = ("PORTAL_ORIGIN", "DEFAULT_FROM_EMAIL", "PORTAL_VAR", *GIVEN, OWNER)
        return [name for name in needed if not known.get(name)]

    def _told(self, *, as_owner: bool = False) -> dict[str, str]:
        """Settings of portal.env and of the files of secrets; the owner's account only where tables change."""
        told = {}
        for line in (self.settings / "portal.env").read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                name, _, value = line.partition("=")
                told[name.strip()] = value.strip().strip("\"'")
        for folder in ("secrets", *(["owner"] if as_owner else [])):
            told |= {path.name: path.read_text().strip() for path in sorted((self.settings / folder).iterdir())}
        return told

    def _write_setting(self, name: str, value: str) -> None:
        path = self.settings / "portal.env"
        lines = [line for line in path.read_text().splitlines() if not line.startswith(f"{name}=")]
        write_private(path, "\n".join([*lines, f"{name}={value}"]))

    # --- releases ---

    def _unpack(self, source: Path, name: str) -> None:
        """The release's folder with its packages, whole or not at all."""
        if not NAME.fullmatch(name) or name.startswith("."):
            raise Failed(f"{name!r} is no name for a release: letters, numbers, . _ - only.")
        if not (source / "manage.py").is_file():
            raise Failed(f"{source} holds no release: manage.py is not there.")
        there = self.releases / name
        if (there / "whole").exists():
            return
        shutil.rmtree(there, ignore_errors=True)
        say(f"Unpacking {name} …")
        shutil.copytree(source, there, ignore=shutil.ignore_patterns(*LEFT_OUT))
        python = there / ".venv" / "bin" / "python"
        if self.venv:
            (there / ".venv").symlink_to(self.venv.absolute())
        else:
            packages = ["install", "-q", "--require-hashes", "-r", str(there / "requirements" / "main.txt")]
            self._run([sys.executable, "-m", "venv", str(there / ".venv")], there, {})
            self._run([str(python), "-m", "pip", *packages], there, {})
        self._run([str(python), "-m", "compileall", "-q", "portal", "cases", "bookings"], there, {})
        (there / "whole").touch()

    def _point_to(self, name: str) -> None:
        new = self.home / "current.new"
        new.unlink(missing_ok=True)
        new.symlink_to(self.releases / name)
        new.replace(self.current)

    def _begin(self, before: str, name: str) -> None:
        """From here on whoever comes next knows what to go back to."""
        half = self.note.with_suffix(".half")
        half.write_text(json.dumps({"before": before, "to": name}))
        half.replace(self.note)

    def _put_units(self) -> None:
        """The units of the release that runs."""
        for unit in (self.current / "deploy" / "systemd").iterdir():
            shutil.copyfile(unit, self.units / unit.name)
        self._ask_services("daemon-reload")

    def _make_account(self) -> None:
        """Who runs the portal, and the folder of its data."""
        folder = Path(self._told()["PORTAL_VAR"])
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if not self._as_account():
            return
        if subprocess.run(["id", "--user", self.account], capture_output=True, check=False).returncode:
            subprocess.run(["useradd", "--system", "--home-dir", str(folder), self.account], check=True)
        shutil.chown(folder, self.account, self.account)

    def _forget_old(self) -> None:
        found = sorted((path for path in self.releases.iterdir()), key=lambda path: path.stat().st_mtime)
        for path in found[:-KEPT_RELEASES]:
            if path.name != self.runs():
                shutil.rmtree(path, ignore_errors=True)

    # --- programs ---

    def _manage(self, release: str, *words: str, as_owner: bool = False, **more: str) -> None:
        there = self.releases / release
        told = self._told(as_owner=as_owner) | ({"PORTAL_AS": "owner"} if as_owner else {}) | more
        command = [str(there / ".venv" / "bin" / "python"), "manage.py", *words]
        self._run(command, there, told, **self._as_account())

    def _run(self, command: list[str], there: Path, told: dict[str, str], **who: object) -> None:
        done = subprocess.run(command, cwd=there, env=surroundings() | told, check=False, **who)
        if done.returncode:
            raise Failed(f"`{' '.join(command[1:4])}` failed in {there.name} (exit {done.returncode}).")

    def _as_account(self) -> dict[str, object]:
        if not self.account or os.geteuid():
            return {}
        return {"user": self.account, "group": self.account, "extra_groups": []}

    def _try(self, name: str) -> None:
        """Start the new release on the port beside, which nginx does not know, and open its first pages."""
        there, told = self.releases / name, self._told()
        port = self._port() + 1
        words = f"-m gunicorn portal.wsgi:application --bind 127.0.0.1:{port} --threads 4 --no-control-socket"
        process = subprocess.Popen(
            [str(there / ".venv" / "bin" / "python"), *words.split()],
            cwd=there, env=surroundings() | told, stdin=subprocess.DEVNULL, start_new_session=True,
            **self._as_account(),
        )  # fmt: skip
        try:
            wait_until(lambda: process.poll() is not None or self._answers(port), f"{name} to answer in its trial")
            if process.poll() is not None:
                raise Failed(f"{name} stopped by itself in its trial.")
        finally:
            end(process)

    def _wait_until_well(self) -> None:
        wait_until(lambda: self._answers(self._port()) and self._are_up(), "the pages, the worker and beat")

    def _port(self) -> int:
        return int(self._told().get("PORT") or 8000)

    def _answers(self, port: int) -> bool:
        host = self._told()["PORTAL_ORIGIN"].partition("//")[2]
        return all(answers(port, path, host) for path in PAGES)

    def _are_up(self) -> bool:
        return subprocess.run([*self.services, "is-active", "--quiet", *UNITS], check=False).returncode == 0

    def _ask_services(self, verb: str, *units: str) -> None:
        if subprocess.run([*self.services, verb, *units], check=False).returncode:
            raise Failed(f"`{' '.join([*self.services, verb, *units])}` failed.")


def answers(port: int, path: str, host: str) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- a fixed http address
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until(is_so, what: str) -> None:
    deadline = time.monotonic() + HEALTHY_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise Failed(f"Waited {HEALTHY_SECONDS} s for {what}.")
        time.sleep(0.3)


def end(process: subprocess.Popen) -> None:
    for sent in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, sent)
            process.wait(STOP_SECONDS)
            return
    process.wait()


def surroundings() -> dict[str, str]:
    """What any program is told; settings come from the files of this house alone."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def write_private(path: Path, text: str) -> None:
    """Never half a file, and nobody else's to read: without their key the data are lost."""
    half = path.with_name(f".{path.name}.half")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{text}\n")
    half.replace(path)


def front(text: str, port: int) -> str:
    """The nginx file of the containers for this machine: its port, and words that Debian 12's nginx knows."""
    changes = {"server web:8000;": f"server 127.0.0.1:{port};", "listen 443 ssl;": "listen 443 ssl http2;"}
    for shipped, here in (changes | {"    http2 on;\n": ""}).items():
        if text.count(shipped) != 1:
            raise Failed(f"deploy/nginx.conf has no single {shipped.strip()!r}.")
        text = text.replace(shipped, here)
    return text


def say(words: str) -> None:
    print(words, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path("/opt/portal"), help="releases")
    parser.add_argument("--settings", type=Path, default=Path("/etc/portal"), help="portal.env, secrets/, owner/")
    parser.add_argument("--units", type=Path, default=Path("/etc/systemd/system"), help="where units are put")
    parser.add_argument("--account", default="portal", help="who runs the portal; empty: whoever runs this")
    parser.add_argument("--services", default="systemctl", help="starts and stops units, by systemctl's words")
    parser.add_argument("--venv", type=Path, help="packages that are there, instead of new ones for the release")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("install", "upgrade"):
        words = verbs.add_parser(verb)
        words.add_argument("source", type=Path, help="the unpacked release")
        words.add_argument("--name", default=time.strftime("%Y%m%d-%H%M%S", time.gmtime()))
    verbs.add_parser("back-out")
    verbs.add_parser("backup-to").add_argument("place")
    manage = verbs.add_parser("manage", help="a command of manage.py with this house's settings")
    manage.add_argument("--owner", action="store_true", help="with the account that owns the tables, as restore needs")
    manage.add_argument("words", nargs=argparse.REMAINDER)
    verbs.add_parser("front").add_argument("--port", type=int, default=8000)
    said = parser.parse_args()
    server = Server(said)
    try:
        if said.verb == "front":
            print(front((Path(__file__).parent / "nginx.conf").read_text(), said.port), end="")
            return
        if said.verb == "manage":
            server.manage(*said.words, as_owner=said.owner)
            return
        with server.alone():
            if said.verb == "back-out":
                server.back_out()
                say(f"Release {server.runs()} runs, with the data it had.")
                return
            server.finish_what_was_broken_off()
            if said.verb == "backup-to":
                server.backup_to(said.place)
            else:
                getattr(server, said.verb)(said.source.absolute(), said.name)
    except Failed as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
