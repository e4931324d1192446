"""A house that must hold: `python -m bench.soak FOLDER PATIENTS MINUTES` prints figures, and fails where a rule broke.

A portal with kept data is started in FOLDER; patients book, write and send while its parts are killed, restarted,
emptied, filled and cut off in turn and its clock is set on and back. Then all is mended and the clock set to the next
noon; once what is due had its five minutes, bench/invariants.py asks what must hold, and the rows are counted against
what patients were told.
"""

import datetime as dt
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from bench import invariants
from bench.figures import Figure
from bench.load import cookie
from bench.soak_people import Patient
from tests.house.running import Run
from tests.programs import Clamd, SmtpSink, clamd, wait_until

BETWEEN = 12.0  # seconds of peace between two faults
LASTS = 8.0  # seconds a server stays away, a disk full
STORE_MB = 64
HEALTHY_WITHIN = 90.0  # seconds
SETTLED_WITHIN = 360.0  # seconds: five minutes, and a turn of beat
HOURS_ON = 2
KILLED = ("worker", "beat", "gunicorn", "valkey", "postgres")


class House:
    """The portal under test, with all around it that can fail."""

    def __init__(self, folder: Path):
        self.var, self.sink = folder / "var", SmtpSink()
        self.documents = self.var / "documents"
        self.scanner = Clamd(folder / "clamd", b"a virus of our own") if clamd() else None
        self.run: Run
        self.told: Counter[str] = Counter()
        self.leaps: list[invariants.Leap] = []

    @contextmanager
    def open(self) -> Iterator[None]:
        self.documents.mkdir(parents=True)
        has_disk = not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={STORE_MB}m", "tmpfs", str(self.documents)], check=False
        ).returncode
        self.can_fill = has_disk
        self.sink.start()
        if self.scanner:
            self.scanner.start()
        self.run = Run(
            self.var, EMAIL_URL=self.sink.url, **({"CLAMD_URL": self.scanner.address} if self.scanner else {})
        )
        try:
            self.run.wait_until_ready()
            yield
        finally:
            self.run.stop()
            self.sink.stop()
            if self.scanner:
                self.scanner.stop()
            if has_disk:
                subprocess.run(["umount", str(self.documents)], check=True)

    # --- faults ---

    def kill(self, name: str) -> None:
        if pid := self.run.children().get(name):
            os.kill(pid, signal.SIGKILL)

    def restart_web(self) -> None:
        if pid := self.run.children().get("gunicorn"):
            os.kill(pid, signal.SIGHUP)

    def empty_broker(self) -> None:
        import redis

        with redis.from_url(re.search(r"^REDIS_URL=(.+)$", (self.var / "run.env").read_text(), re.M)[1]) as broker:
            broker.flushall()

    def lose_mail_server(self) -> None:
        self.sink.is_down = True
        time.sleep(LASTS)
        self.sink.is_down = False

    def lose_scanner(self) -> None:
        self.scanner.stop()
        time.sleep(LASTS)
        self.scanner.start()

    def fill_disk(self) -> None:
        filler = self.documents / ".filler"
        try:
            with filler.open("wb") as file:
                while True:
                    file.write(b"\0" * 65536)
        except OSError:
            time.sleep(LASTS)
        finally:
            filler.unlink()

    def set_clock(self, by: dt.timedelta) -> None:
        """On: once what is due at once went, since no clock of the world leaps over hours in which it could."""
        from django.db import connections

        from portal import clock

        connections.close_all()  # of this process: the database was killed meanwhile, perhaps
        if by > dt.timedelta(0):
            wait_until(lambda: not unsettled(at_once=True), SETTLED_WITHIN, "what was due before the clock was set")
            self.leaps.append((clock.now(), clock.now() + by))
        clock.set_offset(clock.offset() + by.total_seconds())

    def faults(self) -> dict[str, Callable[[], None]]:
        found: dict[str, Callable[[], None]] = {
            f"{name} killed": lambda name=name: self.kill(name) for name in KILLED
        } | {
            "web restarted": self.restart_web,
            "broker emptied": self.empty_broker,
            "mail server away": self.lose_mail_server,
            f"clock {HOURS_ON} hours on": lambda: self.set_clock(dt.timedelta(hours=HOURS_ON)),
            "clock 1 hour back": lambda: self.set_clock(dt.timedelta(hours=-1)),
        }
        if self.can_fill:
            found["disk full"] = self.fill_disk
        if self.scanner:
            found["scanner away"] = self.lose_scanner
        return found

    def is_healthy(self) -> bool:
        try:
            return self.run.ask("/readyz") == 200
        except OSError:
            return False

    def trouble(self, until: float, chance: random.Random) -> None:
        """One fault after the other, each of them as often as the others, in an order of chance."""
        faults = self.faults()
        waiting: list[str] = []
        while time.monotonic() < until:
            waiting = waiting or chance.sample(list(faults), len(faults))
            name = waiting.pop()
            faults[name]()
            self.told[name] += 1
            wait_until(self.is_healthy, HEALTHY_WITHIN, f"the portal after: {name}")
            time.sleep(BETWEEN)


def main(folder: Path, patients: int, minutes: float) -> None:
    house = House(folder)
    with house.open():
        somebody = prepared_on(house.run, patients)
        began = time.monotonic()
        for one in somebody:
            one.start()
        house.trouble(began + 60 * minutes, random.Random(1))  # noqa: S311 -- the same order in each run
        for one in somebody:
            one.ends.set()
        for one in somebody:
            one.join(120)
        left = settle(house)
        found = figures(house, somebody, time.monotonic() - began)
        found += rules_of(house.sink, somebody, left, "soak broken: ", house.leaps)
    for figure in found:
        print(json.dumps(asdict(figure)), flush=True)
    faults = [figure for figure in found if figure.name.startswith("soak broken: ") and figure.value]
    if faults:
        raise SystemExit("\n".join(f"{figure.name[13:]}: {figure.value:.0f}" for figure in faults))


def prepared_on(run: Run, patients: int) -> list[Patient]:
    """This process becomes a portal on the data of that one; consultants with hours, patients with cases."""
    os.environ |= run.named | {"PORTAL_VAR": str(run.var), "PORTAL_ENV": "development", "PORT": str(run.port)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from bench.bookings import make_consultants
    from bench.growth import make_some
    from tests import people, plan_files

    for name in ("theo", "mara"):
        people.person(name)
    make_consultants()
    plan = plan_files.pdf()
    return [
        Patient(str(case.pk), cookie(case.patient), run.port, plan, seed)
        for seed, case in enumerate(make_some(patients))
    ]


def settle(house: House) -> dict[str, int]:
    """Two noons on, so that what was gathered for a day went too; what was left over."""
    from portal import clock

    for _day in range(2):
        noon = (clock.now() + dt.timedelta(days=1)).replace(hour=17, minute=0)  # in UTC: noon in Toronto
        house.set_clock(noon - clock.now())
        left = settled()
    return left


def settled() -> dict[str, int]:
    """Wait until all that is due at once went and all files were judged; what was left over."""
    until = time.monotonic() + SETTLED_WITHIN
    while (left := unsettled()) and time.monotonic() < until:
        time.sleep(2)
    return left


def unsettled(*, at_once: bool = False) -> dict[str, int]:
    """What somebody waits for; `at_once`: messages alone."""
    from cases.documents.models import Version
    from portal import clock
    from portal.reminders.models import Delivery, MessageClass, Reminder

    due = Reminder.objects.unsettled().filter(due_at__lte=clock.now(), message_class=MessageClass.ANSWER)
    counted = {
        "answers that are due": due.count(),
        "mails under way": Delivery.objects.open().filter(channel="mail").count(),
    }
    if not at_once:
        waiting = Version.objects.filter(state__in=["received", "checking", "unscanned"])
        counted["files nobody judged"] = waiting.count()
    return {name: count for name, count in counted.items() if count}


def rules_of(
    sink: SmtpSink, somebody: list[Patient], left: dict[str, int], before: str, leaps: Iterable[invariants.Leap] = ()
) -> list[Figure]:
    """Each rule with how often it is broken."""
    mails = [(str(mail["X-Reminder-Key"]), str(mail["Message-ID"])) for mail in sink.messages]
    counted = invariants.broken(mails, leaps) | dict(against_ledgers(somebody)) | left
    return [Figure(f"{before}{name}", count, "") for name, count in counted.items()]


def against_ledgers(somebody: list[Patient]) -> Iterator[tuple[str, int]]:
    """Rows beside what patients were told; what they could not know may be so or not, once."""
    from bookings.models import Consultation
    from cases.documents.models import Version
    from cases.threads.models import Message

    wrong: Counter[str] = Counter()
    for one in somebody:
        told = one.ledger
        calls = {str(pk): state for pk, state in Consultation.objects.filter(case=one.case).values_list("pk", "state")}
        wrong["calls told that are not there"] += len(told.booked - calls.keys())
        wrong["calls told canceled that stand"] += sum(calls.get(pk) == "booked" for pk in told.canceled)
        wrong["calls told booked that do not stand"] += sum(
            calls.get(pk) == "cancelled" for pk in told.booked - told.canceled
        ) * (not told.unsure["cancel"])
        wrong["calls nobody was told of"] += max(0, len(calls.keys() - told.booked) - told.unsure["book"])
        texts = Counter(message.text for message in Message.objects.filter(case=one.case))
        wrong["messages told that are not there once"] += sum(texts[words] != 1 for words in told.written)
        wrong["messages nobody was told of"] += max(0, texts.total() - len(told.written) - told.unsure["write"])
        files = Version.objects.filter(case=one.case).count()
        wrong["files told that are not there"] += max(0, told.files - files)
        wrong["files nobody was told of"] += max(0, files - told.files - told.unsure["file"])
    yield from wrong.items()


def figures(house: House, somebody: list[Patient], seconds: float) -> list[Figure]:
    faults = ", ".join(f"{name} {count}" for name, count in sorted(house.told.items()))
    return [
        Figure("soak: faults", house.told.total(), "", words=f"in {seconds / 60:.0f} minutes: {faults}"),
        *figures_of_ledgers(somebody, "soak: "),
        Figure("soak: mails", len(house.sink.messages), "", words="that came, repeats with them"),
    ]


def figures_of_ledgers(somebody: list[Patient], before: str) -> list[Figure]:
    """How many answers came, and what was done by them."""
    answers: Counter[str] = sum((one.ledger.answers for one in somebody), Counter())
    asked = sum(count for name, count in answers.items() if name.isdigit() or name.isidentifier())
    others = ", ".join(f"{name}: {count}" for name, count in answers.most_common() if name not in {"200", "302"})
    told = {
        "calls booked": sum(len(one.ledger.booked) for one in somebody),
        "calls canceled": sum(len(one.ledger.canceled) for one in somebody),
        "messages": sum(len(one.ledger.written) for one in somebody),
        "files": sum(one.ledger.files for one in somebody),
        "unsure": sum(one.ledger.unsure.total() for one in somebody),
    }
    return [
        Figure(f"{before}answers", asked, "", words=f"besides 200 and 302: {others or 'none'}"),
        Figure(
            f"{before}done",
            sum(told.values()),
            "",
            words=", ".join(f"{count} {name}" for name, count in told.items()),
        ),
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
