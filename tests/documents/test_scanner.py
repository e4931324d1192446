"""What only a scanner of our own can say at will, by a small server that speaks clamd's protocol."""

import socket
import struct
import threading

import pytest

from cases.documents.models import Version
from cases.documents.worker import checking, scanner
from portal import clock
from tests import factories, plan_files
from tests.documents.files import added, checked

pytestmark = pytest.mark.django_db


class SmallScanner:
    """PING and INSTREAM as clamd answers them; finds EICAR, and refuses streams over a limit."""

    def __init__(self, path, limit=10**6):
        self.path, self.limit, self.scanned = path, limit, 0
        self.always: bytes | None = None
        self.address = f"unix://{path}"
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(path))
        self.server.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                line, _address = self.server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as sent:
                command = sent.read(1) + _until_zero(sent)
                if command == b"zPING":
                    line.sendall(b"PONG\0")
                elif command == b"zINSTREAM":
                    answer = self._answer(sent) + b"\0"
                    line.sendall(answer if self.always is None else self.always)

    def _answer(self, sent):
        content = b""
        while size := struct.unpack("!I", sent.read(4))[0]:
            content += sent.read(size)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.scanned += 1
        if b"broken database" in content:
            return b"stream: Can't allocate memory ERROR"
        return b"stream: Eicar-Test FOUND" if plan_files.EICAR in content else b"stream: OK"

    def stop(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join()
        self.path.unlink()


def _until_zero(sent):
    text = b""
    while (letter := sent.read(1)) not in (b"\0", b""):
        text += letter
    return text


@pytest.fixture
def small(tmp_path, settings):
    server = SmallScanner(tmp_path / "clamd.sock")
    settings.CLAMD_URL = server.address
    yield server
    server.stop()


@pytest.fixture
def case():
    return factories.open_case()


def test_clean_file_is_ready_and_marked_as_checked(case, small):
    version = checked(case)
    assert (version.state, version.checked_for_viruses) == (Version.State.READY, True)
    assert small.scanned == 1


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("notes.txt", lambda: b"Look: " + plan_files.EICAR),
        ("plan.pdf", lambda: plan_files.pdf_with_attachment(plan_files.EICAR)),
    ],
)
def test_virus_is_refused_also_inside_a_pdf(case, small, name, make):
    version = checked(case, name, make())
    assert (version.state, version.reason, version.original) == (Version.State.REFUSED, "virus", None)


def test_file_too_large_to_scan_is_not_called_clean(case, small):
    small.limit = 100
    version = checked(case)
    assert (version.state, version.reason) == (Version.State.REFUSED, "unscannable")


def test_waiting_for_the_scanner_never_uses_up_the_tries(case, tmp_path, settings):
    settings.CLAMD_URL = f"unix://{tmp_path / 'clamd.sock'}"
    version = added(case)
    for _minute in range(2):
        Version.objects.update(due_at=clock.now())
        checking.check(version.pk)
        version.refresh_from_db()
        assert (version.state, version.tries) == (Version.State.UNSCANNED, 0)


def test_error_of_the_scanner_is_not_a_verdict(case, small):
    version = checked(case, "notes.txt", b"broken database")
    assert version.state == Version.State.UNSCANNED


@pytest.mark.full
@pytest.mark.parametrize("answer", [b"", b"stream: OK", b"stream: \xff\0", b"\0", b"?" * 9000])
def test_half_an_answer_or_a_strange_one_is_not_a_verdict(case, small, answer):
    small.always = answer
    assert checked(case).state == Version.State.UNSCANNED


def test_interface_tells_whether_the_scanner_is_there(small, tmp_path):
    assert scanner.Scanner(small.address).answers()
    assert not scanner.Scanner(f"unix://{tmp_path / 'nobody.sock'}").answers()
