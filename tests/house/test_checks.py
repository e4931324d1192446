"""Production does not start with settings that would hurt someone; each refusal names the setting."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import checks

SAFE = {
    "PORTAL_ENV": "production",
    "IN_PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "s" * 60,
    "PORTAL_MASTER_KEY": "first:AAAA",
    "PORTAL_ORIGIN": "https://portal.example.org",
    "CLAMD_URL": "tcp://clamav:3310",
    "ALLOW_NO_SCANNER": False,
    "SHOW_BACKSTAGE": False,
    "CLOCK_CAN_BE_SET": False,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "office@remission.example",
    "DATABASE_URL": "postgres://portal_app@db/portal",
    "DATABASE_OWNER_URL": "postgres://portal_owner@db/portal",
    "BACKUP_KEY": "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=",
    "BACKUP_TO": "/backups",
}


@pytest.fixture
def production(settings):
    for name, value in SAFE.items():
        setattr(settings, name, value)
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
        ("PORTAL_MASTER_KEY", ""),
        ("PORTAL_MASTER_KEY", "first:AAAA,outside-production:BBBB"),
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
        ("FAX_GATEWAY", "{number}@gateway.example.org"),  # no TLS to the mail server
    ],
)
def test_unsafe_setting_is_refused_by_name(production, setting, value):
    setattr(production, setting, value)

    with pytest.raises(ImproperlyConfigured, match=setting):
        checks.refuse_unsafe()


@pytest.mark.parametrize("backend", ["filebased", "console", "locmem", "dummy"])
def test_mail_that_stays_here_is_refused(production, backend):
    production.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        checks.refuse_unsafe()


def test_going_without_a_scanner_can_be_said(production):
    production.CLAMD_URL, production.ALLOW_NO_SCANNER = "", True

    assert checks.look(None) == []


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
