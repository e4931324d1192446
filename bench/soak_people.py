"""Patients who go on through every fault: they book, cancel, write, send and read, and press again when nothing came.

Each keeps a ledger of what was answered and of what may or may not have come through.
"""

import contextlib
import http.client
import random
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from bench.visitor import Visitor

PRESSES = 60  # of one and the same form, one a second
CALL = re.compile(r"/consultations/([0-9a-f-]{36})/$")
CHECK = re.compile(r"/holds/[0-9a-f-]{36}/check/$")
SLOT = re.compile(r'name="slot" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(words|version|seen|send_id)" value="([^"]*)"')
GONE = {500, 502, 503, 504}
TURNS = {"read": 6, "write": 3, "book": 3, "cancel": 2, "send": 1}


@dataclass
class Ledger:
    """What one patient was told: calls that stand, calls that were canceled, messages, files."""

    booked: set[str] = field(default_factory=set)
    canceled: set[str] = field(default_factory=set)
    written: list[str] = field(default_factory=list)
    files: int = 0
    unsure: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)


class Unheard(Exception):
    """Pressed again and again, and nothing came."""


class Patient(threading.Thread):
    """One who acts until told to stop, with a pause between what she does."""

    def __init__(self, case: str, cookie: str, port: int, plan: bytes, seed: int):
        super().__init__(daemon=True)
        self.case, self.plan, self.ledger = case, plan, Ledger()
        self.visitor, self.chance, self.ends = Visitor(port), random.Random(seed), threading.Event()  # noqa: S311
        self.visitor.cookies = {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}

    def go_to(self, port: int) -> None:
        """Ask another web server from now on, still signed in."""
        self.visitor = self.visitor.at(port)

    def run(self) -> None:
        while not self.ends.wait(self.chance.uniform(0.2, 1.5)):
            what = self.chance.choices(list(TURNS), list(TURNS.values()))[0]
            try:
                getattr(self, what)()
            except Unheard:
                self.ledger.unsure[what] += 1

    # --- what she does ---

    def read(self) -> None:
        page = self.chance.choice(["", "records/", "messages/", "consultation/", "documents/"])
        self._until_heard(lambda: self.visitor.get(f"/cases/{self.case}/{page}"))

    def write(self) -> None:
        """One message; pressed again it carries the same mark of the page, so that it is sent once."""
        self._until_heard(lambda: self.visitor.get(f"/cases/{self.case}/messages/"))
        words = f"Soak {uuid.uuid4()}"
        fields = dict(HIDDEN.findall(self.visitor.page)) | {"text": words}
        self._press(f"/cases/{self.case}/messages/send/", fields)
        if self.visitor.status in {302, 303}:
            self.ledger.written.append(words)

    def book(self) -> None:
        """The first talk with whoever is free, when none is booked."""
        if self.ledger.booked - self.ledger.canceled:
            return
        page = f"/cases/{self.case}/consultation/"
        self._until_heard(lambda: self.visitor.get(f"{page}?service=first_talk&with=anyone"))
        slots = SLOT.findall(self.visitor.page)
        if not slots:
            self.ledger.answers["no time"] += 1
            return
        wish = {"service": "first_talk", "with": "anyone", "how": "video", "slot": self.chance.choice(slots)}
        self._press(page, wish)
        if not (self.visitor.status in {302, 303} and CHECK.search(self.visitor.path)):
            self.ledger.answers[f"hold: {self.visitor.status}"] += 1  # another was quicker
            return
        check = self.visitor.path
        self._until_heard(lambda: self.visitor.get(check))
        fields = dict(HIDDEN.findall(self.visitor.page)) | {"hope": "", "scope": "on", "may_read": "on"}
        self._press(check, fields)
        if found := CALL.search(self.visitor.path):
            self.ledger.booked.add(found[1])
        else:
            self.ledger.answers[f"book: {self.visitor.status}"] += 1

    def cancel(self) -> None:
        for call in self.ledger.booked - self.ledger.canceled:
            page = f"/consultations/{call}/cancel/"
            self._until_heard(lambda page=page: self.visitor.get(page))
            self._press(page, {"reason": ""})
            if self.visitor.status in {302, 303}:
                self.ledger.canceled.add(call)
            else:
                self.ledger.answers[f"cancel: {self.visitor.status}"] += 1

    def send(self) -> None:
        """A file, once: whether it came is unsure where no answer came."""
        page = f"/cases/{self.case}/add/"
        self._until_heard(lambda: self.visitor.get(page))
        mark = f"%{uuid.uuid4()}\n".encode()
        with contextlib.suppress(http.client.HTTPException, OSError):
            self.visitor.send_file(page, "files", "letter.pdf", self.plan + mark)
            if self.visitor.status in {302, 303}:
                self.ledger.files += 1
                return
            self.ledger.answers[f"file: {self.visitor.status}"] += 1
            if self.visitor.status not in GONE:
                return
        self.ledger.unsure["file"] += 1

    # --- how ---

    def _press(self, path: str, fields: dict[str, str]) -> None:
        page = self.visitor.page

        def press() -> None:
            self.visitor.page = page  # with the token of the form, whatever was answered last
            self.visitor.send(path, fields)

        self._until_heard(press)

    def _until_heard(self, ask) -> None:
        """Ask again each second while the house is away. Raises Unheard after `PRESSES`."""
        for _ in range(PRESSES):
            try:
                ask()
            except (http.client.HTTPException, OSError) as error:
                self.ledger.answers[type(error).__name__] += 1
                self.visitor.line.close()
            else:
                self.ledger.answers[str(self.visitor.status)] += 1
                if self.visitor.status not in GONE:
                    return
            time.sleep(1)
        raise Unheard
