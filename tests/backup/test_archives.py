"""An archive holds every row and file of one instant, tells what it lacks, and shows nothing to a reader."""

import datetime as dt
import threading
from pathlib import Path

import pytest
import time_machine
from django.db import connection, connections

from portal import clock
from portal.accounts.models import User
from portal.backup import making, places, proving, restoring, rows
from portal.backup.envelope import Broken
from portal.vault import erasures, files, keys, store
from portal.vault.models import StoredFile
from tests.backup.conftest import CANARY, NAME, OTHER_KEY
from tests.stores import overwrite, said

pytestmark = pytest.mark.django_db


def lying(settings) -> list[Path]:
    return sorted(Path(settings.BACKUP_TO).glob("*"))


def test_an_archive_holds_every_table_row_and_file(house, settings):
    said_ = said("backup")

    (path,) = lying(settings)
    proved = proving.prove(str(path))
    assert said_ == f"{path.name}: {proved.rows} rows, 3 files\n"
    assert set(proved.tables) == set(rows.tables())
    assert proved.tables["accounts_user"]["rows"] == User.objects.count()
    assert proved.tables == {table: rows.counted(table, columns) for table, columns in rows.tables().items()}
    assert said("verify_backup") == f"Made {proved.made_at}; whole: {proved.rows} rows, 3 files.\n"


def test_the_list_of_what_was_erased_lies_beside_it_and_goes_with_it(house, settings):
    erasures.add([house.key_id])
    with time_machine.travel("2026-09-01T01:00:00Z"):
        said("backup")
    said("backup")
    archive, erased = lying(settings)
    assert (archive.suffix, erased.suffix, archive.stem) == (".backup", ".erasures", erased.stem)
    assert erased.read_text().split() == [str(house.key_id)]


def test_nothing_of_it_can_be_read_without_the_key(house, settings):
    said("backup")
    (path,) = lying(settings)
    content = path.read_bytes()
    master = next(iter(keys.master_keys().values()))
    for secret in (CANARY.encode(), NAME.encode(), b"accounts_user", master, keys.raw(house.key)):
        assert secret not in content
    with proving.opened(str(path)) as found:
        inside = b"".join(data for entry in found for data in entry.data())
    assert NAME.encode() in inside
    for secret in (CANARY.encode(), CANARY.encode().hex().encode(), master, master.hex().encode()):
        assert secret not in inside


@pytest.mark.parametrize("cut", [-1, -500_000, 40, 0])
def test_a_cut_archive_is_refused_in_a_sentence(house, settings, cut):
    said("backup")
    (path,) = lying(settings)
    path.write_bytes(path.read_bytes()[:cut])
    assert said("verify_backup") in {
        "ERROR The archive was cut or changed.",
        "ERROR This is not an archive of the portal.",
    }


def test_a_changed_archive_and_another_key_are_refused(house, settings):
    said("backup")
    (path,) = lying(settings)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert said("verify_backup", str(path)) == "ERROR The archive was cut or changed."
    settings.BACKUP_KEY = OTHER_KEY
    assert said("verify_backup") == "ERROR The archive was sealed with another BACKUP_KEY."
    assert said("verify_backup", str(path.parent / "other")) == "ERROR There is no such archive."


def test_files_that_are_missing_or_damaged_are_told_and_the_rest_is_kept(house, settings):
    missing, damaged, _whole = StoredFile.objects.order_by("size")
    store.current().remove(missing.path)
    overwrite(damaged.path, b"other bytes")

    words = said("backup")

    assert f"{missing.pk}: missing\n" in words
    assert f"{damaged.pk}: changed\n" in words
    assert "ERROR 2 files are not as they were put in" in words
    assert said("verify_backup").endswith("ERROR 2 files were not as they should be when it was made.")


@pytest.mark.django_db(transaction=True)
def test_rows_and_files_that_come_or_go_meanwhile(house, monkeypatch):
    """All rows are of one instant; a file that is erased before its turn is no fault, a new one is not in it."""
    was, table_out = User.objects.count(), rows.out
    first = StoredFile.objects.order_by("pk").first()

    def meanwhile():
        User.objects.create_user("late@example.org")
        files.put([b"late"], key=house.key)
        store.current().remove(first.path)
        StoredFile.objects.filter(pk=first.pk).delete()
        connections.close_all()

    def out(table, columns):
        if table == "accounts_draft":  # one of the first
            thread = threading.Thread(target=meanwhile)
            thread.start()
            thread.join()
        yield from table_out(table, columns)

    with monkeypatch.context() as patch:
        patch.setattr(rows, "out", out)
        made = making.make(places.place(places.settings.BACKUP_TO), clock.real_now())

    proved = proving.prove(made.name)
    assert (User.objects.count(), proved.tables["accounts_user"]["rows"]) == (was + 1, was)
    assert (made.files, made.faults, proved.faults) == (3, {}, 0)
    assert proved.tables["vault_storedfile"]["rows"] == 3


def test_a_break_leaves_no_archive(house, settings, monkeypatch):
    def away(path):
        raise store.Away("the bucket does not answer")

    monkeypatch.setattr(making, "_file", lambda *args: away(args[-2]))
    assert said("backup") == "ERROR Nothing was kept: the bucket does not answer"
    assert lying(settings) == []


def test_archives_go_after_35_days_and_never_the_newest(house, settings):
    now = clock.real_now()
    there = places.place(settings.BACKUP_TO)
    for days in (36, 34):
        with there.writing(places.name_of(now - dt.timedelta(days=days))) as out:
            out.write(b"x")
    (Path(settings.BACKUP_TO) / "portal-notes.txt").write_text("not ours")

    words = said("backup")

    assert words.count("removed, older than 35 days") == 1
    assert len(places.archives(there)) == 2
    assert (Path(settings.BACKUP_TO) / "portal-notes.txt").exists()
    newest = places.archives(there)[-1]
    places.forget_old(there, now + dt.timedelta(days=900))
    assert places.archives(there) == [newest]


def test_places_that_will_not_do_are_refused(house, settings):
    assert said("backup", "--to", str(settings.DOCUMENTS_FOLDER / "x")) == (
        "ERROR Archives must lie apart from the documents."
    )
    assert "A place is a folder, or s3://" in said("backup", "--to", "ftp://host/x")
    settings.BACKUP_TO = ""
    assert said("backup") == "ERROR Say where to: --to, or BACKUP_TO."
    settings.BACKUP_KEY = ""
    assert "BACKUP_KEY must be 32 bytes" in said("backup", "--to", str(settings.DOCUMENTS_FOLDER.parent / "a"))


def test_restore_refuses_a_house_with_people_and_changes_nothing(house):
    said("backup")
    before = {table: rows.counted(table, columns) for table, columns in rows.tables().items()}
    with pytest.raises(Broken, match="The database is not empty"):
        restoring.restore("", lambda words: None)
    assert {table: rows.counted(table, columns) for table, columns in rows.tables().items()} == before
    assert connection.is_usable()
