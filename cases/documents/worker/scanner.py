"""The virus scanner behind one small interface: clamd's INSTREAM over a socket. Plain Python."""

import datetime as dt
import socket
import struct
import time
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

CLEAN, FOUND, NOT_SCANNED, LOCKED_INSIDE = "clean", "found", "not_scanned", "locked_inside"

CHUNK = 256 * 2**10
CONNECT_SECONDS = 3
ANSWER_SECONDS = 60  # from the first byte to the answer

# Answers that are no virus but a file clamd could not look into: they are not "clean" either.
UNREAD = {"Heuristics.Encrypted": LOCKED_INSIDE, "Heuristics.Limits.Exceeded": NOT_SCANNED}


class Away(Exception):
    """A scanner is configured and does not answer; the file waits."""


@dataclass(frozen=True)
class Scanner:
    """One clamd, at unix:///path/of/socket or tcp://host:port."""

    address: str

    def scan(self, stream: BinaryIO) -> str:
        """CLEAN, FOUND, or why the scanner could not look inside: NOT_SCANNED, LOCKED_INSIDE. Raises Away."""
        try:
            with self._connection() as line:
                return _verdict(_ask(line, stream, time.monotonic() + ANSWER_SECONDS))
        except OSError as error:
            raise Away from error

    def answers(self) -> bool:
        """Whether the scanner is there; for the health page."""
        try:
            with self._connection() as line:
                line.sendall(b"zPING\0")
                return _answer(line, time.monotonic() + CONNECT_SECONDS) == "PONG"
        except OSError:
            return False

    def knows(self) -> tuple[str, dt.datetime | None]:
        """The program with its version, and when the signatures that it knows were made; None where it does not say."""
        try:
            with self._connection() as line:
                line.sendall(b"zVERSION\0")
                said = _answer(line, time.monotonic() + CONNECT_SECONDS)
        except OSError:
            return "", None
        program, *more = said.split("/")
        return program, _made_at(more[-1]) if len(more) > 1 else None

    def _connection(self) -> socket.socket:
        where = urlsplit(self.address)
        if where.scheme == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(CONNECT_SECONDS)
            try:
                line.connect(where.path)
            except OSError:
                line.close()
                raise
            return line
        return socket.create_connection((where.hostname, where.port or 3310), CONNECT_SECONDS)


def _made_at(said: str) -> dt.datetime | None:
    """ "Fri Nov 27 08:25:00 2026", on the scanner's own clock, which is UTC wherever ours run; a day more or less
    changes nothing here.
    """
    try:
        return dt.datetime.strptime(said.strip(), "%a %b %d %H:%M:%S %Y").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _ask(line: socket.socket, stream: BinaryIO, until: float) -> str:
    line.sendall(b"zINSTREAM\0")
    try:
        while chunk := stream.read(CHUNK):
            _wait_until(until, line)
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        # Past its size limit clamd answers and hangs up in the middle: the answer may still be there to read.
        return _answer(line, until)
    return _answer(line, until)


def _answer(line: socket.socket, until: float) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        _wait_until(until, line)
        piece = line.recv(4096)
        if not piece:
            raise ConnectionAbortedError("no answer, or half of one")
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _wait_until(until: float, line: socket.socket) -> None:
    """A scanner that takes a byte now and then is away too: the time is for the whole file."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)


def _verdict(answer: str) -> str:
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return CLEAN
    if words.endswith(" FOUND"):
        return next((unread for start, unread in UNREAD.items() if words.startswith(start)), FOUND)
    if "size limit exceeded" in words:
        return NOT_SCANNED
    raise Away(words)  # an error of the scanner's own says nothing about the file
