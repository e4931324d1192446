"""Whatever is changed in the record, in its digests or in the file outside is found, and its night is named."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from portal import alarms, clock
from portal.accounts.models import UserChange
from portal.history import kept, outside, proof, sealing
from portal.history.models import Digest, RecordLook
from portal.reminders.models import Reminder
from portal.tasks import prove_record
from tests import database, people
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


RIGHTS = "accounts_userchange"
MEDDLED = {  # the row, what becomes of it, what is said
    "changed": (
        0,
        "UPDATE accounts_userchange SET role = 'administrator' WHERE pgh_id = %s",
        "rows of {} were changed",
    ),
    "by whom": (0, "UPDATE accounts_userchange SET pgh_context = '{\"user\": 1}' WHERE pgh_id = %s", "were changed"),
    "removed": (0, "DELETE FROM accounts_userchange WHERE pgh_id = %s", "2 rows of {} were sealed, 1 are there"),
    "the tail removed": (1, "DELETE FROM accounts_userchange WHERE pgh_id = %s", "sealed, 1 are there"),
    "put in": (
        0,
        "INSERT INTO accounts_userchange (pgh_id, pgh_created_at, pgh_label, pgh_obj_id, role, can_sign_in)"
        " SELECT -1, pgh_created_at, pgh_label, pgh_obj_id, role, can_sign_in FROM accounts_userchange"
        " WHERE pgh_id = %s",
        "2 rows of {} were sealed, 3 are there",
    ),
    "all removed": (0, "DELETE FROM accounts_userchange WHERE pgh_id >= %s", "2 rows of {} were sealed, 0 are there"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", MEDDLED)
def test_tampering_with_rows_of_rights_is_found(how):
    people.person("joanne"), people.person("theo")
    sealed_nights(1, 1)
    assert "ERROR" not in verified()
    row, statement, words = MEDDLED[how]
    first = UserChange.objects.order_by("pk")[row].pk
    people.person("amir")  # written since, so not sealed yet
    meddle(statement, first, table=RIGHTS)
    assert f"{night(1)}: " in verified()
    assert f"{words.format(RIGHTS)}\n" in verified()


@pytest.mark.django_db(transaction=True)
def test_a_night_whose_rows_of_rights_are_left_out_is_found():
    for days, key in enumerate(("joanne", "theo", "amir"), -3):
        people.person(key)
        sealing.seal(clock.real_now() + days * DAY)
    assert Digest.objects.filter(rights__has_key=RIGHTS).count() == 3
    meddle(
        "UPDATE history_digest SET rights = '{}' WHERE id = %s",
        Digest.objects.order_by("pk")[1].pk,
        table="history_digest",
    )
    assert f"{night(3)}: rows of {RIGHTS} are left out" in verified()


@pytest.mark.django_db(transaction=True)
def test_rows_of_rights_go_by_whole_nights():
    people.person("joanne"), people.person("theo")
    sealed_nights(1)
    cut = clock.real_now() - 2193 * DAY
    old, young = UserChange.objects.order_by("pk").values_list("pk", flat=True)
    meddle(
        "UPDATE accounts_userchange SET pgh_created_at = now() - interval '9 years' WHERE pgh_id = %s",
        old,
        table=RIGHTS,
    )
    assert not kept.older_than(UserChange, cut).exists()
    assert kept.delete_older_than(UserChange, cut) == 0
    said = Digest.objects.get().rights
    said[RIGHTS]["newest"] = said[RIGHTS]["newest"].replace("20", "19", 1)
    meddle("UPDATE history_digest SET rights = %s", json.dumps(said), table="history_digest")
    assert list(kept.older_than(UserChange, cut).values_list("pk", flat=True)) == [old]
    assert kept.delete_older_than(UserChange, cut) == 1
    assert list(UserChange.objects.values_list("pk", flat=True)) == [young]


@pytest.mark.django_db
def test_nights_from_before_rows_of_rights_were_sealed_still_fit(monkeypatch):
    people.person("joanne")
    with monkeypatch.context() as before:
        before.setattr(sealing.sealing_rights, "made", lambda uptos: {})
        sealed_nights(1, 1)
    assert '"rights"' not in outside.path().read_text()
    assert "ERROR" not in verified()
    sealing.seal(clock.real_now() + DAY)
    assert Digest.objects.order_by("pk").last().rights[RIGHTS]["rows"] == 1
    assert "ERROR" not in verified()


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
