"""What files cost: taking one in, drawing its pages, and what readers feel while hostile ones are checked."""

import hashlib
import os
import re
import secrets
import statistics
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.figures import Figure
from bench.visitor import Visitor
from cases.documents import kinds
from cases.documents.sandbox import run as sandbox
from tests.programs import wait_until
from tests.slow_senders import slow_senders

MB = 2**20
PHOTO = b"\xff\xd8\xff\xe0"  # the beginning of one: the worker is soon done with the rest
READERS, SENDERS = 20, 200
LOOK_SECONDS = 1.0  # a reader turns a page each second


def measure(port: int, patient: Visitor, case: str, folder: Path, web: list[int], is_quick: bool) -> Iterator[Figure]:
    """The rows; `case` is where the patient's pages begin, `web` are the web server's processes."""
    yield from taking_in(patient, f"{case}plan/", folder, web, 5 if is_quick else 50)
    yield drawing(folder, 20 if is_quick else 100)
    yield first_page(patient, case, 30 if is_quick else 300)
    yield from reading(port, patient, case, 3 if is_quick else 12)
    yield beside_slow_senders(port, patient, f"{case}plan/", 20 if is_quick else 100)


def taking_in(patient: Visitor, path: str, folder: Path, web: list[int], megabytes: int) -> Iterator[Figure]:
    """A large file by the plain form, beside the bare work on the same bytes; how much the web server grew by it."""
    rounds = 3
    send(patient, path, "first.jpg", PHOTO + secrets.token_bytes(MB))  # everything is loaded once
    took, bare = [], []
    with growth_of(web) as grown:
        for number in range(rounds):
            content = PHOTO + secrets.token_bytes(megabytes * MB - len(PHOTO))
            bare.append(hash_encrypt_write(content, folder / "bare"))
            took.append(send(patient, path, f"large {number}.jpg", content))
    best, least = statistics.median(took), statistics.median(bare)
    words = f"{megabytes} MB, {megabytes / best:.0f} a second; ratio to hash, encrypt and write of the same bytes"
    yield Figure("file: taken in", best, "s", best / least, words)
    words = f"the most that one process grew by, over {rounds} such files"
    yield Figure("file: growth of the web server", max(max(grown), 0.1), "MB", words=words)


def hash_encrypt_write(content: bytes, path: Path) -> float:
    began = time.perf_counter()
    gcm = AESGCM(secrets.token_bytes(32))
    hashlib.sha256(content).digest()
    with path.open("wb") as out:
        for number, start in enumerate(range(0, len(content), MB)):
            out.write(gcm.encrypt(number.to_bytes(12, "big"), content[start : start + MB], None))
        out.flush()
        os.fsync(out.fileno())
    path.unlink()
    return time.perf_counter() - began


def send(visitor: Visitor, path: str, name: str, content: bytes) -> float:
    """The seconds from the first byte sent to the answer."""
    visitor.get(path)
    seconds = visitor.send_file(path, "files", name, content)
    if visitor.status != 302:
        raise SystemExit(f"{name} was answered with {visitor.status}")
    return seconds


@contextmanager
def growth_of(processes: list[int]) -> Iterator[list[float]]:
    """A list that holds, in the end, by how many megabytes each process grew at its largest."""
    before, most, grown = [resident(pid) for pid in processes], {}, []
    is_over = threading.Event()

    def watch():
        while not is_over.wait(0.02):
            for pid in processes:
                most[pid] = max(most.get(pid, 0), resident(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield grown
    finally:
        is_over.set()
        watcher.join()
        grown += [most.get(pid, was) - was for pid, was in zip(processes, before, strict=True)]


def resident(pid: int) -> float:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found.group(1)) / 1000


def drawing(folder: Path, pages: int) -> Figure:
    """Pages of a letter opened, cleaned and drawn by the sandbox, as the worker does it."""
    from tests import plan_files

    content = plan_files.pdf(pages=pages)
    with sandbox.room(folder) as room:
        (room / "source").write_bytes(content)
        began = time.perf_counter()
        verdict = sandbox.judge(room, kinds.PDF, draw=25)
        for first in range(26, verdict.pages + 1, 25):
            sandbox.draw(room, kinds.PDF, first, min(first + 24, verdict.pages))
        took = time.perf_counter() - began
    return Figure(
        "file: pages drawn", verdict.pages / took, "a second", words=f"{verdict.pages} pages with their words"
    )


def first_page(patient: Visitor, case: str, pages: int) -> Figure:
    """From the last look that found a long letter not ready to the picture of its first page, beside a short one's."""
    short, long = (_to_first_page(patient, case, count) for count in (3, pages))
    words = f"of {pages} pages, from the last look of its page that found it not ready; ratio to 3 pages"
    return Figure("file: first page once ready", 1000 * long, "ms", long / short, words)


def _to_first_page(patient: Visitor, case: str, pages: int) -> float:
    """As a person has it who keeps the page open on which the file was added: it looks again by itself."""
    from tests import plan_files

    known, page = set(documents_of(patient, case)), f"{case}plan/"
    send(patient, page, f"letter of {pages}.pdf", plan_files.pdf(pages=pages, patient=f"once ready {uuid.uuid4()}"))
    patient.get(page)
    until, looked = time.monotonic() + 300, time.perf_counter()
    while time.monotonic() < until:
        for document in set(re.findall(r'href="(/documents/[0-9a-f-]+/)"', patient.page)) - known:
            patient.get(document)
            if pictures := re.findall(r'src="(/page-images/[0-9a-f-]+/)"', patient.page):
                patient.get(pictures[0])
                if patient.status != 200:
                    raise SystemExit(f"the first page was answered with {patient.status}")
                return time.perf_counter() - looked
        looked = _wait_for_news(patient, looked)
    raise SystemExit(f"a letter of {pages} pages was not ready in time")


def _wait_for_news(patient: Visitor, looked: float) -> float:
    """The beginning of the last look that found nothing new."""
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every (\d+)ms"', patient.page)
    if found is None:
        raise SystemExit("the page does not look again any more")
    address, every = found.groups()
    while True:
        time.sleep(max(0.0, looked + int(every) / 1000 - time.perf_counter()))
        began = time.perf_counter()
        if patient.look_again(address.replace("&amp;", "&")):
            return looked
        looked = began


def reading(port: int, patient: Visitor, case: str, seconds: float) -> Iterator[Figure]:
    """Readers who turn a page each second: alone, and while files that draw for ever are checked."""
    from tests import plan_files

    send(patient, f"{case}plan/", "letter.pdf", plan_files.pdf(pages=3))
    wait_until(lambda: pages_of(patient, case), 120, "a document that can be read")
    pages = pages_of(patient, case)
    alone = ninety_five(read(port, patient, pages, seconds))
    for number in range(4):
        content = plan_files.pdf_that_draws_for_ever() + f"\n% {uuid.uuid4()}\n".encode()
        send(patient, f"{case}plan/", f"bomb {number}.pdf", content)
    beside = ninety_five(read(port, patient, pages, seconds))
    words = f"95 of 100 openings of {READERS} readers; ratio to the same without"
    yield Figure("file: reading while 4 bombs are checked", 1000 * beside, "ms", beside / alone, words)


def beside_slow_senders(port: int, patient: Visitor, path: str, requests: int) -> Figure:
    """Another's page while many lines are within a form that they send a byte a second of."""
    cookie = "; ".join(f"{name}={value}" for name, value in patient.cookies.items())
    other = Visitor(port)
    other.cookies = dict(patient.cookies)
    with slow_senders(port, path, SENDERS, cookie):
        took = [other.get(path) for _ in range(requests)]
    words = f"the slowest of {requests} openings of the upload page; {SENDERS} lines"
    return Figure("file: others while 200 send slowly", 1000 * max(took), "ms", words=words)


def pages_of(patient: Visitor, case: str) -> list[str]:
    """What a reader of the first document that is ready opens: itself and its page's picture."""
    for document in documents_of(patient, case):
        patient.get(document)
        if pictures := re.findall(r'src="(/page-images/[0-9a-f-]+/)"', patient.page):
            return [document, pictures[0]]
    return []


def documents_of(patient: Visitor, case: str) -> list[str]:
    patient.get(f"{case}documents/")
    return list(dict.fromkeys(re.findall(r'href="(/documents/[0-9a-f-]+/)"', patient.page)))


def read(port: int, patient: Visitor, pages: list[str], seconds: float) -> list[float]:
    took: list[float] = []

    def one(start: float):
        reader = Visitor(port)
        reader.cookies = dict(patient.cookies)
        time.sleep(start)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for page in pages:
                spent = reader.get(page)
                assert reader.status == 200, f"{page} answered {reader.status}"
                took.append(spent)
            time.sleep(LOOK_SECONDS)

    readers = [threading.Thread(target=one, args=[LOOK_SECONDS * n / READERS]) for n in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return took


def ninety_five(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]
