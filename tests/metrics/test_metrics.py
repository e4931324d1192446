"""Numbers for a watcher outside: for whoever holds the token, and none of them about a person."""

import base64
import datetime as dt
import re
import signal
from uuid import uuid4

import pytest
import redis
from django.conf import settings as given
from django.db import connection
from django.urls import reverse

from portal import clock
from portal.backup import making, places
from portal.reminders import kinds, sender
from portal.reminders.actions import plan_row
from portal.reminders.models import Delivery, Reminder
from tests import factories, people
from tests.programs import wait_until
from tests.web_server import WebServer

TOKEN = "token-of-the-tests"
BACKUP_KEY = base64.b64encode(bytes(range(32))).decode()
HOUR = dt.timedelta(hours=1)


def numbers(text: str) -> dict[str, float]:
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    }


@pytest.mark.django_db
@pytest.mark.urls("tests.metrics.metrics_urls")
class TestThisMoment:
    @pytest.fixture(autouse=True)
    def token(self, settings):
        settings.METRICS_TOKEN = TOKEN

    def ask(self, client):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        return numbers(answer.content.decode())

    def test_only_the_token_opens_it(self, client, settings):
        for said in ("", TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"bearer {TOKEN}", "Bearer é"):
            assert client.get("/metrics", headers={"Authorization": said}).status_code == 404
        client.force_login(people.person("theo"), backend="portal.accounts.backend.Backend")
        assert client.get("/metrics").status_code == 404
        assert client.post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405
        settings.METRICS_TOKEN = ""
        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404

    def test_queue_is_counted_and_left_out_without_a_broker(self, client, settings, tmp_path):
        with redis.Redis.from_url(given.REDIS_URL) as broker:
            before = self.ask(client)["portal_queue_tasks"]
            broker.rpush("celery", "a task")
            assert self.ask(client)["portal_queue_tasks"] == before + 1
            broker.rpop("celery")
        settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
        told = self.ask(client)
        assert "portal_queue_tasks" not in told
        assert told['portal_part_well{part="broker"}'] == 0
        assert told['portal_part_well{part="database"}'] == 1

    def test_due_and_late_reminders_are_counted(self, client):
        told = self.ask(client)
        assert (told["portal_reminders_due"], told["portal_reminders_late"]) == (0, 0)
        to = people.person("theo")
        now = clock.real_now()
        kind = next(each.code for each in kinds.all_kinds() if each.message_class == kinds.NOTICE)
        plan_row(
            Reminder(
                kind=kind, about_type="case.case", about_id=uuid4(), version=1, recipient_type="user",
                recipient_id=str(to.pk), due_at=now - HOUR, useful_until=now + HOUR,
            )
        )  # fmt: skip
        told = self.ask(client)
        assert (told["portal_reminders_due"], told["portal_reminders_late"]) == (1, 0)
        made = Delivery.objects.create(
            recipient_type="user", recipient_id=str(to.pk), message_class="answer", is_gathered=False,
            local_on=now.date(), created_at=now - HOUR,
        )  # fmt: skip
        assert self.ask(client)["portal_reminders_late"] == 1
        Delivery.objects.filter(pk=made.pk).update(sent_at=now)
        assert self.ask(client)["portal_reminders_late"] == 0

    def test_backup_and_beat_tell_how_long_ago(self, client, settings, tmp_path):
        settings.BACKUP_KEY, settings.BACKUP_TO = (
            "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM=",
            str(tmp_path / "there"),
        )
        settings.DOCUMENTS_FOLDER = tmp_path / "documents"
        assert not {"portal_backup_age_seconds", "portal_beat_age_seconds"} & self.ask(client).keys()
        making.make(places.place(settings.BACKUP_TO), clock.real_now() - 30 * HOUR)
        sender.run()
        told = self.ask(client)
        assert 30 * 3600 <= told["portal_backup_age_seconds"] < 31 * 3600
        assert 0 <= told["portal_beat_age_seconds"] < 60
        settings.BACKUP_TO = str(tmp_path / "documents" / "inside")  # refused: nothing to tell, and no error
        assert "portal_backup_age_seconds" not in self.ask(client)


def test_without_a_token_there_is_no_such_address(client, db):
    assert given.METRICS_TOKEN == ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_all_processes_count_together_and_name_no_person(tmp_path):
    """Pages by name and status, whichever process answered; a restart of the workers loses nothing."""
    web = WebServer(connection.settings_dict["NAME"], tmp_path, METRICS_TOKEN=TOKEN)
    web.start()
    try:
        case = factories.open_case()
        cookie, home = web.cookie(case.patient), reverse("pages:case_home", args=[case.pk])
        for _ in range(20):
            assert b" 200 " in web.ask(home, cookie)[:20]
        assert b" 404 " in web.ask("/nowhere/Zitronenfalter/")[:20]

        def told():
            answer = web.ask("/metrics", Authorization=f"Bearer {TOKEN}")
            return answer.partition(b"\r\n\r\n")[2].decode()

        text = told()
        found = numbers(text)
        assert found['portal_requests_total{status="200",view="pages:case_home"}'] == 20
        assert found['portal_request_seconds_count{view="pages:case_home"}'] == 20
        assert found['portal_request_seconds_bucket{le="10.0",view="pages:case_home"}'] == 20
        assert found['portal_requests_total{status="404",view="none"}'] == 1
        assert {name.partition("=")[0] for name in re.findall(r"[{,](\w+=)", text)} == {"status", "view", "le", "part"}
        for word in (str(case.pk), str(case.patient_id), case.reference, case.patient.email, "Zitronenfalter", home):
            assert word not in text
        web.process.send_signal(signal.SIGHUP)
        wait_until(lambda: web._is_up(), 60, "the new workers")
        assert numbers(told())['portal_requests_total{status="200",view="pages:case_home"}'] == 20
    finally:
        web.stop()
