"""How fast the sender is: `python -m bench.messages FOLDER COUNT` prints its figures as JSON lines.

Runs on a database of its own, with its files kept on disk as in production, and a mail server in a process of
its own that counts what comes.
"""

import asyncio
import datetime as dt
import json
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import django
from aiosmtpd.smtp import SMTP

from bench.figures import Figure
from portal import local

TICKS = 30
SENDERS = 2
PATIENCE = 900  # seconds


def main(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    database = local.start_postgres(folder)
    try:
        with mail_server() as (port, took):
            os.environ |= local.addresses(folder)
            migrate_and_begin(folder, email_url=f"smtp://127.0.0.1:{port}")
            for figure in [*ticks(count), *handing_over(count, took)]:
                print(json.dumps(asdict(figure)), flush=True)
    finally:
        local.stop(database, signal.SIGINT)


def migrate_and_begin(folder: Path, *, as_: str = "development", email_url: str = "") -> None:
    """Make the tables as their owner; from then on this process is a portal. The addresses stand in the environment."""
    os.environ |= {"PORTAL_VAR": str(folder), "PORTAL_ENV": as_, "EMAIL_URL": email_url}
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    owner = {**os.environ, "DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=owner, check=True)
    django.setup()


# --- a turn with nothing due ---


def ticks(count: int) -> list[Figure]:
    """Time in the database of a turn with nothing due, with `count` rows to come and with ten times as many."""
    people = make_people(100)
    later = dt.timedelta(days=30)
    plan(people, count, later)
    few = tick()
    plan(people, 9 * count, later)
    many = tick()
    from portal.reminders.models import Reminder

    Reminder.objects.all()._raw_delete(using="default")
    return [
        Figure("sender: a turn with nothing due", 1000 * few, "ms", words=f"in the database, {count:,} rows to come"),
        Figure("sender: the same with ten times the rows", 1000 * many, "ms", many / few, f"{10 * count:,} to come"),
    ]


def tick() -> float:
    """Median seconds in the database."""
    from django.db import connection

    from portal.reminders import sender

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reminders_reminder")
    spent = []

    def timed(execute, *arguments):
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent[-1] += time.perf_counter() - began

    for _ in range(TICKS):
        spent.append(0.0)
        with connection.execute_wrapper(timed):
            sender.run()
    return statistics.median(spent)


# --- many due at once ---


def handing_over(count: int, took) -> list[Figure]:
    """Messages a second by two senders, and by Django's own mail on one kept connection, to the same server."""
    example = one_message()
    own, handed = djangos_own(example, count), handed_on(example, count)
    plan(make_people(count), count, dt.timedelta(0))
    took.value = 0
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(SENDERS + 1)
    senders = [spawn.Process(target=send_all, args=(ready,)) for _ in range(SENDERS)]
    for process in senders:
        process.start()
    ready.wait(PATIENCE)
    began = time.perf_counter()
    for process in senders:
        process.join(PATIENCE)
    rate = count / (time.perf_counter() - began)
    check_all_went(count, took.value)
    return [
        Figure("mail: Django's own, one kept connection", own, "a second", 1.0, "the same words, nothing recorded"),
        Figure("mail: bytes made before, handed on", handed, "a second", handed / own, "the line and server alone"),
        Figure("mail: due at once, two senders", rate, "a second", rate / own, f"{count:,}, none twice"),
    ]


def one_message() -> bytes:
    from portal.reminders import sender
    from portal.reminders.models import Delivery

    plan(make_people(1), 1, dt.timedelta(0))
    sender.run()
    return Delivery.objects.exclude(body=b"").get().body.encode()


def djangos_own(raw: bytes, count: int) -> float:
    """The example's words as any Django program would send them: made and sent by `EmailMultiAlternatives`."""
    from django.core.mail import EmailMultiAlternatives, get_connection

    from portal import mail

    example = mail.read(raw)
    with get_connection() as line:
        began = time.perf_counter()
        for number in range(count):
            message = EmailMultiAlternatives(
                example.subject,
                example.plain,
                example.sender,
                [f"{number}@example.org"],
                None,
                line,
                headers=example.headers,
            )
            message.attach_alternative(example.html, "text/html")
            message.send()
        return count / (time.perf_counter() - began)


def handed_on(raw: bytes, count: int) -> float:
    """The bytes as they are: what the mail line itself allows."""
    from django.core.mail import get_connection

    from portal.mail import Composed

    with get_connection() as line:
        began = time.perf_counter()
        line.send_messages([Composed(raw, f"{number}@example.org", line) for number in range(count)])
        return count / (time.perf_counter() - began)


def send_all(ready) -> None:
    """One sender: turn after turn until nothing is left."""
    django.setup()
    from portal.reminders import sender
    from portal.reminders.models import Reminder

    ready.wait(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while Reminder.objects.unsettled().exists() and time.monotonic() < deadline:
        sender.run()


def check_all_went(count: int, took: int) -> None:
    from portal.reminders.models import Delivery

    sent = Delivery.objects.exclude(sent_at=None).count() - 1  # the example
    if not sent == took == count:
        raise SystemExit(f"{count} were due, {sent} are down as sent, {took} came")


# --- rows ---


def make_people(count: int) -> list:
    from portal.accounts.models import User

    mark = uuid.uuid4().hex[:8]
    return User.objects.bulk_create(
        [User(name=f"Person {number}", email=f"{mark}-{number}@example.org") for number in range(count)]
    )


def plan(people: list, count: int, ahead: dt.timedelta) -> None:
    """`count` rows of a kind that goes at any hour, spread over the people."""
    from portal import clock
    from portal.reminders.models import RecipientType, Reminder
    from portal.reminders.staff import KIND

    due_at = clock.now() + ahead
    rows = [
        Reminder(
            kind=KIND.code,
            message_class=KIND.message_class,
            about_type="reminders.day",
            about_id=uuid.uuid4(),
            version=1,
            recipient_type=RecipientType.USER,
            recipient_id=str(people[number % len(people)].pk),
            due_at=due_at,
            useful_until=due_at + dt.timedelta(days=1),
        )
        for number in range(count)
    ]
    Reminder.objects.bulk_create(rows, batch_size=2000)


# --- the mail server ---


class Counter:
    def __init__(self, took):
        self.took = took

    async def handle_DATA(self, server, session, envelope):
        self.took.value += 1
        return "250 OK"


def serve(port, took) -> None:
    async def run():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Counter(took), hostname="localhost"), "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def mail_server():
    """(its port, how many messages it took) of a server in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    port, took = spawn.Value("i", 0), spawn.Value("i", 0)
    process = spawn.Process(target=serve, args=(port, took), daemon=True)
    process.start()
    while not port.value:
        time.sleep(0.05)
    try:
        yield port.value, took
    finally:
        process.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
