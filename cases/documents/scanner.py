"""The virus scanner behind one small interface: clamd's INSTREAM over a socket. Plain Python."""

import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

CLEAN, FOUND, NOT_SCANNED = "clean", "found", "not_scanned"

CHUNK = 256 * 2**10
CONNECT_SECONDS = 3
ANSWER_SECONDS = 60

# Answers that are no virus but a file clamd could not look into: they are not "clean" either.
UNREAD = ("Heuristics.Encrypted", "Heuristics.Limits.Exceeded")


class Away(Exception):
    """A scanner is configured and does not answer; the file waits."""


@dataclass(frozen=True)
class Scanner:
    """One clamd, at unix:///path/of/socket or tcp://host:port."""

    address: str

    def scan(self, stream: BinaryIO) -> str:
        """CLEAN, FOUND, or NOT_SCANNED when the scanner says it could not look inside. Raises Away."""
        try:
            with self._connection() as line:
                return _verdict(_ask(line, stream))
        except OSError as error:
            raise Away from error

    def answers(self) -> bool:
        """Whether the scanner is there; for the health page."""
        try:
            with self._connection() as line:
                line.sendall(b"zPING\0")
                return _answer(line) == "PONG"
        except OSError:
            return False

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
        else:
            line = socket.create_connection((where.hostname, where.port or 3310), CONNECT_SECONDS)
        line.settimeout(ANSWER_SECONDS)
        return line


def _ask(line: socket.socket, stream: BinaryIO) -> str:
    line.sendall(b"zINSTREAM\0")
    try:
        while chunk := stream.read(CHUNK):
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        # Past its size limit clamd answers and hangs up in the middle: the answer may still be there to read.
        return _answer(line)
    return _answer(line)


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        piece = line.recv(4096)
        if not piece:
            break
        answer += piece
    if not answer:
        raise ConnectionAbortedError("no answer")
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _verdict(answer: str) -> str:
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return CLEAN
    if words.endswith(" FOUND"):
        return NOT_SCANNED if words.startswith(UNREAD) else FOUND
    if "size limit exceeded" in words:
        return NOT_SCANNED
    raise Away(words)  # an error of the scanner's own says nothing about the file
