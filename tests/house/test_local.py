"""The embedded servers: where their sockets are, who may start them, what happens when someone dies."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from portal import local, local_run
from tests.programs import wait_until


@pytest.fixture
def short(tmp_path_factory):
    """A folder with a path short enough for sockets, wherever pytest puts its own."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="rs-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def test_sockets_lie_inside_the_folder_when_its_path_is_short(short):
    assert local.socket_folder(short) == short / "sockets"


@pytest.mark.parametrize("name", ["long-" + "x" * 120, "with a space", "größe"])
def test_sockets_lie_elsewhere_when_the_path_is_long_or_odd(short, name):
    var = short / name
    var.mkdir()

    first, second = local.socket_folder(var), local.socket_folder(var)

    assert first == second, "the next start must find the same place"
    assert first.stat().st_mode & 0o777 == 0o700
    assert len(os.fsencode(first / local.POSTGRES_SOCKET)) <= local.LONGEST_SOCKET_PATH
    first.rmdir()
    assert local.socket_folder(var) != first, "a place that is gone is chosen anew"
    local.socket_folder(var).rmdir()


def test_second_start_is_refused_while_the_first_lives(tmp_path):
    lock = local.hold(tmp_path)

    with pytest.raises(local.CannotStart, match=f"already running.*process {os.getpid()}"):
        local.hold(tmp_path)

    os.close(lock)
    os.close(local.hold(tmp_path))


def test_commands_come_one_after_the_other(tmp_path, capfd):
    done = threading.Event()

    def second():
        with local.turn(tmp_path):
            done.set()

    with local.turn(tmp_path):
        waiting = threading.Thread(target=second)
        waiting.start()
        wait_until(lambda: "Waiting for it." in capfd.readouterr().err, 20, "the second to say that it waits")
        assert not done.is_set()
    waiting.join(20)
    assert done.is_set()


@pytest.mark.full
@pytest.mark.timeout(600)
def test_two_commands_at_once_do_not_stop_each_others_database(short):
    """Each starts PostgreSQL for itself: the second one neither uses nor ends that of the first."""
    steered = ("PORTAL_", "DATABASE_", "REDIS_", "DJANGO_", "SECRET_KEY")
    told = {name: value for name, value in os.environ.items() if not name.startswith(steered)}
    told |= {"PORTAL_ENV": "development", "PORTAL_VAR": str(short / "var")}
    command = [sys.executable, str(local_run.ROOT / "manage.py"), "migrate"]
    both = [subprocess.Popen(command, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _each in range(2)]
    said = [each.communicate(timeout=500)[0].decode() for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert sum("Waiting for it." in words for words in said) == 1


def test_start_waits_for_the_children_of_a_killed_one(tmp_path):
    lock = local.hold(tmp_path)
    child = subprocess.Popen(["sleep", "1"], pass_fds=[lock])
    os.pwrite(lock, b"999999999", 0)  # the leader is dead, its child keeps the lock
    os.truncate(lock, 9)
    os.close(lock)

    os.close(local.hold(tmp_path, patience=10))

    assert child.wait() == 0


def test_start_gives_up_when_a_dead_ones_children_stay(tmp_path):
    lock = local.hold(tmp_path)
    os.pwrite(lock, b"999999999", 0)
    os.truncate(lock, 9)

    with pytest.raises(local.CannotStart):
        local.hold(tmp_path, patience=0.3)

    os.close(lock)


PARENT = """
import signal, subprocess, sys, time
from portal import local
child = subprocess.Popen(["sleep", "60"], preexec_fn=local.die_with_parent(signal.SIGTERM))
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_killed_parent_leaves_no_child():
    root = Path(__file__).parent.parent.parent
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=root)
    child = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    parent.stdout.close()

    wait_until(lambda: not is_running(child), 5, "the child to end")


def is_running(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_postgres_keeps_its_rows_over_a_kill(short):
    first = local.start_postgres(short)
    with as_owner(short) as db:
        db.execute("CREATE TABLE kept (word text)")
        db.execute("INSERT INTO kept VALUES ('still here')")
    first.kill()
    first.wait()

    second = local.start_postgres(short)

    with as_owner(short) as db:
        assert db.execute("SELECT word FROM kept").fetchone() == ("still here",)
    local.stop(second, signal.SIGINT)


def as_owner(var: Path) -> psycopg.Connection:
    return psycopg.connect(host=str(local.socket_folder(var)), user=local.OWNER, dbname=local.DATABASE, autocommit=True)


def test_postgres_runs_without_user_namespaces_too(short, monkeypatch):
    """As root it then runs as nobody; for others nothing differs."""
    monkeypatch.setenv("PORTAL_NO_USER_NAMESPACE", "1")

    process = local.start_postgres(short, durable=False)

    owner = Path(f"/proc/{process.pid}").stat().st_uid
    assert owner == (local.NOBODY if os.geteuid() == 0 else os.geteuid())
    local.stop(process, signal.SIGINT)


def test_portal_app_may_write_rows_and_nothing_else(short):
    process = local.start_postgres(short, durable=False)
    with as_owner(short) as db:
        db.execute("CREATE TABLE page (word text)")
    app = psycopg.connect(host=str(local.socket_folder(short)), user=local.APP, dbname=local.DATABASE, autocommit=True)

    with app:
        app.execute("INSERT INTO page VALUES ('a')")
        for forbidden in ("TRUNCATE page", "DROP TABLE page", "CREATE TABLE mine (a int)", "CREATE ROLE mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)

    local.stop(process, signal.SIGINT)


def test_statements_never_reach_the_log(short):
    process = local.start_postgres(short, durable=False)
    with as_owner(short) as db, pytest.raises(psycopg.errors.UndefinedTable):
        db.execute("SELECT 'a secret of a patient' FROM nowhere")
    local.stop(process, signal.SIGINT)

    assert "secret" not in (short / "log" / "postgres.log").read_text()


@pytest.mark.full
@pytest.mark.parametrize("is_told", [True, False], ids=["as shipped", "without those lines"])
def test_a_refused_row_leaves_no_value_in_the_log_of_any_server(short, monkeypatch, tmp_path, is_told):
    """Debian's PostgreSQL, or an outside one: deploy/database.sql tells the two accounts alone."""
    for name in ("log_min_error_statement", "log_error_verbosity"):
        monkeypatch.delitem(local.POSTGRES_OPTIONS, name)
    if not is_told:  # the twin
        lines = local.ROLES_SQL.read_text().splitlines()
        (tmp_path / "less.sql").write_text("\n".join(line for line in lines if " SET log_" not in line))
        monkeypatch.setattr(local, "ROLES_SQL", tmp_path / "less.sql")
    process = local.start_postgres(short, durable=False)
    with as_owner(short) as db:
        db.execute("CREATE TABLE page (email text UNIQUE)")
    for account in (local.OWNER, local.APP):
        where = {"host": str(local.socket_folder(short)), "user": account, "dbname": local.DATABASE}
        with psycopg.connect(**where, autocommit=True) as db:
            db.execute("INSERT INTO page VALUES (%s) ON CONFLICT DO NOTHING", ["rosa@example.org"])
            with pytest.raises(psycopg.errors.UniqueViolation):
                db.execute("INSERT INTO page VALUES ('rosa@example.org')")
    local.stop(process, signal.SIGINT)

    log = (short / "log" / "postgres.log").read_text()
    assert "duplicate key" in log
    assert ("rosa" in log) != is_told


def test_lock_of_a_dead_postgres_is_forgotten(tmp_path):
    note = tmp_path / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n/somewhere\n")  # the number now belongs to another program: us

    local._forget_dead_postgres(tmp_path)

    assert not note.exists()


def test_program_that_cannot_start_is_named_with_its_log(short, monkeypatch):
    monkeypatch.setenv("PORTAL_REDIS_BIN", "/bin/false")

    with pytest.raises(local.CannotStart, match=r"Valkey stopped at once \(exit 1\).*redis.log"):
        local.start_redis(short)


def test_keys_are_made_once_and_readable_by_nobody_else(tmp_path):
    made = local_run.keys(tmp_path)

    assert local_run.keys(tmp_path) == made
    assert made.keys() == {"SECRET_KEY", "PORTAL_MASTER_KEY"}
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600


def test_large_log_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "LARGEST_LOG", 10)
    for _ in range(2):
        with local.open_log(tmp_path, "web") as log:
            log.write(b"more than ten bytes\n")

    assert sorted(path.name for path in (tmp_path / "log").iterdir()) == ["web.log", "web.old.log"]


def test_one_database_account_is_said_at_the_start(tmp_path, monkeypatch, capsys):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "named://outside")
    monkeypatch.setenv("DATABASE_OWNER_URL", "")

    local_run.start_servers(tmp_path, 0, children := [])

    assert "DATABASE_OWNER_URL is not set" in capsys.readouterr().out
    assert children == []
