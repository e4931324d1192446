"""A large house for the load: cases with records, calls and files, written in bulk past the actions.

The process must be a portal already (settings read, database named); rows of staff come from tests/people.py.
"""

import datetime as dt
import hashlib
import sys
import time
import uuid
from typing import Any

from bench.bookings import make_consultants
from bench.growth import CHUNK, LAID, analyze, make_some

PER_CASE = 10  # files
BOOKED = 20  # one call of so many is still to come
LOOKED_AT = 2000  # cases whose verdict is worked out here; the others' is due in a month
PAPER = b"%PDF-1.4\n" + b"a sealed file of the usual small size\n" * 50


def fill(consultations: int, documents: int, items: int) -> list[Any]:
    """So many rows; returns some of the cases that have files and calls."""
    from cases.case.models import Case
    from cases.records.board import keeping
    from portal import clock
    from tests import people

    began = time.monotonic()
    for name in ("theo", "mara"):
        people.person(name)
    practices = [*make_consultants()]
    cases: list[Any] = []
    while len(cases) * LAID < items:
        cases += make_some(min(CHUNK, -(-items // LAID) - len(cases)))
        if len(cases) == LOOKED_AT:
            keeping.look_again(clock.now())
    now = clock.now()
    Case.objects.filter(look_at__lte=now).update(look_at=now + dt.timedelta(days=30))
    make_calls([practices[0], *practices[1]], cases, consultations)
    make_files(cases[: -(-documents // PER_CASE)], documents)
    analyze()
    print(f"{len(cases):,} cases in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return cases[:LOOKED_AT]


def make_calls(practices: list[Any], cases: list[Any], count: int) -> None:
    """Calls of half an hour, each consultant's one after the other: most of them over, some ahead."""
    from bookings.models import Consultation, Reservation, Service
    from cases.case.actions import give_consent
    from cases.case.models import Consent
    from portal import clock
    from portal.actors import Actor

    now, service = clock.now(), Service.objects.get(code="first_talk")
    hour, half = now.replace(minute=0, second=0, microsecond=0), dt.timedelta(minutes=30)
    day = dt.timedelta(days=1)
    first = give_consent("scope", person=cases[0].patient, case=cases[0], by=Actor.person(cases[0].patient))
    agreed = {cases[0].pk: first}
    for case in cases[1 : min(count, len(cases))]:
        agreed[case.pk] = Consent(person=case.patient, case=case, kind="scope", text=first.text, given_at=now)
    Consent.objects.bulk_create(list(agreed.values())[1:], batch_size=CHUNK)
    for start in range(0, count, CHUNK):
        calls = []
        for number in range(start, min(start + CHUNK, count)):
            practice, case, turn = practices[number % len(practices)], cases[number % len(cases)], number
            turn //= len(practices)
            is_ahead = turn % BOOKED == 0
            starts_at = hour + 2 * day + half * turn if is_ahead else hour - day - half * turn
            pk = uuid.uuid4()
            calls.append(
                Consultation(
                    pk=pk, case=case, patient=case.patient, consultant=practice.consultant, service=service,
                    starts_at=starts_at, ends_at=starts_at + half, how="phone",
                    state="booked" if is_ahead else "completed", wall_at=f"{starts_at:%Y-%m-%dT%H:%M}",
                    time_zone="America/Toronto", uid=f"{pk}@bench", reference=f"RS {number:07d}",
                    held_as=uuid.uuid4(), scope=agreed[case.pk], booked_at=now, booked_by=case.patient,
                )
            )  # fmt: skip
        Consultation.objects.bulk_create(calls)
        Reservation.objects.bulk_create(
            Reservation(
                consultant=call.consultant, kind="consultation", starts_at=call.starts_at, ends_at=call.ends_at,
                consultation=call,
            )
            for call in calls
        )  # fmt: skip


def make_files(cases: list[Any], count: int) -> None:
    """Files that were checked and can be opened, sealed as any other; PER_CASE a case."""
    from cases.documents.models import Document, Version
    from portal import clock
    from portal.vault import files

    now, left = clock.now(), count
    for start in range(0, len(cases), 100):
        documents, versions = [], []
        for case in cases[start : start + 100]:
            for number in range(min(PER_CASE, left)):
                left -= 1
                document = Document(case=case, kind="plan" if not number else "other", put_in_by=case.patient)
                document.put_in_at = now
                file = files.put([PAPER], key=case.key)
                digest = hashlib.sha256(file.id.bytes).hexdigest()
                version = Version(case=case, document=document, kind="pdf", size=len(PAPER), digest=digest)
                version.put_in_by, version.put_in_at, version.due_at, version.judged_at = case.patient, now, now, now
                version.original, version.file, version.file_kind, version.pages = file, file, "pdf", 1
                version.state, version.name = Version.State.READY, f"letter {number}.pdf"
                documents.append(document)
                versions.append(version)
        Document.objects.bulk_create(documents)
        Version.objects.bulk_create(versions)
