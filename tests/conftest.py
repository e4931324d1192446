"""Fixtures for all tests. The servers are started earlier, by tests/services.py."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import expect

from tests import network, programs, small_disk

pytest_plugins = ["tests.world", "tests.stores", "tests.text_gateway", "tests.front"]

# Playwright keeps an event loop in the test's thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

DATABASE_FILES = Path(os.environ["PORTAL_VAR"]) / "postgres"  # of a server that the tests started

hypothesis_settings.register_profile("portal", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("portal")
expect.set_options(timeout=20_000)  # milliseconds; a slow day of the machine is no fault of a page


def missing_programs() -> dict[str, str]:
    """Fixtures that cannot work here, each with the words for the closing line."""
    missing = {}
    if not programs.chromium():
        missing |= dict.fromkeys(("browser", "axe"), "browser tests (install the package chromium)")
    elif not programs.AXE.exists():
        missing["axe"] = "accessibility tests with axe (no axe-core: install npm, then make setup)"
    if not programs.clamd():
        missing["clamd"] = "tests with a real virus scanner (install the package clamav-daemon)"
    if not small_disk.is_possible():
        missing["small_disk"] = "tests with a disk that is full (mounts in a namespace of one’s own are forbidden here)"
    if not programs.text_engine():
        missing["text_engine"] = "tests that read pictures by machine (install the package tesseract-ocr)"
    if not programs.nginx():
        missing |= dict.fromkeys(
            ("front", "secure_front", "nginx_program"), "tests behind nginx (unpacked by make setup on Debian)"
        )
    if not programs.pgbouncer():
        missing["pgbouncer"] = "tests with a pooler (unpacked by make setup on Debian)"
    if not DATABASE_FILES.exists():
        missing["database_files"] = "hunts in the database’s own files (DATABASE_URL names a server elsewhere)"
    if not shutil.which("systemd-analyze"):
        missing["systemd_analyze"] = "systemd's own look at the units (it is not here)"
    return missing


def pytest_collection_modifyitems(config, items):
    missing = missing_programs()
    left_out = [item for item in items if missing.keys() & set(getattr(item, "fixturenames", ()))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter):
    for words in sorted(set(missing_programs().values())):
        terminalreporter.write_line(f"NOT RUN: {words}", yellow=True)


@pytest.fixture(scope="session", autouse=True)
def stay_on_this_machine():
    with pytest.MonkeyPatch.context() as patch:
        network.block(patch)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """A database for this process, made as its owner; after a test that commits its first rows return."""
    from django.db import connections
    from django.test import TransactionTestCase

    from tests import database

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        given = connections["default"].settings_dict["NAME"]
        database.create()
        name = connections["default"].settings_dict["NAME"]
        rows = database.Rows(name)
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: rows.put_back())
        yield
        rows.close()
        connections.close_all()
        connections["default"].settings_dict["NAME"] = given
        database.drop(name)


@pytest.fixture(autouse=True)
def fresh_keys():
    """Each test asks for its keys anew: none kept in memory, nothing known of erasures."""
    from portal.vault import keys

    keys.forget_cached_keys()


@pytest.fixture(name="small_disk")
def small_disk_of_this_test(tmp_path):
    """A folder on a disk of 24 MB."""
    with small_disk.small_disk(tmp_path / "disk", 24) as disk:
        yield disk


@pytest.fixture
def database_files():
    """Where the database's server keeps what it writes."""
    return DATABASE_FILES


@pytest.fixture
def smtp_sink(settings):
    """A mail server that receives for real; this process sends to it, and so does `real_worker`."""
    sink = programs.SmtpSink()
    sink.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink
    sink.stop()


@pytest.fixture
def real_worker(transactional_db, smtp_sink, tmp_path):
    """A Celery worker on the real broker, the test database and the mail sink, started and ready."""
    import redis
    from django.db import connection

    with redis.from_url(os.environ["REDIS_URL"]) as broker:
        broker.flushdb()  # nudges of earlier tests
    worker = programs.Worker(connection.settings_dict["NAME"], smtp_sink.url, tmp_path / "worker.log")
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def site(live_server) -> str:
    """The address that is printed: passkeys refuse one without a name."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": programs.chromium(),
        "args": programs.CHROMIUM_ARGUMENTS,
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Browsers stand where most of the cast lives; elsewhere each page would ask whether to show times there."""
    return {**browser_context_args, "timezone_id": "America/Toronto"}


@pytest.fixture
def axe():
    """Call it with a page: `assert axe(page) == []`."""
    return programs.axe_findings
