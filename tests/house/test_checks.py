"""Production does not start with settings that would hurt someone; each refusal names the setting."""

import os
import re
import stat
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from portal import checks
from portal.environment import env
from portal.vault.store import Folder
from tests.programs import free_port

SAFE = {
    "PORTAL_ENV": "production",
    "IN_PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "s" * 60,
    "PORTAL_MASTER_KEY": "first:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    "PORTAL_ORIGIN": "https://portal.example.org",
    "CLAMD_URL": "tcp://clamav:3310",
    "ALLOW_NO_SCANNER": False,
    "SHOW_BACKSTAGE": False,
    "CLOCK_CAN_BE_SET": False,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "mail.remission.example",
    "EMAIL_USE_TLS": True,
    "EMAIL_USE_SSL": False,
    "DEFAULT_FROM_EMAIL": "office@remission.example",
    "DATABASE_URL": "postgres://portal_app@db/portal",
    "DATABASE_OWNER_URL": "postgres://portal_owner@db/portal",
    "BACKUP_KEY": "Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M=",
    "BACKUP_TO": "/backups",
    "REDIS_URL": "redis://redis:6379/0",
    "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
}
FOLDERS = {
    "DOCUMENTS_FOLDER": "PORTAL_VAR",
    "FILE_UPLOAD_TEMP_DIR": "PORTAL_VAR",
    "HISTORY_FOLDER": "HISTORY_FOLDER",
    "BACKUP_TO": "BACKUP_TO",
}
OF_DEVELOPMENT = "bm90LXNlY3JldC1vdXRzaWRlLXByb2R1Y3Rpb24tMDE="
OF_TESTS = os.environ["PORTAL_MASTER_KEY"].partition(":")[2]


@pytest.fixture
def production(settings, tmp_path):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    for name in FOLDERS:
        setattr(settings, name, str(tmp_path / name.lower()))
    return settings


def test_safe_settings_pass(production):
    assert checks.look(None) == []
    checks.refuse_unsafe()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORTAL_ENV", "staging"),
        ("SECRET_KEY", "not-secret-outside-production"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", os.environ["SECRET_KEY"]),  # of the tests
        ("PORTAL_MASTER_KEY", ""),
        ("PORTAL_MASTER_KEY", SAFE["PORTAL_MASTER_KEY"].partition(":")[2]),  # no id
        ("PORTAL_MASTER_KEY", f"mine:{OF_DEVELOPMENT}"),
        ("PORTAL_MASTER_KEY", f"{SAFE['PORTAL_MASTER_KEY']},old:{OF_DEVELOPMENT}"),
        ("PORTAL_MASTER_KEY", f"mine:{OF_TESTS}"),
        ("PORTAL_MASTER_KEY", "mine:QUFBQQ=="),  # four bytes
        ("PORTAL_MASTER_KEY", "mine:no base64"),
        ("DEBUG", True),
        ("PORTAL_ORIGIN", "http://portal.example.org"),
        ("CLAMD_URL", ""),
        ("SHOW_BACKSTAGE", True),
        ("CLOCK_CAN_BE_SET", True),
        ("DEFAULT_FROM_EMAIL", "office@example.org"),
        ("TEXT_GATEWAY_URL", "http://gateway.example.org/"),
        ("TEXT_GATEWAY_URL", "https://gateway.example.org/"),  # without its token
        ("FAX_GATEWAY", "fax@gateway.example.org"),  # no number
        ("BACKUP_KEY", ""),  # with a place
        ("BACKUP_KEY", "c2hvcnQ="),
        ("PORTAL_MASTER_KEY", f"first:{SAFE['BACKUP_KEY']}"),  # one key for both
        ("ALLAUTH_TRUSTED_PROXY_COUNT", 0),
        ("DOCUMENTS_URL", "s3+http://bucket"),
        ("ALLOWED_HOSTS", ["portal.example.org", "*"]),
        ("DATABASE_URL", "postgres://portal_app@10.0.0.5/portal"),
        ("DATABASE_URL", "postgres://portal_app@db.remission.example/portal?sslmode=prefer"),
        ("DATABASE_URL", "postgres://portal_app@/portal?host=db,db.remission.example"),
        ("DATABASE_OWNER_URL", "postgres://portal_owner@[2001:db8::5]/portal?sslmode=require"),
    ],
)
def test_unsafe_setting_is_refused_by_name(production, setting, value):
    setattr(production, setting, value)

    with pytest.raises(ImproperlyConfigured, match=setting):
        checks.refuse_unsafe()


def test_worker_and_beat_refuse_as_the_web_server_does(production, capfd):
    from celery.signals import beat_init, worker_init

    for signal in (worker_init, beat_init):
        assert "portal.refuse_to_start" in {key[0] for key, *_receiver in signal.receivers}
    checks.refuse_to_start()
    production.EMAIL_USE_TLS = False

    with pytest.raises(SystemExit):
        checks.refuse_to_start()
    assert "EMAIL_URL must begin with" in capfd.readouterr().err


@pytest.mark.full
@pytest.mark.parametrize(
    "program",
    [
        ["-c", "import portal.wsgi"],
        ["-m", "celery", "-A", "portal.celery", "worker", "--concurrency", "1"],
        ["-m", "celery", "-A", "portal.celery", "beat", "--pidfile=", "--schedule", "{folder}/beat"],
        ["manage.py", "prepare"],
    ],
    ids=["web", "worker", "beat", "prepare"],
)
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("CLAMD_URL", ""),
        ("EMAIL_URL", "smtp://mail.remission.example"),
        ("PORTAL_MASTER_KEY", f"mine:{OF_DEVELOPMENT}"),
    ],
    ids=["no scanner", "mail in clear", "a known key"],
)
def test_no_program_starts_with_unsafe_settings(settings, tmp_path, program, setting, value):
    surroundings = {
        "PORTAL_ENV": "production",
        "SECRET_KEY": SAFE["SECRET_KEY"],
        "PORTAL_MASTER_KEY": SAFE["PORTAL_MASTER_KEY"],
        "PORTAL_ORIGIN": SAFE["PORTAL_ORIGIN"],
        "CLAMD_URL": SAFE["CLAMD_URL"],
        "EMAIL_URL": "smtps://mail.remission.example",
        "DEFAULT_FROM_EMAIL": SAFE["DEFAULT_FROM_EMAIL"],
        "ALLAUTH_TRUSTED_PROXY_COUNT": "1",
    }
    done = subprocess.run(
        [sys.executable, *(word.format(folder=tmp_path) for word in program)],
        cwd=settings.BASE_DIR,
        env=os.environ | surroundings | {setting: value},
        capture_output=True,
        text=True,
        timeout=100,
    )

    assert done.returncode != 0
    assert setting in done.stderr
    assert len(set(re.findall(r"portal\.E\d+", done.stderr))) == 1, done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "PORTAL_MASTER_KEY", "BACKUP_KEY"])
def test_nothing_starts_with_the_keys_that_make_check_judges_by(production, name):
    lines = (checks.Path(__file__).parents[2] / "deploy" / "check.env").read_text().splitlines()
    judged = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    setattr(production, name, judged[name].replace("judged:", "mine:"))

    with pytest.raises(ImproperlyConfigured, match=name):
        checks.refuse_unsafe()


@pytest.mark.parametrize("backend", ["filebased", "console", "locmem", "dummy"])
def test_mail_that_stays_here_is_refused(production, backend):
    production.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        checks.refuse_unsafe()


@pytest.mark.parametrize("host", ["mail.remission.example", "10.0.0.5", "localhost.remission.example", ""])
def test_mail_to_another_machine_without_tls_is_refused(production, host):
    production.EMAIL_USE_TLS, production.EMAIL_HOST = False, host

    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL must begin with smtp\+tls:// or smtps://"):
        checks.refuse_unsafe()
    production.EMAIL_USE_SSL = True
    checks.refuse_unsafe()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_relay_on_this_machine_needs_no_tls_but_faxes_do(production, host):
    production.EMAIL_USE_TLS, production.EMAIL_HOST = False, host
    checks.refuse_unsafe()
    production.FAX_GATEWAY = "{number}@gateway.example.org"

    with pytest.raises(ImproperlyConfigured, match="FAX_GATEWAY"):
        checks.refuse_unsafe()


def test_each_refusal_has_a_number_of_its_own():
    """Those that say it in more than one way share one."""
    numbers = re.findall(r"error\((\d+), f?\"(\w+)", checks.Path(checks.__file__).read_text())
    assert len({number for number, _word in numbers}) == len(set(numbers))


def test_going_without_a_scanner_can_be_said(production):
    production.CLAMD_URL, production.ALLOW_NO_SCANNER = "", True

    assert checks.look(None) == []


@pytest.mark.parametrize(
    ("host", "is_asked"),
    [("localhost", False), ("db", False), ("%2Frun%2Fpostgresql", False), ("db.remission.example", True)],
)
def test_rows_go_to_another_machine_by_tls_only(production, host, is_asked):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        setattr(production, name, f"postgres://{name.lower()}@/portal?host={host}&sslmode=verify-full")
    assert checks.look(None) == []
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        setattr(production, name, f"postgres://{name.lower()}@/portal?host={host}")
    assert [message.id for message in checks.look(None)] == ["portal.E023"] * 2 * is_asked


@pytest.mark.parametrize(
    ("setting", "far", "near"),
    [
        (
            "REDIS_URL",
            "redis://10.0.0.6:6379/0",
            ["redis://localhost/0", "rediss://b.example/0", "unix:///run/r.sock?db=1"],
        ),
        ("CLAMD_URL", "tcp://scan.remission.example:3310", ["tcp://127.0.0.1:3310", "unix:///run/clamd.sock"]),
    ],
)
def test_a_broker_or_scanner_elsewhere_is_a_warning_by_name(production, setting, far, near):
    setattr(production, setting, far)
    (warning,) = checks.look(None)
    assert warning.msg.startswith(setting)
    checks.refuse_unsafe()
    for address in near:
        setattr(production, setting, address)
        assert checks.look(None) == []


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
@pytest.mark.parametrize("name", FOLDERS)
def test_an_open_folder_is_refused(production, name, mode):
    at = checks.Path(getattr(production, name))
    at.mkdir(mode=0o700)
    checks.refuse_unsafe()
    at.chmod(mode)

    with pytest.raises(ImproperlyConfigured, match=f"{FOLDERS[name]}: others can read"):
        checks.refuse_unsafe()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_among_the_style_sheets_is_refused(production, name):
    setattr(production, name, str(production.STATIC_ROOT / "kept"))

    with pytest.raises(ImproperlyConfigured, match=FOLDERS[name]):
        checks.refuse_unsafe()


def test_archives_in_a_bucket_are_in_no_folder(production):
    production.BACKUP_TO = "s3://key:secret@store.example/bucket"

    assert checks.look(None) == []


def test_the_store_makes_its_folder_for_nobody_else(tmp_path):
    with Folder(tmp_path / "new" / "documents").writing("ab/c") as out:
        out.write(b"x")
    assert stat.S_IMODE((tmp_path / "new" / "documents").stat().st_mode) == 0o700


def test_a_mail_server_that_does_not_answer_is_refused_when_preparing(production, smtp_sink):
    checks.refuse_unreachable()
    production.EMAIL_PORT = free_port()

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        checks.refuse_unreachable()
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("prepare")


def test_preparing_refuses_what_starting_would(production):
    production.DEBUG = True

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("prepare")


SECRETS = ["SECRET_KEY", "PORTAL_MASTER_KEY", "DATABASE_URL", "EMAIL_URL", "BACKUP_KEY", "DOCUMENTS_URL", "REDIS_URL"]


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_come_from_files_too(monkeypatch, tmp_path, name):
    (tmp_path / "secret").write_text("from-a-file\n")
    monkeypatch.setenv(name, "from-the-surroundings")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    assert env(name) == "from-a-file"


def test_a_secret_that_cannot_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
        env("SECRET_KEY")


def test_every_setting_that_is_a_secret_is_read_so():
    """Through env(), which knows of files; nothing reads them from the surroundings by itself."""
    text = (checks.Path(__file__).parent.parent.parent / "portal" / "settings.py").read_text()
    assert all(f'env("{name}"' in text for name in SECRETS)


def test_going_without_backups_is_a_warning(production):
    production.BACKUP_KEY = production.BACKUP_TO = ""

    assert [message.id for message in checks.look(None)] == ["portal.W002"]
    checks.refuse_unsafe()


@pytest.mark.parametrize("owner", ["", SAFE["DATABASE_URL"]])
def test_one_database_account_is_a_warning(production, owner):
    production.DATABASE_OWNER_URL = owner

    (warning,) = checks.look(None)

    assert "DATABASE_OWNER_URL" in warning.msg
    checks.refuse_unsafe()


def test_old_zone_data_is_refused_everywhere(settings, monkeypatch):
    monkeypatch.setattr(checks, "version", lambda name: "2025.2")

    assert any("tzdata" in error.msg for error in checks.look(None))


def test_zones_come_from_the_package_not_from_the_system(monkeypatch):
    assert checks.time_zones() == []
    monkeypatch.setattr("zoneinfo.TZPATH", ("/usr/share/zoneinfo",))

    (error,) = checks.time_zones()

    assert "system" in error.msg
