"""What growth costs: `python -m bench.growth FOLDER FEW MANY` prints its figures as JSON lines.

The pages that list or gather are opened with FEW cases in the database and again with MANY, in this very process,
so that the times are those of the portal alone. A page that asks the database more often than before fails the run.
"""

import datetime as dt
import json
import os
import secrets
import signal
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench.figures import Figure
from bench.messages import migrate_and_begin
from portal import local

OPENINGS = 15
LAID = 7  # records a visit
CHUNK = 1000
THREAD = "thread"
FEW_MESSAGES, MANY_MESSAGES = 50, 5000


def main(folder: Path, few: int, many: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    database = local.start_postgres(folder)
    try:
        os.environ |= local.addresses(folder)
        migrate_and_begin(folder, as_="test")  # static files by their plain names, the host of Django's test client
        for figure in measure(few, many):
            print(json.dumps(asdict(figure)), flush=True)
    finally:
        local.stop(database, signal.SIGINT)


def measure(few: int, many: int) -> Iterator[Figure]:
    """Each page's time with many cases, its ratio to that with few."""
    make_staff()
    first = make_cases(few)[0]
    write_messages(first, FEW_MESSAGES)
    pages = list(pages_of(first))
    analyze()
    before = {name: look(who, path) for name, who, path in pages}
    make_cases(many - few)
    write_messages(first, MANY_MESSAGES)
    analyze()
    for name, who, path in pages:
        (seconds, queries), (was, asked) = look(who, path), before[name]
        if queries != asked:
            raise SystemExit(f"{name} asks {queries} times with {many} cases, {asked} with {few}")
        words = f"{queries} queries with those of every page, {many:,} cases; ratio to {few:,}"
        if name == THREAD:
            words += f"; {MANY_MESSAGES:,} messages, ratio to {FEW_MESSAGES:,}"
        yield Figure(f"growth: {name}", 1000 * seconds, "ms", seconds / was, words)


def pages_of(case) -> Iterator[tuple[str, object, str]]:
    from django.urls import reverse

    from portal.accounts.models import User

    coordinator = User.objects.get(role="coordinator")
    yield "caseload", coordinator, reverse("pages:caseload")
    yield "reminder log", coordinator, reverse("pages:reminder_log")
    yield "case file", coordinator, reverse("pages:case_file", args=[case.pk])
    yield "ledger", case.patient, reverse("pages:ledger", args=[case.pk])
    yield "records", case.patient, reverse("records:list", args=[case.pk])
    yield "case home", case.patient, case.get_absolute_url()
    yield THREAD, case.patient, reverse("threads:thread", args=[case.pk])


def look(person, path: str) -> tuple[float, int]:
    """(median seconds, queries) of a page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    browser = Client()
    browser.force_login(person, backend="portal.accounts.backend.Backend")
    for _ in range(3):
        answer = browser.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
    took = []
    for _ in range(OPENINGS):
        began = time.perf_counter()
        browser.get(path)
        took.append(time.perf_counter() - began)
    with CaptureQueriesContext(connection) as asked:
        browser.get(path)
    selects = [query for query in asked.captured_queries if query["sql"].startswith(("SELECT", "WITH"))]
    return statistics.median(took), len(selects)


def analyze() -> None:
    """As PostgreSQL does by itself within minutes. Only the owner of the tables may."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("postgres:", "postgresql:", 1)) as owner:
        owner.execute("ANALYZE")


# --- rows ---


def make_staff() -> None:
    from tests import people

    people.person("theo")


def make_cases(count: int) -> list:
    """Cases with a visit ahead, seven records, a referral and three reminders each; the first is returned first."""
    from cases.records.board import keeping
    from portal import clock

    made = []
    for start in range(0, count, CHUNK):
        made += make_some(min(CHUNK, count - start))
    keeping.look_again(clock.now())
    return made


def write_messages(case, upto: int) -> None:
    """The thread of a case, up to so many messages: the patient and the coordinator in turn."""
    from cases.threads.models import Message, Thread
    from portal import clock
    from portal.accounts.models import User

    thread, _made = Thread.objects.get_or_create(case=case)
    authors = [case.patient, User.objects.get(role="coordinator")]
    written = [
        Message(case=case, author=authors[number % 2], number=number, send_id=uuid.uuid4(), sent_at=clock.now())
        for number in range(thread.last_number + 1, upto + 1)
    ]
    for message in written:
        message.text = f"Message {message.number} of a long talk, of the usual length of such a message."
    Message.objects.bulk_create(written, batch_size=CHUNK)
    Thread.objects.filter(pk=thread.pk).update(last_number=upto, last_shared=upto)


def make_some(count: int) -> list:
    from cases.case.models import Case, CaseClinician, Clinician, Office
    from cases.records.models import RecordItem, RecordKind, Referral, Visit
    from portal import clock
    from portal.accounts.models import User
    from portal.reminders.models import Reminder
    from portal.vault import keys
    from portal.vault.models import DataKey

    now, mark = clock.now(), uuid.uuid4().hex[:6]
    theo = User.objects.filter(role="coordinator").first()
    office = Office.objects.filter(name="Northfield").first() or Office.objects.create(
        name="Northfield", checked_at=now, checked_by=theo
    )
    doctor = Clinician.objects.filter(name="Dr. Raman").first() or Clinician.objects.create(
        name="Dr. Raman", office=office
    )
    people = User.objects.bulk_create(
        [User(name=f"Person {mark} {n}", called="Person", email=f"{mark}-{n}@example.org") for n in range(count)]
    )
    own = [DataKey(purpose="case", made_at=now) for _ in people]
    for key in own:
        keys.wrap(key, secrets.token_bytes(32))
    DataKey.objects.bulk_create(own)
    cases = Case.objects.bulk_create(
        [
            Case(reference=f"{mark}{n:05}", patient=person, key=key, opened_at=now, look_at=now)
            for n, (person, key) in enumerate(zip(people, own, strict=True))
        ]
    )
    CaseClinician.objects.bulk_create(
        [CaseClinician(case=case, role="second", clinician=doctor, put_in_by=case.patient) for case in cases]
    )
    visits = Visit.objects.bulk_create(
        [
            Visit(
                case=case, office=office, clinician=doctor, state="booked", booked_at=now, named_at=now,
                on_date=now.date() + dt.timedelta(days=10 + n % 60),
            )
            for n, case in enumerate(cases)
        ]
    )  # fmt: skip
    Referral.objects.bulk_create([Referral(visit=visit) for visit in visits])
    kinds = list(RecordKind.objects.all()[:LAID])
    RecordItem.objects.bulk_create(
        [
            RecordItem(
                visit=visit, kind=kind, holder=office, is_core=kind.is_core, state="asked", known_by="patient",
                asked_on=now.date() - dt.timedelta(days=3),
            )
            for visit in visits
            for kind in kinds
        ]
    )  # fmt: skip
    Reminder.objects.bulk_create(
        [
            Reminder(
                kind="records.before_visit", message_class="reminder", about_type="records.visit", about_id=visit.pk,
                version=1, case_id=visit.case_id, recipient_type="user", recipient_id=str(visit.case.patient_id),
                step=step, due_at=now + dt.timedelta(days=3 + step), useful_until=now + dt.timedelta(days=30),
            )
            for visit in visits
            for step in (7, 3, 1)
        ]
    )  # fmt: skip
    return cases


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
