"""What finding and taking a time costs: `python -m bench.bookings FOLDER BEHIND OPENINGS` prints figures as JSON lines.

52 consultants with 16 times every day; BEHIND calls lie behind one of them. Each figure has its baseline from this run:
processor time of a page beside that of a bare Django page with session, user and three queries; the slot function
beside a loop that makes the same moments and asks nothing.
"""

import datetime as dt
import json
import os
import signal
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.messages import migrate_and_begin
from portal import local

CONSULTANTS, ANY = 52, 50
FEW = 100
RIVALS, TOLD = 50, 20
CHUNK = 2000
TURNS = 5
SERVICE = "first_talk"
ONE_DAYS, ANY_DAYS, USUAL_DAYS = 30, 14, 90
SESSION = "django.contrib.sessions.middleware.SessionMiddleware"
BACKEND = "django.contrib.auth.backends.ModelBackend"
BARE = [SESSION, "django.contrib.auth.middleware.AuthenticationMiddleware"]


def main(folder: Path, behind: int, openings: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    database = local.start_postgres(folder)
    try:
        os.environ |= local.addresses(folder)
        migrate_and_begin(folder, as_="test")
        for figure in measure(behind, openings):
            print(json.dumps(asdict(figure)), flush=True)
    finally:
        local.stop(database, signal.SIGINT)


def measure(behind: int, openings: int) -> Iterator[Figure]:
    from django.urls import reverse

    from bench.growth import analyze
    from tests import factories, people

    one, others = make_consultants()
    case = factories.open_case(people.person("rosa"))
    put_behind(one, case, FEW)
    analyze()
    agenda = reverse("bookings:calendar")
    few, few_queries = page(one.consultant, agenda, openings)
    put_behind(one, case, behind - FEW, after=FEW)
    analyze()
    pick = f"{reverse('bookings:pick', args=[case.pk])}?service={SERVICE}&with="
    cpu, queries, bare = in_turns(case.patient, f"{pick}{one.pk}", openings)
    words = f"processor of the whole page, {queries} queries, {behind:,} calls behind; ratio to a bare page with 3"
    yield Figure(f"calls: one consultant, {ONE_DAYS} days", 1000 * cpu, "ms", cpu / bare, words)
    together, asked = page(case.patient, f"{pick}anyone", openings)
    words = f"processor of the whole page, {asked} queries; ratio to a bare page"
    yield Figure(f"calls: any of {ANY}, {ANY_DAYS} days", 1000 * together, "ms", together / bare, words)
    with looking_ahead(USUAL_DAYS):
        together, asked = page(case.patient, f"{pick}anyone", openings)
    words = f"as consultants have it who say nothing else, {asked} queries; ratio to the same"
    yield Figure(f"calls: any of {ANY}, {USUAL_DAYS} days", 1000 * together, "ms", together / bare, words)
    yield slots_alone([one], ONE_DAYS, openings)
    yield slots_alone(others, ANY_DAYS, openings)
    many, many_queries = page(one.consultant, agenda, openings)
    words = f"processor, {many_queries} queries, {behind:,} calls behind; ratio to {FEW}, {few_queries} queries"
    yield Figure("calls: agenda", 1000 * many, "ms", many / few, words)
    yield booking(case, one)
    yield rivals(one)
    yield told_others(one)


# --- rows ---


def make_consultants() -> tuple[Any, list[Any]]:
    """The one whose times are asked for by name, and the others; each has 16 starts on every day."""
    from bookings.models import Hours, Practice
    from portal.accounts.models import User
    from tests import people

    joanne = people.person("joanne")
    made = [User(email=f"c{number}@example.org", name=f"Consultant {number}") for number in range(CONSULTANTS - 1)]
    for user in made:
        user.role, user.time_zone, user.can_sign_in = User.Role.CONSULTANT, "America/Toronto", True
    User.objects.bulk_create(made)
    known = {"time_zone": "America/Toronto", "buffer_minutes": 0, "notice_hours": 0}
    known["video_address"] = "https://video.example.org/{reference}"
    practices = [Practice(consultant=user, horizon_days=ANY_DAYS, **known) for user in made]
    practices.append(Practice(consultant=joanne, horizon_days=ONE_DAYS, **known))
    Practice.objects.bulk_create(practices)
    Hours.objects.bulk_create(
        Hours(practice=practice, weekday=day, from_time=dt.time(9), until_time=dt.time(17))
        for practice in practices
        for day in range(7)
    )
    return practices[-1], practices[:ANY]


@contextmanager
def looking_ahead(days: int) -> Iterator[None]:
    """Meanwhile every consultant but the one can be booked so far ahead."""
    from bookings.models import Practice

    ahead = Practice.objects.filter(horizon_days=ANY_DAYS)
    others = list(ahead.values_list("pk", flat=True))
    ahead.update(horizon_days=days)
    yield
    Practice.objects.filter(pk__in=others).update(horizon_days=ANY_DAYS)


def put_behind(practice: Any, case: Any, count: int, after: int = 0) -> None:
    """Calls that took place, one after the other, back from two weeks ago: these days are the same, however many."""
    from bookings.models import Consultation, Reservation, Service
    from cases.case.actions import give_consent
    from portal import clock
    from portal.actors import Actor

    now, service = clock.now(), Service.objects.get(code=SERVICE)
    scope = give_consent("scope", person=case.patient, case=case, by=Actor.person(case.patient))
    calls = []
    for number in range(after, after + count):
        starts_at = now.replace(minute=0, second=0, microsecond=0) - dt.timedelta(days=15, minutes=30 * number)
        pk = uuid.uuid4()
        calls.append(
            Consultation(
                pk=pk, case=case, patient=case.patient, consultant=practice.consultant, service=service,
                starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=30), how="phone", state="completed",
                wall_at=f"{starts_at:%Y-%m-%dT%H:%M}", time_zone=practice.time_zone, uid=f"{pk}@bench",
                reference=f"RS {number:07d}", held_as=uuid.uuid4(), scope=scope, booked_at=starts_at,
                booked_by=case.patient,
            )
        )  # fmt: skip
    Consultation.objects.bulk_create(calls, batch_size=CHUNK)
    Reservation.objects.bulk_create(
        [
            Reservation(
                consultant=practice.consultant,
                kind="consultation",
                starts_at=call.starts_at,
                ends_at=call.ends_at,
                consultation=call,
            )
            for call in calls
        ],
        batch_size=CHUNK,
    )


# --- pages ---


def page(person: Any, path: str, openings: int) -> tuple[float, int]:
    """(median seconds of processor, queries) of a page, in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    browser = Client()
    browser.force_login(person, backend="portal.accounts.backend.Backend")
    seconds = cpu_of(lambda: browser.get(path), openings, path)
    with CaptureQueriesContext(connection) as asked:
        browser.get(path)
    selects = [query for query in asked.captured_queries if query["sql"].startswith(("SELECT", "WITH", "("))]
    return seconds, len(selects)


def in_turns(person: Any, path: str, openings: int) -> tuple[float, int, float]:
    """(median seconds of processor, queries) of a page, and the seconds of the bare page. They take turns, since other
    programs come and go.
    """
    turns = [(*page(person, path, openings), bare_page(person, openings)) for _ in range(TURNS)]
    seconds, queries, bare = zip(*turns, strict=True)
    return statistics.median(seconds), max(queries), statistics.median(bare)


def cpu_of(look: Callable[[], Any], openings: int, path: str) -> float:
    for _ in range(3):
        answer = look()
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
    took = []
    for _ in range(openings):
        began = time.process_time()
        look()
        took.append(time.process_time() - began)
    return statistics.median(took)


def bare_page(person: Any, openings: int) -> float:
    """A page with session, user and three queries as Django makes them, and nothing of ours but the tables."""
    from django.test import Client
    from django.test.utils import override_settings

    django_s = {"SESSION_ENGINE": "django.contrib.sessions.backends.db", "AUTHENTICATION_BACKENDS": [BACKEND]}
    with override_settings(ROOT_URLCONF="bench.bare_signed_in", MIDDLEWARE=BARE, **django_s):
        browser = Client()
        browser.force_login(person, backend=BACKEND)
        return cpu_of(lambda: browser.get("/"), 10 * openings, "the bare page")


# --- the slot function ---


def slots_alone(practices: list[Any], days: int, openings: int) -> Figure:
    from bookings import availability, slots
    from bookings.models import Service
    from portal import clock

    now = clock.now()
    calendars = list(availability.calendars_of(practices, now).values())
    asked = availability.asked_by_anyone(practices[0], Service.objects.get(code=SERVICE), now)

    def found() -> int:
        return sum(len(slots.free_starts(calendar, asked)) for calendar in calendars)

    def loop() -> int:
        return sum(len(bare_loop(calendar, asked)) for calendar in calendars)

    took, bare = quickest(found, openings), quickest(loop, openings)
    words = f"{found():,} free; ratio to a bare loop that makes {loop():,} moments"
    return Figure(f"calls: slots of {len(practices)}, {days} days", 1000 * took, "ms", took / bare, words)


def quickest(work: Callable[[], Any], openings: int) -> float:
    took = []
    for _ in range(openings):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return statistics.median(took)


def bare_loop(calendar: Any, asked: Any) -> list[dt.datetime]:
    """The moments of the hours: one look at the zone for each span, and nothing else."""
    found = []
    step, day = dt.timedelta(minutes=30), asked.now.astimezone(calendar.zone).date()
    for _ in range(calendar.terms.horizon_days + 1):
        for span in calendar.spans:
            if span.weekday == day.weekday():
                at = dt.datetime.combine(day, span.from_time, tzinfo=calendar.zone).astimezone(dt.UTC)
                end = dt.datetime.combine(day, span.until_time, tzinfo=calendar.zone).astimezone(dt.UTC)
                while at < end:
                    found.append(at)
                    at += step
        day += dt.timedelta(days=1)
    return found


# --- booking ---


def booking(case: Any, one: Any) -> Figure:
    """The statements inside the action that books."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bookings import actions
    from bookings.models import Hold
    from portal.actors import Actor
    from tests import factories

    kept = factories.hold(case, one.consultant, service=SERVICE)
    kept = Hold.objects.select_related("case__patient", "case__key", "consultant", "service").get(pk=kept.pk)
    with CaptureQueriesContext(connection) as asked:
        actions.book(hold=kept, accepts_scope=True, may_read=True, by=Actor.person(case.patient))
    begins = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    said = [query["sql"] for query in asked.captured_queries]
    # After the commit a nudge that finds no broker here is counted in the cache: that is no part of booking.
    ours = [sql for sql in said if not sql.startswith(begins) and "portal_cache" not in sql]
    return Figure("calls: booking", len(ours), "statements", words="inside the action, messages and history included")


def rivals(one: Any) -> Figure:
    """50 patients press the same time at the same moment: one has it, all others read so."""
    took, won, lost = race(one, RIVALS, lambda case, service, start: None)
    errors = RIVALS - won - len(lost)
    words = f"median of {RIVALS} for one time: {won} has it, {errors} errors; the slowest {1000 * max(took):.0f} ms"
    return Figure("calls: rivals for one time", 1000 * statistics.median(took), "ms", words=words)


def told_others(one: Any) -> Figure:
    """20 at once: until the last of those who came too late has three other times to press."""
    from bookings import near
    from portal import clock

    took, won, lost = race(
        one, TOLD, lambda case, service, start: near.near(case, one, service, start, case.patient, clock.now())
    )
    told = sum(len(each.times) == 3 for each in lost)
    words = f"the slowest of {TOLD}: {won} has it, {told} have three other times, {TOLD - won - told} errors"
    return Figure("calls: told, with three other times", 1000 * max(took), "ms", words=words)


def race(one: Any, number: int, offered: Callable[..., Any]) -> tuple[list[float], int, list[Any]]:
    """Seconds of each, how many have the time, and what was offered to the others."""
    from django.db import connection

    from bookings import actions, availability
    from bookings.models import Service
    from bookings.rules import JustTaken
    from portal import clock
    from portal.accounts.models import User
    from portal.actors import Actor
    from tests import factories

    patients = [User.objects.create_user(f"{uuid.uuid4()}@example.org", name=f"P {each}") for each in range(number)]
    cases = [factories.open_case(patient) for patient in patients]
    service = Service.objects.get(code=SERVICE)
    start = availability.free_starts(cases[0], one, service, clock.now())[-1]
    ready = threading.Barrier(number)
    took: list[float] = []
    won: list[int] = []
    lost: list[Any] = []

    def press(case: Any) -> None:
        connection.ensure_connection()
        ready.wait()
        began = time.perf_counter()
        wish = {"case": case, "consultant": one.consultant, "service": service, "starts_at": start, "how": "phone"}
        try:
            actions.hold(**wish, by=Actor.person(case.patient))
            won.append(1)
        except JustTaken:
            lost.append(offered(case, service, start))
        finally:
            took.append(time.perf_counter() - began)
            connection.close()

    threads = [threading.Thread(target=press, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, len(won), lost


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
