"""/healthz and /readyz: what must answer, what only turns the page amber."""

import pytest
from django.db import connection

from portal import health

pytestmark = pytest.mark.django_db


def test_healthz_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_names_every_part(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert list(lines) == ["database", "storage", "broker", "scanner", "reader", "sender", "files", "record", "backup"]
    assert (lines["database"], lines["storage"], lines["broker"]) == ("ok", "ok", "ok")
    assert answer["Content-Type"].startswith("text/plain")


def test_ready_without_broker_or_scanner(client, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody.sock"

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert b"broker: does not answer" in answer.content
    assert b"scanner: does not answer" in answer.content


def test_ready_without_a_program_that_reads_pictures(client, settings):
    settings.TEXT_ENGINE = ""
    assert b"reader: none; pictures of text stay pictures" in client.get("/readyz").content
    settings.TEXT_ENGINE = "/nonexistent/tesseract"
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert b"reader: does not run" in answer.content


def test_not_ready_without_storage(client, settings, tmp_path):
    a_file = tmp_path / "file"
    a_file.write_text("")
    a_file.chmod(0o400)
    settings.DOCUMENTS_FOLDER = a_file

    assert client.get("/readyz").status_code == 503


def test_sender_says_when_it_ran(client):
    from portal.reminders.sender import run

    run()

    assert b"sender: last ran 2" in client.get("/readyz").content


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_the_database(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nonexistent")

    answer = client.get("/readyz")
    parts = {part.name: part for part in health.parts()}

    assert answer.status_code == 503
    assert b"database: does not answer" in answer.content
    assert parts["sender"].words == "unknown"
