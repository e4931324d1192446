"""The system page: each line is green, or says what to do; each turns when its real part breaks."""

import datetime as dt
import socket
import threading
import time
import zoneinfo

import psycopg
import pytest
import time_machine
from django.db import connection

from portal import alarms, clock
from portal.backup.models import BackupLook
from portal.pages.house import looking, system
from portal.pages.house.models import SystemLine
from portal.reminders import sender
from portal.reminders.models import Delivery, Reminder, Run
from portal.texts.models import Organisation
from portal.vault.models import StoreLook
from tests import people
from tests.small_disk import fill

pytestmark = pytest.mark.django_db
PAGE = "/staff/system/"
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
TURN = 6 * MINUTE


@pytest.fixture
def mara():
    return people.browser(people.person("mara"))


def words(answer):
    return " ".join(answer.content.decode().split())


def line(name):
    return next(each for each in system.lines(looking.all_parts()) if each.name == name)


class Scanner:
    """A scanner that answers as clamd does, with signatures of a day."""

    def __init__(self, place, version):
        self.version = version
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(place))
        self.socket.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                heard, _from = self.socket.accept()
            except OSError:
                return
            with heard:
                said = heard.recv(100)
                heard.sendall((b"PONG" if said == b"zPING\0" else self.version.encode()) + b"\0")


def scanner(settings, tmp_path, made_at):
    place = tmp_path / "s"
    version = f"ClamAV 1.4.3/27500/{made_at:%a %b %d %H:%M:%S %Y}" if made_at else "ClamAV 1.4.3"
    settings.CLAMD_URL = f"unix://{place}"
    return Scanner(place, version).socket


def test_the_page_names_every_line_and_needs_few_questions(mara, django_assert_max_num_queries):
    mara.get(PAGE)
    with django_assert_max_num_queries(15):
        answer = mara.get(PAGE)
    shown = {line.name for line in answer.context["well"] + answer.context["unwell"]}
    assert shown == set(system.TITLES)
    assert "Nothing here is about a patient." in words(answer)


def test_every_reason_a_part_can_give_has_its_words():
    for (name, _why), (said, todo) in system.UNWELL.items():
        assert name in system.TITLES
        assert said
        assert todo
    assert {name for name, _why in system.WELL} == set(system.TITLES)


def test_a_sender_that_stopped_turns_the_line_red():
    assert not line("sender").is_well
    sender.run()
    assert line("sender").is_well
    Run.objects.update(at=clock.real_now() - 6 * MINUTE)
    assert "should look twice a minute" in line("sender").words
    sender.run()
    assert line("sender").is_well


def test_a_mail_server_that_is_away(settings, tmp_path):
    sender.run()
    Run.objects.update(mail_away_since=clock.real_now())
    assert "has not answered since" in line("sender").words


def test_old_signatures(settings, tmp_path):
    with scanner(settings, tmp_path, clock.real_now() - 4 * DAY):
        assert "New viruses pass it." in line("scanner").words


def test_new_signatures(settings, tmp_path):
    with scanner(settings, tmp_path, clock.real_now() - DAY):
        assert line("scanner").is_well


def test_signatures_of_no_day(settings, tmp_path):
    with scanner(settings, tmp_path, None):
        assert "does not say how old" in line("scanner").words


def test_no_scanner_and_one_that_is_away(settings, tmp_path):
    settings.CLAMD_URL = ""
    assert "There is none." in line("scanner").words
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody.sock"
    assert "New files wait." in line("scanner").words


def test_a_disk_that_fills_up(settings, small_disk):
    settings.DOCUMENTS_FOLDER = small_disk
    assert line("room").is_well
    filled = fill(small_disk, leave=500_000)
    assert "Only" in line("room").words
    filled.unlink()
    assert line("room").is_well


def test_a_store_that_cannot_be_used(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.DOCUMENTS_FOLDER = tmp_path / "file"
    assert not line("storage").is_well


def test_a_backup_that_is_missing_unproved_or_too_old(settings, tmp_path):
    settings.BACKUP_TO = ""
    assert "Nothing is backed up." in line("backup").words
    settings.BACKUP_TO = str(tmp_path)
    assert "tried out yet" in line("backup").words
    now = clock.real_now()
    look = BackupLook.objects.create(looked_at=now, made_at=now, is_proved=True)
    assert line("backup").is_well
    look.looked_at = now - 9 * DAY
    look.save()
    assert "more than a week" in line("backup").words
    look.is_proved = False
    look.save()
    assert "no backup of the last days" in line("backup").words


def test_files_that_do_not_fit_and_a_record_that_was_changed():
    now = clock.real_now()
    StoreLook.objects.create(at=now, files_without_row=1)
    assert "Some do not fit." in line("files").words
    StoreLook.objects.update(files_without_row=0)
    assert line("files").is_well
    StoreLook.objects.update(at=now - 4 * DAY)
    assert "should be each day" in line("files").words
    assert "not been sealed yet" in line("record").words


def delivery(**more):
    now = clock.real_now()
    fields = {
        "recipient_type": "user",
        "recipient_id": str(people.person("joanne").pk),
        "message_class": "answer",
        "is_gathered": False,
        "local_on": now.date(),
        "created_at": now,
    }
    return Delivery.objects.create(**(fields | more))


def test_a_message_that_waits_and_one_that_a_person_brings():
    old = clock.real_now() - 20 * MINUTE
    delivery(created_at=old, channel="letter")
    assert line("due").is_well
    waits = delivery(created_at=old)
    assert "A message waits since" in line("due").words
    waits.sent_at = clock.real_now()
    waits.save()
    assert line("due").is_well
    assert "last message was taken" in line("mail").words


def test_mail_to_one_of_us_that_came_back_until_another_stays():
    now = clock.real_now()
    patient = str(people.person("rosa").pk)
    delivery(created_at=now - DAY, sent_at=now - DAY, came_back_at=now, recipient_id=patient)
    assert line("mail").is_well  # a coordinator's matter, on the board
    delivery(created_at=now - DAY, sent_at=now - DAY, came_back_at=now)
    assert "does not arrive: 1" in line("mail").words
    delivery(created_at=now, sent_at=now)
    assert line("mail").is_well


def test_redis_that_is_away(settings, tmp_path):
    assert line("broker").is_well
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    assert not line("broker").is_well


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_was_left_open(monkeypatch):
    assert line("locks").is_well
    monkeypatch.setattr(looking, "LONGEST_OPEN", dt.timedelta(milliseconds=50))
    known = connection.get_connection_params()
    wanted = {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
    with psycopg.connect(**wanted) as other:
        other.execute("SELECT 1")
        time.sleep(0.2)
        assert not line("locks").is_well
    assert line("locks").is_well


def test_rules_of_time_zones_of_a_year_that_is_long_over():
    assert line("zones").is_well
    with time_machine.travel(dt.datetime(2028, 6, 1, tzinfo=zoneinfo.ZoneInfo("UTC"))):
        assert "an hour off" in line("zones").words


def test_an_upgrade_that_ended_half_way():
    assert line("update").is_well
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'pages' AND name = '0002_system_lines'")
    assert "Steps that are missing: 1" in line("update").words


def test_somebody_without_a_second_step():
    people.person("mara")
    assert line("steps").is_well
    people.person("nils")
    assert "none yet: 1" in line("steps").words


# --- told by mail ---


def watched(at):
    alarms.watch(at)
    alarms.watch(at)


@pytest.fixture
def quiet(settings, tmp_path, monkeypatch):
    """Everything but the disk's room is as it is; only that line is watched."""
    parts = {"room": True}

    def only_room():
        free = 10**12 if parts["room"] else 10
        why = "" if parts["room"] else "short"
        return [looking.Part("room", parts["room"], "", why=why, also=f"{free} {10**12}")]

    monkeypatch.setattr(alarms, "all_parts", only_room)
    return parts


def test_a_line_that_turns_red_is_told_once_and_once_that_it_is_well(quiet, smtp_sink):
    people.person("mara")
    start = clock.real_now()
    quiet["room"] = False
    for minutes in (0, 2, 4):
        watched(start + minutes * MINUTE)
    assert not Reminder.objects.exists()  # it may come back by itself
    for minutes in (6, 8, 60, 600):
        watched(start + minutes * MINUTE)
    sender.run(start + 600 * MINUTE)
    assert [(message["To"], message["Subject"]) for message in smtp_sink.messages] == [
        ("mara@example.org", "The portal needs a look")
    ]
    quiet["room"] = True
    for minutes in (700, 702):
        watched(start + minutes * MINUTE)
    for minutes in (703, 704):
        sender.run(start + minutes * MINUTE)
    assert [message["Subject"] for message in smtp_sink.messages] == [
        "The portal needs a look",
        "The portal is well again",
    ]


def test_a_line_that_is_red_and_back_within_minutes_is_nobodys_matter(quiet):
    people.person("mara")
    start = clock.real_now()
    for minutes in range(0, 60, 2):
        quiet["room"] = minutes % 4 == 0
        alarms.watch(start + minutes * MINUTE)
    assert not Reminder.objects.exists()


def test_the_named_person_alone_hears_of_it_and_everybody_when_she_left(quiet):
    chief = people.person("mara")
    other = people.person("theo")
    other.role = "administrator"
    other.save()
    Organisation.objects.create(from_at=clock.now(), alarms_to=other)
    start = clock.real_now()
    quiet["room"] = False
    watched(start)
    watched(start + TURN)
    row = Reminder.objects.get()
    assert (row.recipient_type, row.recipient_id) == ("user", str(other.pk))
    other.can_sign_in = False
    other.save()
    quiet["room"] = True
    watched(start + 2 * TURN)
    quiet["room"] = False
    watched(start + 3 * TURN)
    watched(start + 4 * TURN)
    rows = Reminder.objects.filter(kind=alarms.RED).order_by("version")
    assert [(row.recipient_type, row.recipient_id) for row in rows][-1] == ("role", "administrator")
    assert chief.can_sign_in


def test_what_was_well_again_before_the_mail_went_is_not_told(quiet, smtp_sink):
    people.person("mara")
    start = clock.real_now()
    quiet["room"] = False
    watched(start)
    watched(start + TURN)
    quiet["room"] = True
    watched(start + 2 * TURN)
    sender.run(start + 3 * TURN)
    assert smtp_sink.messages == []
    assert not Reminder.objects.filter(kind=alarms.GREEN).exists()


def test_what_a_new_house_does_in_its_first_night_has_a_day(monkeypatch):
    people.person("mara")
    monkeypatch.setattr(alarms, "all_parts", lambda: [looking.Part("record", False, "", why="never")])
    start = clock.real_now()
    for hours in (0, 1, 25):
        watched(start + dt.timedelta(hours=hours))
    assert not Reminder.objects.exists()
    watched(start + dt.timedelta(hours=27))
    assert Reminder.objects.filter(kind=alarms.RED).count() == 1


def test_what_a_proof_tells_by_itself_is_not_told_twice(monkeypatch):
    people.person("mara")
    now = clock.real_now()
    BackupLook.objects.create(looked_at=now, is_proved=False)
    monkeypatch.setattr(alarms, "all_parts", lambda: [looking.Part("backup", False, "", why="unproved")])
    watched(now)
    watched(now + TURN)
    assert not Reminder.objects.filter(kind=alarms.RED).exists()
    assert SystemLine.objects.get(name="backup").is_told
