"""The sender killed at each instant, beside itself, without a mail server, without Redis: never lost, never two."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from django.db import connection, connections

from portal import clock as portal_clock
from portal import local
from portal.celery import app
from portal.reminders import gathering, rules, sender
from portal.reminders.actions import plan_row
from portal.reminders.models import Delivery, Outcome, RecipientType, Reminder
from portal.reminders.staff import MISSED
from tests import people, programs
from tests.database import somebody_waits
from tests.reminders.kinds import NOON, THINGS, plan

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@contextmanager
def locked(rows):
    """Hold what `rows` selects, as another transaction would: whoever wants it waits."""
    place = connection.settings_dict
    with psycopg.connect(
        host=place["HOST"], port=place["PORT"] or None, user=place["USER"], password=place["PASSWORD"] or None,
        dbname=place["NAME"],
    ) as other:  # fmt: skip
        other.execute(f"{rows} FOR UPDATE")
        yield
        other.rollback()


def start_sender(sink, now):
    """A sender of its own that lives at `now`."""
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl(),
        "EMAIL_URL": sink.url,
    }
    versions = json.dumps({str(thing): version for thing, version in THINGS.versions.items()})
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reminders.process", now.isoformat(), versions],
        cwd=programs.ROOT, env=environment, preexec_fn=local.die_with_parent(signal.SIGKILL),
    )  # fmt: skip


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def run_to_end(sink, now):
    assert start_sender(sink, now).wait(timeout=60) == 0


def killed_after_250(sink, now):
    """A sender killed between the server's 250 and its own commit."""
    holding = {}
    take = sink.handle_DATA

    async def hold_then_take(server, session, envelope):
        holding["row"] = locked("SELECT 1 FROM reminders_delivery")
        holding["row"].__enter__()
        return await take(server, session, envelope)

    sink.handle_DATA = hold_then_take
    process = start_sender(sink, now)
    programs.wait_until(lambda: sink.messages and somebody_waits(), 30, "the sender to wait for its stamp")
    kill(process)
    holding["row"].__exit__(None, None, None)
    sink.handle_DATA = take


@pytest.mark.full
def test_killed_between_250_and_commit_the_very_same_message_goes_again(clock, rosa, smtp_sink):
    row = plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    killed_after_250(smtp_sink, NOON)
    assert len(smtp_sink.messages) == 1
    run_to_end(smtp_sink, NOON + MINUTE)  # the claim still holds: its sender might live
    assert len(smtp_sink.messages) == 1
    run_to_end(smtp_sink, NOON + 4 * MINUTE)
    first, second = smtp_sink.messages
    assert first.as_bytes() == second.as_bytes()
    assert first["Message-ID"] == second["Message-ID"]
    row.refresh_from_db()
    assert row.settled_as == Outcome.SENT


@pytest.mark.full
def test_killed_after_250_and_one_thing_done_meanwhile_nothing_different_goes(clock, rosa, smtp_sink):
    done, open_still = (plan("tests.call", rosa, due_at=NOON - 2 * HOUR) for _ in range(2))
    killed_after_250(smtp_sink, NOON)
    THINGS.versions.pop(done.about_id)
    run_to_end(smtp_sink, NOON + 4 * MINUTE)
    assert len(smtp_sink.messages) == 1
    run_to_end(smtp_sink, NOON + DAY)
    assert len(smtp_sink.messages) == 2  # the day after, with what is still due
    open_still.refresh_from_db()
    done.refresh_from_db()
    assert (done.settled_as, open_still.settled_as) == (Outcome.NOT_NEEDED, Outcome.SENT)
    assert "more thing" not in smtp_sink.messages[1].get_body(("plain",)).get_content()


@pytest.mark.full
def test_killed_before_the_server_has_it_it_goes_once(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    take, reached = smtp_sink.handle_RCPT, threading.Event()
    smtp_sink.handle_RCPT = lambda *args: never(reached)
    process = start_sender(smtp_sink, NOON)
    assert reached.wait(30)
    kill(process)
    smtp_sink.handle_RCPT = take
    assert smtp_sink.messages == []
    run_to_end(smtp_sink, NOON + 4 * MINUTE)
    assert len(smtp_sink.messages) == 1


async def never(reached):
    import asyncio

    reached.set()
    await asyncio.sleep(5)
    return "451 too late"


@pytest.mark.full
def test_killed_while_claiming_it_goes_once_and_at_once(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    gathering.gather(NOON)
    with locked("SELECT 1 FROM reminders_reminder"):
        process = start_sender(smtp_sink, NOON)
        programs.wait_until(somebody_waits, 30, "the sender to wait inside its claim")
        kill(process)
    run_to_end(smtp_sink, NOON + MINUTE)
    assert len(smtp_sink.messages) == 1


def send_twice_at_once(sink):
    """Two senders at one message, the second while the server still holds the first's line."""
    inside, go_on = threading.Event(), threading.Event()
    take = sink.handle_DATA

    async def slow(server, session, envelope):
        import asyncio

        inside.set()
        while not go_on.is_set():
            await asyncio.sleep(0.01)
        return await take(server, session, envelope)

    def one():
        try:
            sender.run(NOON)
        finally:
            connections.close_all()

    sink.handle_DATA = slow
    first = threading.Thread(target=one)
    first.start()
    assert inside.wait(10)
    second = threading.Thread(target=one)
    second.start()
    second.join(1)
    go_on.set()
    first.join(20)
    second.join(20)
    return len(sink.messages)


def test_two_senders_at_one_message_send_it_once(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    gathering.gather(NOON)
    assert send_twice_at_once(smtp_sink) == 1


def test_twin_without_the_claim_two_senders_send_it_twice(clock, rosa, smtp_sink, monkeypatch):
    monkeypatch.setattr(rules, "CLAIM_LASTS", dt.timedelta(0))
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    gathering.gather(NOON)
    assert send_twice_at_once(smtp_sink) == 2


def test_two_beats_make_one_message_of_the_day(clock, rosa, smtp_sink):
    for _ in range(5):
        plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    together = threading.Barrier(4)

    def turn():
        try:
            together.wait()
            sender.run(NOON)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(smtp_sink.messages) == 1
    assert Delivery.objects.count() == 1
    assert set(Reminder.objects.values_list("settled_as", flat=True)) == {Outcome.SENT}


def test_an_hour_without_a_mail_server_loses_nothing(clock, rosa, grace, smtp_sink, settings):
    clock.shift(4 * HOUR)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, programs.free_port()
    rows = [plan("tests.call", person, due_at=NOON - 2 * HOUR) for person in (rosa, grace)]
    for _ in range(12):
        assert sender.run() == 0
        clock.shift(5 * MINUTE)
    assert sender.last_run().mail_away_since is not None
    assert Delivery.objects.failed().exists()  # staff see it
    settings.EMAIL_PORT = port
    assert sender.run() == 2
    assert sender.last_run().mail_away_since is None
    assert {Reminder.objects.get(pk=row.pk).settled_as for row in rows} == {Outcome.SENT}


def test_after_a_sure_failure_the_message_is_made_anew(clock, rosa, smtp_sink, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, programs.free_port()
    done, _due = (plan("tests.call", rosa, due_at=NOON - 2 * HOUR) for _ in range(2))
    sender.run()
    settings.EMAIL_PORT = port
    THINGS.versions.pop(done.about_id)
    clock.shift(MINUTE)
    assert sender.run() == 1
    assert "more thing" not in smtp_sink.messages[0].get_body(("plain",)).get_content()


def test_a_server_that_says_later_is_asked_a_bounded_number_of_times(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    smtp_sink.is_down = True
    for _ in range(rules.TRIES + 3):
        sender.run()
        clock.shift(4 * MINUTE)
    delivery = Delivery.objects.get()
    assert (delivery.failures, delivery.failure) == (rules.TRIES, Delivery.Failure.DEFERRED)
    assert delivery.failed_at is not None


def test_a_line_dropped_after_the_message_repeats_the_same_bytes(clock, rosa, smtp_sink):
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    take = smtp_sink.handle_DATA

    async def take_and_drop(server, session, envelope):
        await take(server, session, envelope)
        server.transport.abort()
        return "250 never heard"

    smtp_sink.handle_DATA = take_and_drop
    assert sender.run() == 0
    assert Delivery.objects.get().failure == Delivery.Failure.UNSURE
    smtp_sink.handle_DATA = take
    clock.shift(MINUTE)
    assert sender.run() == 1
    first, second = smtp_sink.messages
    assert first.as_bytes() == second.as_bytes()


def missed_now():
    """A notice that the portal's own kind knows and that goes at once: a real worker has no kinds of tests."""
    now = portal_clock.real_now()
    people.person("theo")
    plan_row(
        Reminder(
            kind=MISSED, about_type="reminders.day", about_id="00000000-0000-4000-8000-000000000001", version=1,
            recipient_type=RecipientType.ROLE, recipient_id="coordinator", due_at=now, useful_until=now + DAY,
        )
    )  # fmt: skip


@pytest.mark.full
def test_a_nudged_worker_sends_within_seconds(real_worker, smtp_sink):
    missed_now()
    [message] = smtp_sink.wait_for(1)
    assert message["To"] == "theo@example.org"


@pytest.mark.full
def test_an_emptied_broker_loses_nothing_since_beat_finds_the_rows(real_worker, smtp_sink):
    real_worker.kill()
    missed_now()
    with redis.from_url(os.environ["REDIS_URL"]) as broker:
        broker.flushdb()
    real_worker.start("--beat", "--schedule", str(real_worker.log.with_name("beat")))
    assert len(smtp_sink.wait_for(1, seconds=60)) == 1


@pytest.mark.full
def test_a_worker_killed_in_the_middle_hands_its_turn_on(real_worker, smtp_sink):
    take, reached = smtp_sink.handle_RCPT, threading.Event()
    smtp_sink.handle_RCPT = lambda *args: never(reached)
    missed_now()
    assert reached.wait(30)
    real_worker.kill()
    smtp_sink.handle_RCPT = take
    Delivery.objects.update(claimed_at=portal_clock.real_now() - 4 * MINUTE)
    real_worker.start("--beat", "--schedule", str(real_worker.log.with_name("beat")))
    assert len(smtp_sink.wait_for(1, seconds=60)) == 1


def test_beat_knows_the_sender():
    entry = app.conf.beat_schedule["send-due-reminders"]
    assert entry["task"] == "portal.reminders.tasks.send_due"
    assert entry["schedule"].total_seconds() <= 30
