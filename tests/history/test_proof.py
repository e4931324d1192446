"""Whatever is changed in the record, in its digests or in the file outside is found, and its night is named."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from portal import alarms, clock
from portal.history import outside, proof, sealing
from portal.history.models import Digest, RecordLook
from portal.reminders.models import Reminder
from portal.tasks import prove_record
from tests import database
from tests.history.nights import DAY, edit_outside, lines, meddle, sealed_nights, verified


def night(number: int) -> str:
    digest = Digest.objects.order_by("pk")[number - 1]
    return f"Night of {digest.on_date} (lines {digest.after_id + 1} to {digest.upto_id})"


TAMPERING = {
    "changed": ("UPDATE history_event SET why = 'own' WHERE id = {2}", "{n}: lines were changed"),
    "removed": ("DELETE FROM history_event WHERE id = {2}", "{n}: 3 lines were sealed, 2 are there"),
    "moved in time": ("UPDATE history_event SET at = at - interval '1 s' WHERE id = {2}", "{n}: lines were changed"),
    "reordered": (
        "UPDATE history_event e SET about_id = o.about_id FROM history_event o"
        " WHERE (e.id, o.id) IN (({1}, {2}), ({2}, {1}))",
        "{n}: lines were changed",
    ),
    "inserted": (
        "INSERT INTO history_event (id, actor_kind, about_type, about_id, verb, why, at)"
        " SELECT -5, actor_kind, about_type, about_id, verb, why, at FROM history_event WHERE id = {0}",
        "{first}: 2 lines were sealed, 3 are there",
    ),
    "old by its words only": (
        "DELETE FROM history_event WHERE id IN ({1}, {2}, {3})",
        "{n}: 3 lines were sealed, 0 are there",
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_with_lines_is_found(how):
    made = sealed_nights(2, 3, 2)
    statement, words = TAMPERING[how]
    named = {"n": night(2), "first": night(1)}

    meddle(statement.format(made[0].pk, *(line.pk for line in made[2:5])))

    assert verified() == f"{words.format(**named)}\nERROR The record is not as it was sealed: 1 faults."


@pytest.mark.django_db(transaction=True)
def test_the_tail_with_its_digest_is_missed():
    made, last = sealed_nights(2, 3), night(2)
    meddle("DELETE FROM history_event WHERE id > %s", made[1].pk)
    meddle("DELETE FROM history_digest WHERE after_id = %s", made[1].pk, table="history_digest")
    assert f"{last}: in the file outside only, or not as it is there\n" in verified()


@pytest.mark.django_db(transaction=True)
def test_a_whole_chain_made_anew_does_not_fit_the_file():
    made = sealed_nights(2, 3)
    meddle("DELETE FROM history_event WHERE id = %s", made[0].pk)
    file = outside.path().read_text()
    meddle("TRUNCATE history_digest", table="history_digest")
    outside.path().unlink()
    for ago in (2, 1):
        sealing.seal(clock.real_now() - ago * DAY)
    outside.path().write_text(file)
    said = verified()
    assert f"{night(1)}: not in the file outside, or not as it is in the database" in said
    assert "ERROR" in said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE history_digest SET newest_at = newest_at - interval '9 years' WHERE after_id > 0", "was changed"),
        ("DELETE FROM history_digest WHERE after_id = 0", "nights before it are missing"),
        ("UPDATE history_digest SET previous = 'x' WHERE after_id > 0", "does not follow the night of"),
    ],
)
def test_tampering_with_digests_is_found(statement, words):
    sealed_nights(2, 2)
    meddle(statement, table="history_digest")
    assert words in verified()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda kept: kept[:-1], "{3}: not in the file outside"),
        (lambda kept: kept[1:], "{1}: not in the file outside"),
        (lambda kept: [], "{2}: not in the file outside"),
        (lambda kept: [*kept[:-1], kept[-1][:40]], "The file outside: line 3 cannot be read"),
        (lambda kept: [kept[0].replace('"lines":1', '"lines":2'), *kept[1:]], "The file outside: line 1 was changed"),
        (lambda kept: [*kept, kept[-1].replace('"sha256":"', '"sha256":"0')], "in the file outside only"),
        (lambda kept: [kept[1], kept[0], kept[2]], "do not stand in the order of the nights"),
        (lambda kept: [*kept, kept[-1]], "do not stand in the order of the nights"),
        (lambda kept: [*kept, json.dumps({"sha256": "x"})], "The file outside: line 4: in the file outside only"),
    ],
)
def test_tampering_with_the_file_is_found(change, words):
    sealed_nights(1, 1, 1)
    edit_outside(change)
    said = verified()
    assert words.format("", night(1), night(2), night(3)) in said
    assert "ERROR" in said


@pytest.mark.django_db
def test_a_cut_file_is_not_healed_in_silence():
    sealed_nights(1, 1)
    edit_outside(lambda kept: kept[:1])
    sealing.seal(clock.real_now())
    assert f"{night(2)}: not in the file outside" in verified()


@pytest.mark.django_db
def test_nights_that_stopped_are_told():
    lines(1, days_ago=3)
    assert verified().startswith("No night was ever sealed\n")
    sealing.seal(clock.real_now() - 4 * DAY)
    assert "No night since" in verified()


@pytest.mark.django_db(transaction=True)
def test_rights_given_back_and_a_guard_taken_away_are_told():
    sealed_nights(1)
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute("GRANT DELETE ON history_event TO portal_app; GRANT UPDATE (why) ON history_event TO portal_app")
        db.execute("ALTER TABLE history_digest DISABLE TRIGGER history_digest_insert_only")
        try:
            said = verified()
        finally:
            db.execute("REVOKE DELETE, UPDATE ON history_event FROM portal_app")
            db.execute("ALTER TABLE history_digest ENABLE TRIGGER history_digest_insert_only")
    assert "portal_app has the right to DELETE history_event" in said
    assert "portal_app has the right to UPDATE columns of history_event" in said
    assert "history_digest has no trigger any more" in said
    assert "ERROR" not in verified()


@pytest.mark.django_db
def test_written_anew_after_a_restore_the_old_file_is_kept(outside_folder):
    sealed_nights(1, 1)
    edit_outside(lambda kept: kept[:1])
    call_command("verify_history", "--write-anew", stdout=StringIO())
    assert "2 nights are as they were sealed; 1 lines wait" in verified()
    (aside,) = outside_folder.glob("digests-until-*.txt")
    assert len(aside.read_text().splitlines()) == 1


@pytest.mark.django_db
def test_the_weekly_proof_tells_the_administrators_once_a_week(client):
    sealed_nights(1, 1)
    prove_record()
    assert not Reminder.objects.filter(kind=alarms.RECORD).exists()
    assert b"\nrecord: last sealed " in client.get(reverse("readyz")).content

    edit_outside(lambda kept: kept[:1])
    prove_record()  # proved a moment ago
    assert not Reminder.objects.filter(kind=alarms.RECORD).exists()
    RecordLook.objects.update(at=clock.real_now() - 8 * DAY)
    prove_record()
    prove_record()
    row = Reminder.objects.get(kind=alarms.RECORD)
    assert (row.recipient_type, row.recipient_id) == ("role", "administrator")
    assert b"; faults: 1\n" in client.get(reverse("readyz")).content

    edit_outside(lambda kept: [*kept, json.dumps(sealing.line_of(Digest.objects.last())).replace(", ", ",") + "\n"])
    assert proof.faults(clock.real_now()) == []
    prove_record()
    assert not alarms.is_record_broken()


@pytest.mark.django_db
def test_a_file_outside_that_cannot_be_read_is_told(settings, outside_folder):
    sealed_nights(1)
    settings.HISTORY_FOLDER = outside_folder / outside.NAME  # a file where the folder should be

    prove_record()

    assert RecordLook.objects.get().faults == 1
    assert Reminder.objects.filter(kind=alarms.RECORD).count() == 1
    settings.HISTORY_FOLDER = outside_folder
    prove_record()
    assert not alarms.is_record_broken()
