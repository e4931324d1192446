"""`make run`: database, broker, web, worker and beat as one tree of processes, from one command.

Each part that DATABASE_URL or REDIS_URL names is left out. Whatever dies is started again; Ctrl-C and SIGTERM stop
all within 30 seconds; after a kill -9 the kernel stops the children. Imports nothing of Django.
"""

import base64
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from portal import local

ROOT = Path(__file__).parent.parent
# docker-compose.yml starts the same words; tests/house/test_compose.py compares them.
COMMANDS = {
    "web": "gunicorn portal.wsgi:application --bind {bind} --workers 2 --worker-class gthread --threads 256"
    " --config portal/serving.py --graceful-timeout 20 --no-control-socket",
    "worker": "celery -A portal.celery worker --concurrency 2 --prefetch-multiplier 1"
    " --without-gossip --without-mingle --loglevel warning",
    "beat": "celery -A portal.celery beat --schedule {var}/beat --pidfile= --loglevel warning",
}
# Threads of the web server share a pool of connections; workers and one-off commands hold one each.
SURROUNDINGS = {"web": {"PORTAL_DB_POOL": "8"}}
# What the kernel sends each when we are killed. A worker that is asked nicely may wait for its broker, which is gone
# by then; its unfinished tasks are acknowledged late, so they are done again. Its pool ends when it does.
LAST_SIGNALS = {"web": signal.SIGTERM, "worker": signal.SIGKILL, "beat": signal.SIGKILL}
HEALTHY_SECONDS = 120  # a busy or small machine compiles for a while
STOP_SECONDS = 22  # gunicorn has 20 of its own; Redis and PostgreSQL follow: 30 in all
LONGEST_PAUSE = 30


class Stop(BaseException):
    """Ctrl-C or SIGTERM, wherever we are."""


@dataclass
class Child:
    """One process that should be running: how to start it, how to ask it to stop."""

    name: str
    start: Callable[[], subprocess.Popen]
    asks: signal.Signals = signal.SIGTERM
    process: subprocess.Popen | None = None
    deaths: int = 0
    start_again_at: float = 0
    started_at: float = 0

    def begin(self) -> None:
        self.process, self.started_at = self.start(), time.monotonic()

    def look_after(self) -> None:
        """Start it again when it died; after each early death wait twice as long as before."""
        now = time.monotonic()
        if self.process and self.process.poll() is None:
            return
        if self.process:
            end_group(self.process)
            self.deaths = self.deaths + 1 if now - self.started_at < LONGEST_PAUSE else 1
            self.start_again_at = now + min(2**self.deaths / 4, LONGEST_PAUSE)
            say(f"{self.name} stopped by itself (exit {self.process.returncode}); starting it again.")
            self.process = None
        if now >= self.start_again_at:
            try:
                self.begin()
            except local.CannotStart as reason:
                self.deaths += 1
                self.start_again_at = now + min(2**self.deaths / 4, LONGEST_PAUSE)
                say(str(reason))


def say(words: str) -> None:
    print(words, flush=True)


def end_group(process: subprocess.Popen) -> None:
    """Kill what a dead child left: a killed celery leaves its pool behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def main() -> None:
    var = Path(os.environ.get("PORTAL_VAR") or ROOT / "var").absolute()
    children: list[Child] = []
    for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sent, _stop)
    if os.environ.get("MAKELEVEL"):  # a killed `make` takes us along
        local.die_with_parent(signal.SIGTERM, os.getppid())()
    try:
        run(var, children)
    except local.CannotStart as reason:
        sys.exit(f"\nCould not start: {reason}")
    except Stop:
        say("Stopping …")
    finally:
        stop_all(children)
    say("Stopped.")


def _stop(number, frame):
    for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sent, signal.SIG_IGN)
    raise Stop


def run(var: Path, children: list[Child]) -> None:
    port = chosen_port()
    with local.turn(var):  # a command that works with the data now keeps its database until it is done
        lock = local.hold(var)
    refuse_busy(port)
    os.environ |= {"PORTAL_VAR": str(var), "PORT": str(port)}
    os.environ.setdefault("PORTAL_ENV", "development")
    if os.environ["PORTAL_ENV"] == "development":
        os.environ |= keys(var) | os.environ
    start_servers(var, lock, children)
    tell_manage(var)
    prepare(var, lock)
    for name in COMMANDS:
        begin(Child(name, partial(spawn, name, var, port, lock)), children)
    wait_until_healthy(port, var, children)
    say(f"Ready: http://localhost:{port} (backstage: http://localhost:{port}/backstage/)")
    while True:
        time.sleep(0.3)
        for child in children:
            child.look_after()


def begin(child: Child, children: list[Child]) -> None:
    children.append(child)
    child.begin()


def chosen_port() -> int:
    """PORT, 8000 unless set. Raises CannotStart."""
    given = os.environ.get("PORT") or "8000"
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
        raise local.CannotStart(f"PORT is {given!r}; it must be a number from 1 to 65535, for example PORT=8001")
    return int(given)


def refuse_busy(port: int) -> None:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind(("127.0.0.1", port))
        except PermissionError:
            raise local.CannotStart(f"Port {port} needs root. Choose one above 1023: PORT=8001 make run") from None
        except OSError:
            raise local.CannotStart(
                f"Port {port} is in use by another program. Choose another: PORT={port + 1} make run"
            ) from None


def keys(var: Path) -> dict[str, str]:
    """The keys of this folder's data, made at the first start. In production they come from outside."""
    path = var / "keys.env"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "PORTAL_MASTER_KEY": f"first:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        }
        write_private(path, made)
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def write_private(path: Path, values: dict[str, str]) -> None:
    """Write NAME=value lines that only we may read; never half a file, since without their key the data are lost."""
    whole = path.with_suffix(".new")
    with open(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    whole.rename(path)


def tell_manage(var: Path) -> None:
    """Let `manage.py` in another terminal find what is running here (settings.py reads this file)."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "PORTAL_MASTER_KEY", "PORT")
    write_private(var / "run.env", {name: os.environ[name] for name in names if name in os.environ})


def start_servers(var: Path, lock: int, children: list[Child]) -> None:
    ours = local.addresses(var)
    if os.environ.get("DATABASE_URL"):
        if not os.environ.get("DATABASE_OWNER_URL"):
            say("DATABASE_OWNER_URL is not set: one account does everything, so history is not protected from it.")
            os.environ["DATABASE_OWNER_URL"] = os.environ["DATABASE_URL"]
    else:
        say("Starting PostgreSQL …")
        begin(Child("postgres", lambda: local.start_postgres(var, lock=lock), signal.SIGINT), children)
        os.environ |= {name: ours[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    if not os.environ.get("REDIS_URL"):
        say("Starting Valkey …")
        begin(Child("redis", lambda: local.start_redis(var, lock=lock)), children)
        os.environ["REDIS_URL"] = ours["REDIS_URL"]


def prepare(var: Path, lock: int) -> None:
    """Bring database, static files and translations up to date; fill the demo at the first start."""
    say("Preparing database and pages …")
    manage(var, lock, "prepare")
    loaded = var / "demo-loaded"
    if os.environ["PORTAL_ENV"] == "development" and not loaded.exists():
        say("Making the demo: people, cases, plans …")
        manage(var, lock, "demo")
        loaded.touch()


def manage(var: Path, lock: int, command: str) -> None:
    """Run one command of manage.py to its end. Raises CannotStart when it fails."""
    words = [sys.executable, str(ROOT / "manage.py"), command]
    process = popen(words, var, "prepare", lock, signal.SIGTERM, os.environ)
    try:
        failed = process.wait()
    finally:
        local.stop(process, signal.SIGTERM)  # we may be on our way out
    if failed:
        log = var / "log" / "prepare.log"
        raise local.CannotStart(f"`manage.py {command}` failed; {log} ends:\n\n{tail(log)}")


def spawn(name: str, var: Path, port: int, lock: int) -> subprocess.Popen:
    program, *words = command_of(name, bind=f"127.0.0.1:{port}", var=str(var))
    return popen(
        [sys.executable, "-m", program, *words],
        var,
        name,
        lock,
        LAST_SIGNALS[name],
        os.environ | SURROUNDINGS.get(name, {}),
    )


def command_of(name: str, *, bind: str, var: str) -> list[str]:
    """The words that start `name`, with the address it listens on and the folder it may write to."""
    return [word.format(bind=bind, var=var) for word in COMMANDS[name].split()]


def popen(command, var: Path, name: str, lock: int, last: signal.Signals, environment) -> subprocess.Popen:
    with local.open_log(var, name) as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock],
            start_new_session=True,  # Ctrl-C is for us to answer
            preexec_fn=local.die_with_parent(last),
        )


def wait_until_healthy(port: int, var: Path, children: list[Child]) -> None:
    web = next(child for child in children if child.name == "web")
    log, deadline = var / "log" / "web.log", time.monotonic() + HEALTHY_SECONDS
    while not is_healthy(port):
        if web.process and web.process.poll() is not None:
            raise local.CannotStart(f"The web server stopped at once; {log} ends:\n\n{tail(log)}")
        if time.monotonic() > deadline:
            raise local.CannotStart(f"No answer within {HEALTHY_SECONDS} seconds; {log} ends:\n\n{tail(log)}")
        time.sleep(0.1)


def is_healthy(port: int) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": f"localhost:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 -- a fixed http address
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


@contextlib.contextmanager
def database_alone() -> Iterator[None]:
    """PostgreSQL of PORTAL_VAR for one command, where `make run` is not running and no other database is named."""
    if os.environ.get("PORTAL_ENV") != "development" or os.environ.get("DATABASE_URL"):
        yield
        return
    var = Path(os.environ.get("PORTAL_VAR") or ROOT / "var").absolute()
    with contextlib.ExitStack() as turn:
        turn.enter_context(local.turn(var))
        try:
            lock = local.hold(var)
        except local.CannotStart:  # it is running: `run.env` leads to it, and commands need not wait for each other
            turn.close()
            yield
            return
        with _postgres(var, lock):
            yield


@contextlib.contextmanager
def _postgres(var: Path, lock: int) -> Iterator[None]:
    """Started for this command, and stopped when it is done."""
    kept = keys(var) if (var / "keys.env").exists() else {}
    os.environ |= local.addresses(var) | kept | os.environ
    try:
        database = local.start_postgres(var, lock=lock)
    except local.CannotStart as reason:
        sys.exit(f"Could not start: {reason}")
    try:
        yield
    finally:
        local.stop(database, signal.SIGINT)
        os.close(lock)  # before whoever waits for a turn looks for it


def stop_all(children: list[Child]) -> None:
    """Stop web, worker and beat together, then the servers they use."""
    running = [(child, child.process) for child in children if child.process]
    programs = [(child, process) for child, process in running if child.name in COMMANDS]
    for child, process in programs:
        if process.poll() is None:
            process.send_signal(child.asks)
    deadline = time.monotonic() + STOP_SECONDS
    for _, process in programs:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        end_group(process)
        process.wait()
    for child, process in reversed([pair for pair in running if pair[0].name not in COMMANDS]):
        local.stop(process, child.asks, patience=4)


if __name__ == "__main__":
    main()
