"""The whole way: a house, its archive, an empty machine, the same house."""

import datetime as dt
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as given
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, connection

from cases.case.erasure.rules import WAITS
from cases.case.models import Case, Farewell
from portal import clock, retention
from portal.accounts import drafts, sessions
from portal.accounts.models import Draft
from portal.actors import SYSTEM, Actor
from portal.backup import making, places, proving, restoring, rows, scratch
from portal.backup.envelope import Broken
from portal.backup.models import BackupLook
from portal.history import proof, sealing
from portal.history.actions import record
from portal.history.models import Event
from portal.pages import erasing_actions, farewell_actions
from portal.reminders import sender
from portal.reminders.models import Delivery
from portal.tasks import prove_backup
from portal.texts.models import Text
from portal.vault import erasures, files, keys, store
from portal.vault.models import StoredFile
from tests import database, people
from tests.backup.conftest import CANARY
from tests.stores import lying, said

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def every_row() -> dict:
    return {table: rows.counted(table, columns) for table, columns in rows.tables().items()}


@pytest.fixture
def archive(house, settings):
    sealing.seal(clock.real_now())
    return making.make(places.place(settings.BACKUP_TO), clock.real_now()).name


def quiet(words):
    return None


def test_every_row_and_file_comes_back(house, archive, settings, tmp_path, empty_database):
    before, counters = every_row(), rows.counters()
    content = {stored.path: files.read_bytes(stored) for stored in StoredFile.objects.select_related("key")}
    names = lying(store.current())

    empty_database()
    settings.DOCUMENTS_FOLDER = tmp_path / "other" / "documents"
    keys.forget_cached_keys()
    restoring.restore(archive, quiet)

    assert every_row() == before
    assert rows.counters() == counters
    assert lying(store.current()) == names
    assert Case.objects.get(pk=house.pk).diagnosis == CANARY
    assert {stored.path: files.read_bytes(stored) for stored in StoredFile.objects.select_related("key")} == content
    assert said("verify_files").endswith("3 files are as they were put in.\n")
    assert proof.faults(clock.real_now()) == []
    assert record(SYSTEM, "case.seen", house).pk > max(last for table, _c, last in counters if table == "history_event")
    with database.owner(connection.settings_dict["NAME"]) as db, pytest.raises(psycopg.errors.RaiseException):
        db.execute("UPDATE history_event SET why = 'own'")
    with pytest.raises(Broken, match="The database is not empty"):
        restoring.restore(archive, quiet)


@pytest.mark.parametrize("is_asked_before", [True, False])
def test_what_was_erased_since_is_forgotten_again(house, settings, tmp_path, empty_database, is_asked_before):
    """Key, draft, words of a message, words about a death: whether the archive knows the wish or not."""
    rosa, theo = Actor.person(house.patient), Actor.person(people.person("theo"))
    drafts.keep(house.patient, "questions", house, {"first": f"{CANARY}?"})

    def ask():
        erasing_actions.ask(house, by=rosa)
        sender.run()
        farewell_actions.say_died(house.patient, right="ends", why=f"Her sister said {CANARY}.", by=theo)

    if is_asked_before:
        ask()
        assert Delivery.objects.exclude(body=b"").exists()
    assert " rows, " in said("backup")
    if not is_asked_before:
        ask()
    with clock.lived_at(clock.now() + WAITS + dt.timedelta(minutes=1)):
        retention.night(clock.now())
        assert Case.objects.get().diagnosis == ""
        empty_database()
        settings.DOCUMENTS_FOLDER = tmp_path / "other" / "documents"
        keys.forget_cached_keys()

        words = said("restore", places.archives(places.place(settings.BACKUP_TO))[-1])

    assert "1 keys had been destroyed since the archive was made" in words
    case = Case.objects.select_related("key").get()
    assert (case.diagnosis, case.state) == ("", Case.State.CLOSED)
    assert case.key.destroyed_at
    assert not Draft.objects.exists()
    assert not Delivery.objects.filter(recipient_id=str(house.patient_id)).exclude(body=b"").exists()
    assert [farewell.why for farewell in Farewell.objects.all()] == [""] * is_asked_before
    assert lying(store.current()) == []


def test_no_sign_in_comes_back(house, settings, tmp_path, empty_database):
    phone = people.browser(house.patient)
    assert phone.get("/account/").status_code == 200
    name = making.make(places.place(settings.BACKUP_TO), clock.real_now()).name
    sessions.end_all(house.patient)

    empty_database()
    settings.DOCUMENTS_FOLDER = tmp_path / "other" / "documents"
    keys.forget_cached_keys()
    restoring.restore(name, quiet)

    assert (UserSession.objects.count(), Session.objects.count()) == (0, 0)
    assert phone.get("/account/").status_code == 302
    assert people.browser(house.patient).get("/account/").status_code == 200


def test_a_cut_archive_leaves_an_empty_house_empty(archive, settings, tmp_path, empty_database):
    path = Path(settings.BACKUP_TO) / archive
    path.write_bytes(path.read_bytes()[:-1])
    empty_database()
    settings.DOCUMENTS_FOLDER = tmp_path / "other" / "documents"
    before = every_row()

    assert said("restore", archive) == "ERROR The archive was cut or changed."

    assert every_row() == before
    assert lying(store.current()) == []


def test_whoever_breaks_off_half_way_leaves_nothing(archive, settings, tmp_path, empty_database, monkeypatch):
    empty_database()
    settings.DOCUMENTS_FOLDER = tmp_path / "other" / "documents"
    before = every_row()

    def refuses():
        raise IntegrityError("secret words of a row")

    with monkeypatch.context() as patch:
        patch.setattr(rows, "check_ties", refuses)
        words = said("restore", archive)
    assert words.endswith("ERROR The database refused (IntegrityError); no row was kept.")
    assert "secret" not in words
    assert (every_row(), lying(store.current())) == (before, [])
    restoring.restore(archive, quiet)
    assert Event.objects.exists()


@pytest.mark.parametrize("is_readable", [True, False])
def test_what_is_not_erased_again_is_said_loudly(archive, settings, tmp_path, empty_database, is_readable):
    if not is_readable:
        erasures.path().mkdir(parents=True)
    empty_database()
    settings.DOCUMENTS_FOLDER = tmp_path / "other" / "documents"
    words = said("restore", archive)
    assert Case.objects.exists()
    if is_readable:
        assert "WARNING: there is no " in words
    else:
        assert "ERROR Rows and files are back and stay, but" in words
        assert "no row was kept" not in words


def test_a_row_that_does_not_come_back_is_noticed(archive, settings, tmp_path, empty_database, monkeypatch):
    empty_database()
    settings.DOCUMENTS_FOLDER = tmp_path / "other" / "documents"
    put = rows.put

    def forgets(table, columns, data):
        content = b"".join(data).splitlines(keepends=True)
        put(table, columns, iter(content[:-1] if table == "accounts_user" else content))

    monkeypatch.setattr(rows, "put", forgets)
    monkeypatch.setattr(rows, "check_ties", lambda: None)
    assert said("restore", archive).endswith("ERROR The database does not give back the rows as they were put in.")


def test_an_archive_of_the_former_version_comes_forward(settings, tmp_path, settled, empty_database):
    """Its rows come back into its own tables; what was added since is migrated when they are there."""
    empty_database()
    call_command("migrate", "backup", "zero", verbosity=0)
    former = making.make(places.place(settings.BACKUP_TO), clock.real_now()).name
    assert "backup_backuplook" not in proving.prove(former).tables

    call_command("migrate", verbosity=0)
    assert "The database is newer than the archive" in said("restore", former)
    call_command("migrate", "backup", "zero", verbosity=0)
    assert "Rows and files are back" in said("restore", former)

    assert not BackupLook.objects.exists()
    assert Text.objects.exists()


def test_a_store_with_files_is_refused(archive, settings, tmp_path, empty_database):
    empty_database()
    assert said("restore", archive).endswith("ERROR The store of files is not empty. Nothing was changed.")


def test_an_archive_in_a_bucket_and_files_from_one(bucket_store, settings, s3_server, house, tmp_path, empty_database):
    for content in (b"a", bytes(9_000_000)):
        files.put([content], key=house.key)
    settings.BACKUP_TO = settings.DOCUMENTS_URL.replace("/sealed?", "/archives?")
    made = making.make(places.place(settings.BACKUP_TO), clock.real_now())
    assert (made.files, made.faults, proving.prove(made.name).files) == (5, {}, 5)
    assert settings.BACKUP_TO.endswith("region=us-east-1")

    empty_database()
    settings.DOCUMENTS_URL = settings.DOCUMENTS_URL.replace("/sealed?", "/back?")
    settings.DOCUMENTS_FOLDER = tmp_path / "other"
    restoring.restore("", quiet)
    assert sum(len(found) for _shelf, found in store.current().shelves()) == 5


def test_memory_stays_flat(house, settings):
    for _file in range(3):
        files.put((bytes(1_000_000) for _piece in range(40)), key=house.key)
    tracemalloc.start()
    try:
        made = making.make(places.place(settings.BACKUP_TO), clock.real_now())
        proving.prove(made.name)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (Path(settings.BACKUP_TO) / made.name).stat().st_size > 120_000_000
    assert peak < 24_000_000


def test_the_weekly_proof_brings_the_rows_back_and_leaves_no_database(archive, settings):
    assert scratch.is_possible()
    assert "Its rows came back, and as they were." in said("verify_backup", "--restore")
    with database.owner(connection.settings_dict["NAME"]) as db:
        assert not db.execute("SELECT 1 FROM pg_database WHERE datname LIKE '%%_proof'").fetchone()


def test_a_week_after_a_good_proof_the_worker_brings_the_rows_back_again(archive):
    now = clock.real_now()
    before = {"made_at": places.made_at(archive), "is_proved": True, "came_back": False}
    BackupLook.objects.create(looked_at=now - dt.timedelta(days=6), **before)
    prove_backup()
    assert not BackupLook.objects.get().came_back
    BackupLook.objects.update(looked_at=now - dt.timedelta(days=7))
    prove_backup()
    look = BackupLook.objects.get()
    assert (look.is_proved, look.came_back, look.looked_at >= now) == (True, True, True)


@pytest.fixture(params=["embedded", "outside"])
def machine(request, tmp_path):
    """The surroundings of an empty machine: its own PostgreSQL, which `restore` starts; or one that is named."""
    named = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
    named |= {"PORTAL_ENV": "development", "PORTAL_VAR": str(tmp_path / "machine")}
    if request.param == "embedded":
        yield named
        return
    given_name = connection.settings_dict["NAME"]
    empty = f"{given_name}_outside"
    database.drop(empty)
    with database.owner(given_name) as db:
        db.execute(f'CREATE DATABASE "{empty}" TEMPLATE template0')
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        named[name] = urlsplit(os.environ[name])._replace(path=f"/{empty}").geturl()
    yield named
    database.drop(empty)


def test_an_empty_machine_by_its_commands(archive, settings, tmp_path, machine):
    """No migrations, nothing: `restore` brings tables, rows and files, and the portal may follow."""
    machine |= {"BACKUP_KEY": settings.BACKUP_KEY, "PORTAL_MASTER_KEY": settings.PORTAL_MASTER_KEY}
    path = Path(settings.BACKUP_TO) / archive
    cut = path.with_name("cut.backup")
    cut.write_bytes(path.read_bytes()[:-1])

    def manage(*words: str) -> str:
        command = [sys.executable, str(given.BASE_DIR / "manage.py"), *words]
        done = subprocess.run(command, env=machine, capture_output=True, text=True, timeout=500)
        return f"{done.returncode} {done.stdout}{done.stderr}"

    assert "The archive was cut or changed." in manage("restore", str(cut))
    assert "Rows and files are back, and as they were." in manage("restore", str(path))
    documents = Path(machine["PORTAL_VAR"]) / "documents"
    assert len([file for file in documents.rglob("*") if file.is_file()]) == 3
    for command in ("migrate", "verify_files", "retention --dry-run"):  # in the words of docs/operations.md
        assert manage(*command.split()).startswith("0 "), command
    assert "3 files are as they were put in." in manage("verify_files")
    again = manage("backup", "--to", str(tmp_path / "second"))
    assert again.startswith("0 portal-")
    second = next((tmp_path / "second").glob("*.backup"))
    was, is_ = proving.prove(str(path)).tables, proving.prove(str(second)).tables
    assert {table for table in was if was[table] != is_[table]} <= {"portal_cache"}
    assert "The archive was cut or changed." in manage("restore", str(cut))  # where there is something, too
    assert "The database is not empty" in manage("restore", str(path))
    after = proving.prove(str(second)).tables
    assert manage("backup", "--to", str(tmp_path / "third")).startswith("0 portal-")
    third = next((tmp_path / "third").glob("*.backup"))
    assert proving.prove(str(third)).tables == after
