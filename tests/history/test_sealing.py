"""One digest a night: once, chained, over missed nights, and never over lines that could still come in."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from portal import clock
from portal.history import outside, sealing
from portal.history.actions import delete_older_than, older_than
from portal.history.models import Digest, Event
from portal.tasks import seal_record
from tests.at_once.rivals import at_once
from tests.history.nights import DAY, lines, sealed_nights, verified
from tests.programs import wait_until

pytestmark = pytest.mark.django_db


def test_a_night_is_sealed_once_here_and_outside():
    made = lines(3)

    seal_record()
    seal_record()

    digest = Digest.objects.get()
    assert (digest.after_id, digest.upto_id, digest.lines, digest.previous) == (0, made[-1].pk, 3, "")
    assert outside.read() == ([sealing.line_of(digest)], [])
    assert outside.path().stat().st_mode & 0o777 == 0o600


def test_nights_are_chained_and_a_missed_one_is_in_the_next():
    lines(2, days_ago=5)
    sealing.seal(clock.real_now() - 5 * DAY)
    lines(1, days_ago=3)
    lines(1, days_ago=2)
    sealing.seal(clock.real_now())

    first, second = Digest.objects.order_by("pk")
    assert (second.previous, second.after_id, second.lines) == (first.sha256, first.upto_id, 2)
    assert verified() == "2 nights are as they were sealed; 0 lines wait for the next one.\n"


def test_a_night_without_lines_is_sealed_too():
    sealed_nights(1, 0, 1)
    assert list(Digest.objects.order_by("pk").values_list("lines", flat=True)) == [1, 0, 1]
    assert "3 nights are as they were sealed" in verified()


def test_digest_covers_every_field_of_a_line():
    assert set(sealing.FIELDS) == {field.attname for field in Event._meta.concrete_fields}


@pytest.mark.parametrize("statement", ["UPDATE history_digest SET lines = 9", "DELETE FROM history_digest"])
def test_application_cannot_change_digests(statement):
    sealed_nights(1)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_database_refuses_a_fork_and_a_night_that_goes_back():
    sealed_nights(1)
    digest = Digest.objects.get()
    for changed in (
        {"sha256": "0" * 64},  # follows the same night as the one that is there
        {"previous": "1" * 64, "sha256": "0" * 64, "upto_id": -1},
        {"previous": "1" * 64, "sha256": "0" * 64, "lines": 0},
    ):
        values = {field.attname: getattr(digest, field.attname) for field in Digest._meta.concrete_fields}
        values |= {"id": None, "on_date": digest.on_date + DAY} | changed
        with pytest.raises(IntegrityError), transaction.atomic():
            Digest.objects.create(**values)


def test_a_death_before_the_commit_is_taken_over(monkeypatch):
    lines(2)

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Digest, "save", dies)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            sealing.seal(clock.real_now() - DAY)
    assert (len(outside.read()[0]), Digest.objects.count()) == (1, 0)
    lines(1)
    sealing.seal(clock.real_now())

    assert [digest.lines for digest in Digest.objects.order_by("pk")] == [2, 1]
    assert "2 nights are as they were sealed" in verified()


def test_half_a_line_of_a_death_goes_with_the_next():
    sealed_nights(1)
    with outside.path().open("a") as out:
        out.write('{"after":1,"li')
    sealing.seal(clock.real_now())
    assert "2 nights are as they were sealed" in verified()


def test_a_folder_that_cannot_be_written_to_seals_nothing(settings, tmp_path):
    (tmp_path / "a file").write_text("")
    settings.HISTORY_FOLDER = tmp_path / "a file"
    lines(1)
    with pytest.raises(OSError, match="a file"):
        sealing.seal(clock.real_now())
    assert not Digest.objects.exists()


def test_old_lines_go_by_whole_nights_and_the_chain_holds():
    lines(2, days_ago=2500)
    sealing.seal(clock.real_now() - 2500 * DAY)
    lines(1, days_ago=2300)
    lines(1, days_ago=100)  # of the same night: a beat that was away
    sealing.seal(clock.real_now())
    cut = clock.real_now() - 2192 * DAY

    assert older_than(cut).count() == 2
    assert delete_older_than(cut) == 2
    assert delete_older_than(cut) == 0

    assert Event.objects.count() == 2
    assert "2 nights are as they were sealed" in verified()


@pytest.mark.django_db(transaction=True)
def test_two_beats_seal_a_night_once():
    lines(5)
    outcomes = at_once(*[lambda: sealing.seal(clock.real_now())] * 3)
    assert [outcome.error for outcome in outcomes] == [None] * 3
    assert (Digest.objects.count(), len(outside.read()[0])) == (1, 1)


class SlowWriter:
    """Has taken an id, and commits when it is told to."""

    def __init__(self):
        self.has_id, self.may_end = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.write)

    def write(self):
        try:
            with transaction.atomic():
                lines(1)
                self.has_id.set()
                self.may_end.wait(60)
        finally:
            connections.close_all()

    def __enter__(self):
        self.thread.start()
        self.has_id.wait(60)
        return self

    def __exit__(self, *error):
        self.may_end.set()
        self.thread.join(60)


@pytest.mark.django_db(transaction=True)
def test_a_line_that_commits_late_is_waited_for():
    with SlowWriter() as slow:
        lines(1)  # with the higher id, committed
        threading.Timer(0.3, slow.may_end.set).start()
        digest = sealing.seal(clock.real_now())
    assert digest.lines == 2
    assert "1 nights are" in verified()


@pytest.mark.django_db(transaction=True)
def test_without_waiting_a_late_line_would_come_in_behind(monkeypatch):
    monkeypatch.setattr(sealing, "_writers", lambda cursor: set())
    with SlowWriter():
        lines(1)
        sealing.seal(clock.real_now())
    wait_until(lambda: Event.objects.count() == 2, 20, "the late line")
    assert "1 lines were sealed, 2 are there" in verified()


@pytest.mark.django_db(transaction=True)
def test_whoever_writes_for_too_long_puts_the_night_off(monkeypatch):
    monkeypatch.setattr(sealing, "PATIENCE", 0.2)
    with SlowWriter(), pytest.raises(sealing.Unsettled):
        sealing.seal(clock.real_now())
    assert not Digest.objects.exists()
    assert sealing.seal(clock.real_now()).lines == 1
