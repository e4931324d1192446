"""An archive each night, a proof each week, and administrators who are told when there is none."""

import datetime as dt
import io
import os

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from structlog.testing import capture_logs

from portal import alarms, clock
from portal.backup import places, scratch, upkeep
from portal.backup.entries import Writing
from portal.backup.envelope import Sealing, backup_key
from portal.backup.models import BackupLook
from portal.environment import env
from portal.reminders import sender
from portal.reminders.models import Reminder
from portal.tasks import make_backup, prove_backup
from tests import database, people
from tests.backup.conftest import CANARY, OTHER_KEY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def read_through_only(monkeypatch):
    """As where the account may make no database; the long form brings the rows back."""
    monkeypatch.setattr(scratch, "is_possible", lambda: False)


def archives(settings) -> list[str]:
    return places.archives(places.place(settings.BACKUP_TO))


def health(client) -> str:
    lines = client.get(reverse("readyz")).content.decode().splitlines()
    return next(line for line in lines if line.startswith("backup: "))


def test_one_archive_a_night_and_one_proof_a_week(house, settings, client):
    assert health(client) == "backup: not proved yet"
    for _turn in range(2):
        make_backup()
        prove_backup()

    assert len(archives(settings)) == 1
    look = BackupLook.objects.get()
    assert (look.is_proved, look.came_back, look.made_at) == (True, False, places.made_at(archives(settings)[0]))
    assert health(client).endswith("; proved")
    assert not Reminder.objects.filter(kind=alarms.BACKUP).exists()


@pytest.mark.parametrize("how", ["none", "old", "cut", "key"])
def test_no_proof_is_an_alarm_once_a_week_while_it_lasts(house, settings, client, how):
    if how != "none":
        make_backup()
        (name,) = archives(settings)
        path = places.Path(settings.BACKUP_TO) / name
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    if how == "old":
        path.rename(path.with_name(places.name_of(clock.real_now() - 3 * DAY)))
    kept = settings.BACKUP_KEY
    if how != "cut":
        settings.BACKUP_KEY = OTHER_KEY if how == "key" else ""  # without one there will be no other archive

    prove_backup()
    prove_backup()

    row = Reminder.objects.get(kind=alarms.BACKUP)
    assert (row.recipient_type, row.recipient_id, alarms.is_backup_unproved()) == ("role", "administrator", True)
    assert health(client).endswith("; NOT PROVED")
    settings.BACKUP_KEY = kept
    BackupLook.objects.update(looked_at=clock.real_now() - DAY)
    for name in archives(settings):
        (places.Path(settings.BACKUP_TO) / name).unlink()
    make_backup()
    prove_backup()
    assert not alarms.is_backup_unproved()


def test_the_alarm_goes_to_each_administrator_by_mail(house, settings, smtp_sink):
    mara = people.person("mara")
    settings.BACKUP_KEY = ""
    for at in ("2026-12-01T10:00:00Z", "2026-12-01T15:00:00Z", "2026-12-02T15:00:00Z"):  # 5 and 10 am in Toronto
        with time_machine.travel(at, tick=False):
            prove_backup()
            sender.run()
    assert [message["To"] for message in smtp_sink.messages] == [mara.email]


def test_a_proof_that_comes_before_the_first_archive_makes_it(house, settings, client):
    prove_backup()
    assert len(archives(settings)) == 1
    assert health(client).endswith("; proved")
    assert not Reminder.objects.filter(kind=alarms.BACKUP).exists()


def test_a_proof_waits_for_what_is_being_made_and_making_for_a_proof(house, settings):
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute("SELECT pg_advisory_lock(%s)", [upkeep.LOCK])
        prove_backup()
        make_backup()
    assert not BackupLook.objects.exists()
    assert not Reminder.objects.filter(kind=alarms.BACKUP).exists()
    assert archives(settings) == []


def test_an_archive_that_failed_is_read_again_after_a_day_and_a_newer_one_at_once(house, settings):
    make_backup()
    (name,) = archives(settings)
    path, made_at = places.Path(settings.BACKUP_TO) / name, clock.real_now() - DAY
    path = path.rename(path.with_name(places.name_of(made_at)))
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    prove_backup()
    path.write_bytes(whole)

    prove_backup()
    assert alarms.is_backup_unproved()
    BackupLook.objects.update(looked_at=clock.real_now() - DAY)
    prove_backup()
    assert not alarms.is_backup_unproved()

    BackupLook.objects.update(is_proved=False, looked_at=clock.real_now())
    make_backup()
    prove_backup()
    assert not alarms.is_backup_unproved()


def test_what_a_killed_run_left_goes_after_a_day_and_nothing_else(house, settings):
    root = places.Path(settings.BACKUP_TO)
    root.mkdir()
    now = clock.real_now()
    old, young = ((now - age).timestamp() for age in (1.1 * DAY, DAY / 2))
    left = {"portal-20261101T010000Z.part": old, "portal-20261102T010000Z.part": young, "theirs.part": old}
    for name, at in left.items():
        (root / name).write_bytes(b"half")
        os.utime(root / name, (at, at))

    make_backup()

    assert {path.name for path in root.glob("*.part")} == {"portal-20261102T010000Z.part", "theirs.part"}
    assert len(archives(settings)) == 1


def test_no_new_archives_after_a_good_proof_are_an_alarm(house, settings, client):
    make_backup()
    prove_backup()
    (name,) = archives(settings)
    path, old = places.Path(settings.BACKUP_TO) / name, places.name_of(clock.real_now() - 3 * DAY)
    path.rename(path.with_name(old))
    settings.BACKUP_KEY = ""  # why there are none

    prove_backup()

    assert Reminder.objects.filter(kind=alarms.BACKUP).count() == 1
    assert BackupLook.objects.get().made_at == places.made_at(old)
    assert health(client).endswith("; NOT PROVED")


def test_an_error_that_nobody_foresaw_is_an_alarm_and_tells_its_kind_only(house, settings):
    make_backup()
    prove_backup()
    with places.place(settings.BACKUP_TO).writing(places.name_of(clock.real_now() + DAY)) as out:
        sealing = Sealing(out, backup_key())
        Writing(sealing).head("archive", format=1, migrations=[CANARY])
        sealing.finish()
    BackupLook.objects.update(looked_at=clock.real_now() - 7 * DAY)

    with capture_logs() as logs:
        prove_backup()

    assert (logs[-1]["event"], logs[-1]["reason"], CANARY in str(logs)) == ("backup_not_proved", "ValueError", False)
    assert Reminder.objects.filter(kind=alarms.BACKUP).count() == 1


def test_a_proof_of_long_ago_is_none(house, client):
    make_backup()
    prove_backup()
    BackupLook.objects.update(looked_at=clock.real_now() - 8 * DAY)
    assert health(client).endswith("; NOT PROVED")


def test_where_no_place_is_named_nothing_runs(house, settings, client):
    settings.BACKUP_TO = ""
    make_backup()
    prove_backup()
    assert not BackupLook.objects.exists()
    assert health(client) == "backup: not configured; nothing is backed up by itself"


def test_database_refuses_a_proof_of_nothing():
    for values in ({"is_proved": True}, {"made_at": clock.now(), "came_back": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BackupLook.objects.create(looked_at=clock.now(), **values)


def test_the_rows_come_back_beside_the_portal_where_secrets_are_files(monkeypatch, settings, tmp_path):
    real = tmp_path / "secret"
    real.write_text("postgres://portal_owner@/portal")
    settings.DATABASE_OWNER_URL = real.read_text()
    for name in ("DATABASE_URL_FILE", "DATABASE_OWNER_URL_FILE", "BACKUP_KEY_FILE"):
        monkeypatch.setenv(name, str(real))

    monkeypatch.setattr("os.environ", scratch.surroundings("portal_proof"))

    assert env("DATABASE_OWNER_URL") == "postgres://portal_owner@/portal_proof"
    assert env("DATABASE_URL").partition("?")[0].endswith("/portal_proof")
    assert env("BACKUP_KEY") == settings.BACKUP_KEY


def test_by_hand_one_is_refused_while_another_is_made(house, settings):
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute("SELECT pg_advisory_lock(%s)", [upkeep.LOCK])
        with pytest.raises(CommandError, match="Another archive is being made"):
            call_command("backup")
        db.execute("SELECT pg_advisory_unlock(%s)", [upkeep.LOCK])
    assert archives(settings) == []
    call_command("backup", stdout=io.StringIO())
    assert len(archives(settings)) == 1
