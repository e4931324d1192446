"""A server without containers: its units, its nginx file, and upgrades that back out by themselves."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from portal import local_run
from tests import front
from tests.house.units import Units
from tests.programs import ROOT, SmtpSink, free_port, nginx, wait_until

SYSTEMD = ROOT / "deploy" / "systemd"
SERVER = ROOT / "deploy" / "server.py"
NAMES = {"web": "portal-web.service", "worker": "portal-worker@.service", "beat": "portal-beat.service"}
CANARY = "Zitronenfalter"


def lines(unit: str) -> list[str]:
    return (SYSTEMD / unit).read_text().splitlines()


def words(unit: str) -> list[str]:
    (line,) = [line for line in lines(unit) if line.startswith("ExecStart=")]
    return line.split()


@pytest.mark.parametrize("name", NAMES)
def test_units_start_the_words_of_make_run(name):
    program, *rest = words(NAMES[name])
    of_an_instance = ["--hostname=%i@%%h"] if name == "worker" else []

    assert program == "ExecStart=/opt/portal/current/.venv/bin/python"
    assert rest == [
        "-m", *local_run.command_of(name, bind="127.0.0.1:8000", var="/var/lib/portal"), *of_an_instance
    ]  # fmt: skip
    for key, value in local_run.SURROUNDINGS.get(name, {}).items():
        assert f"Environment={key}={value}" in lines(NAMES[name])


@pytest.mark.parametrize("name", NAMES)
def test_units_are_given_little_and_end_in_time(name):
    told = set(lines(NAMES[name]))

    assert told >= {
        "User=portal", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
        "CapabilityBoundingSet=", "Slice=portal.slice", "KillMode=mixed", "TimeoutStopSec=30",
        "EnvironmentFile=/etc/portal/portal.env", "LoadCredential=SECRET_KEY:/etc/portal/secrets/SECRET_KEY",
        "Environment=SECRET_KEY_FILE=%d/SECRET_KEY", "PartOf=portal.target",
    }  # fmt: skip
    assert "DATABASE_OWNER_URL" not in "".join(told)
    assert any(line.startswith("MemoryMax=") for line in told)
    assert "MemoryMax=1200M" in lines("portal.slice")


@pytest.fixture
def systemd_analyze():
    return shutil.which("systemd-analyze")


@pytest.fixture
def nginx_program():
    return nginx()


def test_systemd_finds_no_fault_in_the_units(systemd_analyze, tmp_path):
    for path in SYSTEMD.iterdir():  # its program lies where no release is here
        text = path.read_text().replace("/opt/portal/current/.venv/bin/python", sys.executable)
        (tmp_path / path.name.replace("@.", "@1.")).write_text(text)
    paths = sorted(tmp_path.iterdir())
    done = subprocess.run([systemd_analyze, "verify", *paths], capture_output=True, text=True)

    assert (done.returncode, [line for line in done.stderr.splitlines() if "portal" in line]) == (0, [])


def test_nginx_takes_the_file_for_this_machine(nginx_program, tmp_path):
    said = subprocess.run([sys.executable, SERVER, "front", "--port", "8123"], capture_output=True, text=True)
    assert said.returncode == 0
    assert "server 127.0.0.1:8123;" in said.stdout
    front.certificate(tmp_path)
    text = said.stdout.replace("/etc/nginx/tls", str(tmp_path))
    places = "".join(f"  {name}_temp_path {tmp_path}/{name};\n" for name in front.TEMPORARY)
    (tmp_path / "conf").write_text(f"pid {tmp_path}/pid;\n" + text.replace("http {\n", f"http {{\n{places}"))
    command = [nginx_program, "-t", "-q", "-p", tmp_path, "-c", tmp_path / "conf", "-e", tmp_path / "err"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


class House:
    """A server in a folder of its own, with a database of its own and a mail server that answers."""

    def __init__(self, folder: Path, mail: str):
        self.folder, self.port, self.database = folder, free_port(), "server_of_tests"
        self.home, self.settings, self.units = folder / "opt", folder / "etc", folder / "units"
        self.archives, self.var = folder / "archives", folder / "var"
        self.log, self.places = folder / "log", folder / "places.json"
        for path in (self.units, folder / "pids"):
            path.mkdir()
        self.here = {
            "/opt/portal": str(self.home), "/etc/portal": str(self.settings), "/var/lib/portal": str(self.var),
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
        }  # fmt: skip
        told = {"units": str(self.units), "pids": str(folder / "pids"), "log": str(self.log), "here": self.here}
        self.places.write_text(json.dumps(told))
        self.mail = mail

    def command(self, *more: str) -> list[str]:
        services = f"{sys.executable} {ROOT}/tests/house/units.py {self.places}"
        named = {"home": self.home, "settings": self.settings, "units": self.units, "services": services}
        named |= {"venv": sys.prefix, "account": ""}
        options = [word for name, value in named.items() for word in (f"--{name}", str(value))]
        return [sys.executable, "-u", str(SERVER), *options, *more]

    def run(self, *more: str) -> tuple[int, str]:
        done = subprocess.run(
            self.command(*more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300
        )
        return done.returncode, done.stdout

    def fill_in(self) -> None:
        """What the first `install` asks for."""
        path = self.settings / "portal.env"
        text = path.read_text()
        for name, value in {
            "PORTAL_ORIGIN": "https://portal.test", "DEFAULT_FROM_EMAIL": "office@portal.test",
            "PORTAL_VAR": str(self.var), "REDIS_URL": os.environ["REDIS_URL"], "CLAMD_URL": "", "PORT": str(self.port),
        }.items():  # fmt: skip
            assert f"{name}=" in text
            text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        path.write_text(f"{text}PORTAL_ALLOW_NO_SCANNER=1\n")
        for name, at in (("DATABASE_URL", "secrets"), ("DATABASE_OWNER_URL", "owner")):
            url = urlsplit(os.environ[name])._replace(path=f"/{self.database}").geturl()
            (self.settings / at / name).write_text(url)
        (self.settings / "secrets" / "EMAIL_URL").write_text(self.mail)

    def release(self, name: str, *, migrations: dict[str, str] | None = None) -> Path:
        """A release like this one, with further migrations of the room `backup`."""
        source = self.folder / f"source-{name}"
        left_out = shutil.ignore_patterns(".git", ".venv*", "var", "node_modules", "tests", "docs", "__pycache__")
        shutil.copytree(ROOT, source, ignore=left_out)
        for number, operation in (migrations or {}).items():
            (source / "portal" / "backup" / "migrations" / f"{number}.py").write_text(operation)
        return source

    def ask(self, what: str) -> object:
        url = urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(scheme="postgresql", path=f"/{self.database}")
        with psycopg.connect(url.geturl()) as db:
            return db.execute(what).fetchone()[0]

    def databases(self) -> set[str]:
        there = self.ask("SELECT array_agg(datname::text) FROM pg_database")
        return {name for name in there if name.startswith(self.database)}

    def as_it_is(self) -> tuple[object, ...]:
        rows = self.ask("SELECT count(*) FROM django_migrations"), self.ask("SELECT min(name) FROM accounts_user")
        return (os.readlink(self.home / "current").rpartition("/")[2], *rows, self.databases(), self.is_up())

    def is_up(self) -> bool:
        units = Units(self.places)
        return all(units.is_active(name.replace("@.", "@1.")) for name in NAMES.values())

    def stop(self) -> None:
        units = Units(self.places)
        for name in NAMES.values():
            units.stop(name.replace("@.", "@1."))


def migration(after: str, does: str) -> str:
    return f"""from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("backup", "{after}"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL("{does}", migrations.RunSQL.noop)]
"""


LAST = sorted(path.stem for path in (ROOT / "portal" / "backup" / "migrations").glob("0*.py"))[-1]
CHANGES = migration(LAST, "UPDATE accounts_user SET name = 'changed'")


@pytest.fixture(scope="module")
def house(tmp_path_factory, django_db_setup):
    sink = SmtpSink()
    sink.start()
    house = House(tmp_path_factory.mktemp("server"), sink.url)
    server = urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(scheme="postgresql").geturl()
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {house.database} WITH (FORCE)")
        db.execute(f"CREATE DATABASE {house.database}")
    yield house
    house.stop()
    sink.stop()
    with psycopg.connect(server, autocommit=True) as db:
        for name in ("", "_before", "_failed"):
            db.execute(f"DROP DATABASE IF EXISTS {house.database}{name} WITH (FORCE)")


@pytest.fixture
def installed(house):
    """Release `one`, with a person in it and a place for archives."""
    if not (house.home / "current").exists():
        code, said = house.run("install", str(house.release("one")), "--name", "one")
        assert code == 1
        assert "Fill these in, then install again: PORTAL_ORIGIN, DEFAULT_FROM_EMAIL, DATABASE_URL" in said
        house.fill_in()
        code, said = house.run("install", str(house.folder / "source-one"), "--name", "one")
        assert code == 0, said + house.log.read_text()[-2000:]
        assert house.run("manage", "first_admin", CANARY, "admin@portal.test")[0] == 0
        assert house.run("upgrade", str(house.folder / "source-one"), "--name", "two")[0] == 1  # nowhere to back up to
        code, said = house.run("backup-to", str(house.archives))
        assert code == 0, said
    return house


@pytest.mark.full
@pytest.mark.timeout(900)
def test_an_upgrade_goes_back_by_itself_or_stands(installed):
    house = installed
    before = house.as_it_is()
    assert before[0] == "one"
    assert before[2:] == (CANARY, {house.database}, True)
    assert (house.settings / "secrets" / "SECRET_KEY").stat().st_mode & 0o777 == 0o600
    assert f"ReadWritePaths={house.archives}" in (house.units / "portal-worker@.service.d/backup-to.conf").read_text()
    archives = len(list(house.archives.glob("*.backup")))

    # One migration is done, the next one fails.
    fails = migration("0098_changes", "SELECT 1 / 0")
    source = house.release("bad", migrations={"0098_changes": CHANGES, "0099_fails": fails})
    code, said = house.run("upgrade", str(source), "--name", "bad")
    assert (code, house.as_it_is()) == (1, before), said
    assert said.endswith("The upgrade to bad failed. Release one and its data are as they were.\n")
    assert len(list(house.archives.glob("*.backup"))) > archives

    # The migrations are fine; the web server is not.
    source = house.release("ill", migrations={"0098_changes": CHANGES})
    (source / "portal" / "wsgi.py").write_text("raise SystemExit('ill')\n")
    code, said = house.run("upgrade", str(source), "--name", "ill")
    assert (code, house.as_it_is()) == (1, before), said

    code, said = house.run(
        "upgrade", str(house.release("good", migrations={"0098_changes": CHANGES})), "--name", "good"
    )
    assert code == 0, said
    assert house.as_it_is() == ("good", before[1] + 1, "changed", {house.database}, True)
    assert house.run("back-out") == (1, "No upgrade is unfinished: nothing to back out of.\n")
    assert CANARY not in said + house.log.read_text()


@pytest.mark.full
@pytest.mark.timeout(600)
def test_an_upgrade_that_was_killed_is_backed_out_of_by_the_next_command(installed):
    house = installed
    before = house.as_it_is()
    earlier = {"0098_changes": CHANGES} if before[0] == "good" else {}
    sleeps = migration(max([LAST, *earlier]), "UPDATE accounts_user SET name = 'late'")
    waits = migration("0097_late", "SELECT pg_sleep(120)")
    source = house.release("killed", migrations=earlier | {"0097_late": sleeps, "0099_waits": waits})
    upgrade = subprocess.Popen(house.command("upgrade", str(source), "--name", "killed"), start_new_session=True)
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(120)%' AND state = 'active'"
    wait_until(lambda: house.ask(sleeping) or upgrade.poll() is not None, 120, "the migration")
    assert house.run("back-out")[1] == "Another command of this program is at work.\n"
    os.killpg(upgrade.pid, signal.SIGKILL)
    upgrade.wait()
    house.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(120)%'"
              " AND pid <> pg_backend_pid()")  # fmt: skip
    assert not house.is_up()

    code, said = house.run("back-out")

    assert (code, house.as_it_is()) == (0, before), said
    assert house.run("back-out")[0] == 1


def test_keys_are_made_once_and_for_nobody_else(tmp_path):
    house = House(tmp_path, "smtp://localhost:1")
    code, _said = house.run("install", str(ROOT), "--name", "one")
    kept = {path.name: path.read_text() for path in (house.settings / "secrets").iterdir()}
    again, said = house.run("install", str(ROOT), "--name", "one")

    assert (code, again) == (1, 1)
    assert said.startswith("Fill these in, then install again: PORTAL_ORIGIN, ")
    assert {path.name: path.read_text() for path in (house.settings / "secrets").iterdir()} == kept
    assert len(base64.b64decode(kept["BACKUP_KEY"])) == 32
    assert {path.stat().st_mode & 0o777 for path in (house.settings / "secrets").iterdir()} == {0o600}
    assert house.run("upgrade", str(ROOT))[1] == "Nothing is installed here: use install.\n"
    assert house.run("backup-to", "/x")[1] == "Nothing is installed here: use install.\n"
