"""Many readers at once: `python -m bench.load FOLDER CALLS FILES RECORDS A_SECOND MINUTES` prints figures.

A portal is started in FOLDER as `make run` does, filled with so many consultations, documents and record items, and
asked for A_SECOND mixed pages a second, on time whether or not the ones before were answered: who waits in a line is
counted with the waiting. Each minute is told on standard error.
"""

import asyncio
import json
import os
import random
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench import __main__ as bench
from bench.figures import Figure
from portal import local
from tests.programs import SmtpSink, free_port

READERS = 40  # patients who are signed in
PATIENCE = 30.0  # seconds until an answer counts as none
LINES = 200  # kept to the server at most
# Of a hundred pages: what patients and staff open, and people who only look around.
CHANCE = random.Random(1)  # noqa: S311 -- the same readers and pages in each run
MIX = {
    "case home": 22, "records": 14, "thread": 10, "pick a time": 8, "ledger": 6, "files": 8, "visit": 4, "today": 6,
    "calendar": 4, "caseload": 5, "case file": 5, "reminder log": 3, "landing": 5,
}  # fmt: skip


@dataclass
class Minute:
    """What was answered of what was asked in one minute."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    memory: float = 0.0

    def share(self, hundredth: int) -> float:
        """Milliseconds within which so many of a hundred were answered."""
        return 1000 * statistics.quantiles(self.took, n=100)[hundredth - 1]

    @property
    def errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status != "200")


def main(folder: Path, calls: int, files: int, records: int, a_second: float, minutes: float) -> None:
    var, port, sink = folder / "var", free_port(), SmtpSink()
    var.mkdir(parents=True, exist_ok=True)
    (var / "demo-loaded").touch()  # rows of its own, and not the demo's
    sink.start()
    process, _seconds = bench.start(var, port, sink.url)
    try:
        pages = prepared(var, port, calls, files, records)
        told = asyncio.run(drive(pages, port, a_second, minutes, process.pid))
        for figure in figures(told, a_second, f"{calls:,} calls, {files:,} files, {records:,} records"):
            print(json.dumps(asdict(figure)), flush=True)
    finally:
        local.stop(process, signal.SIGINT, 40)
        sink.stop()


def prepared(var: Path, port: int, calls: int, files: int, records: int) -> dict[str, list[tuple[str, str]]]:
    """Fill the house; the (cookie, address) pairs of each page of the mix."""
    os.environ |= {"PORTAL_VAR": str(var), "PORTAL_ENV": "development", "PORT": str(port)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from django.urls import reverse

    from bench import large
    from tests import people

    some = large.fill(calls, files, records)
    staff = {name: cookie(people.person(name)) for name in ("joanne", "theo")}
    readers = [(case, cookie(case.patient)) for case in CHANCE.sample(some, min(READERS, len(some)))]
    of_case = {
        "case home": "pages:case_home", "records": "records:list", "thread": "threads:thread", "ledger": "pages:ledger",
        "files": "documents:list", "visit": "records:visit",
    }  # fmt: skip
    pages = {
        name: [(said, reverse(address, args=[case.pk])) for case, said in readers] for name, address in of_case.items()
    }
    pick = "?service=first_talk&with=anyone"
    pages["pick a time"] = [(said, reverse("bookings:pick", args=[case.pk]) + pick) for case, said in readers]
    pages["case file"] = [(staff["theo"], reverse("pages:case_file", args=[case.pk])) for case, _said in readers]
    pages |= {name: [(staff["theo"], reverse(f"pages:{address}"))] for name, address in (
        ("caseload", "caseload"), ("reminder log", "reminder_log"),
    )}  # fmt: skip
    pages |= {"today": [(staff["joanne"], reverse("pages:today"))], "landing": [("", "/")]}
    return pages | {"calendar": [(staff["joanne"], reverse("bookings:calendar"))]}


def cookie(person: Any) -> str:
    """What the browser of somebody who is signed in sends."""
    from tests import people

    return "; ".join(f"{name}={morsel.value}" for name, morsel in people.browser(person).cookies.items())


async def drive(
    pages: dict[str, list[tuple[str, str]]], port: int, a_second: float, minutes: float, pid: int
) -> list[Minute]:
    """Ask on time for the whole span; what each minute brought. The first openings of each page are not counted."""
    told = [Minute() for _minute in range(max(1, round(minutes)))]
    connector, patience = aiohttp.TCPConnector(limit=LINES), aiohttp.ClientTimeout(total=PATIENCE)
    nobodys = aiohttp.DummyCookieJar()  # each page brings its reader's cookie
    async with aiohttp.ClientSession(connector=connector, timeout=patience, cookie_jar=nobodys) as session:
        for name, addresses in pages.items():
            for _ in range(4):
                minute = Minute()
                await ask(session, port, *addresses[0], time.perf_counter(), minute)
                if minute.errors:
                    raise SystemExit(f"{name}: {addresses[0][1]} answered {dict(minute.statuses)}")
        asked = []
        began, seconds = time.perf_counter(), 60 * minutes
        watching = asyncio.create_task(watch(told, began, seconds, pid))
        for number in range(int(seconds * a_second)):
            due = began + number / a_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            said, address = CHANCE.choice(pages[CHANCE.choices(list(MIX), list(MIX.values()))[0]])
            minute = told[min(len(told) - 1, int((due - began) // 60))]
            asked.append(asyncio.create_task(ask(session, port, said, address, due, minute)))
        await asyncio.gather(*asked)
        await watching
    return told


async def ask(session: Any, port: int, said: str, address: str, due: float, minute: Minute) -> None:
    """One page, followed nowhere; counted from when it was due."""
    try:
        headers = {"Cookie": said} if said else {}
        url = f"http://localhost:{port}{address}"
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            minute.statuses[str(answer.status)] += 1
    except (aiohttp.ClientError, TimeoutError) as error:
        minute.statuses[type(error).__name__] += 1
    minute.took.append(time.perf_counter() - due)


async def watch(told: list[Minute], began: float, seconds: float, pid: int) -> None:
    """Memory at the end of each minute, and a line about it."""
    for number, minute in enumerate(told):
        until = began + (seconds if number == len(told) - 1 else 60 * (number + 1))
        await asyncio.sleep(max(0.0, until - time.perf_counter()))
        minute.memory = bench.memory(pid)
        if len(minute.took) > 1:
            words = f"95 of 100 within {minute.share(95):.0f} ms, 99 within {minute.share(99):.0f}"
            said = f"minute {number + 1}: {len(minute.took)} pages, {words}, {minute.errors} errors"
            print(f"{said}, {minute.memory:.0f} MB", file=sys.stderr, flush=True)


def figures(told: list[Minute], a_second: float, house: str) -> Iterator[Figure]:
    whole = Minute([one for minute in told for one in minute.took])
    for minute in told:
        whole.statuses += minute.statuses
    fine, asked = whole.statuses["200"], len(whole.took)
    yield Figure("load: 95 of 100 pages within", whole.share(95), "ms", words=f"{a_second:g} a second; {house}")
    yield Figure(
        "load: 99 of 100 pages within", whole.share(99), "ms", words=f"slowest {1000 * max(whole.took):.0f} ms"
    )
    failed = ", ".join(f"{name}: {count}" for name, count in whole.statuses.items() if name != "200") or "no error"
    yield Figure("load: answered", 100 * fine / asked, "%", words=f"of {asked:,} pages; {failed}")
    first, last = told[0].memory, told[-1].memory
    words = f"sum of PSS after the last minute, {last - first:+.0f} since the first"
    yield Figure("load: memory", last, "MB", words=words)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]), *map(float, sys.argv[5:7]))
