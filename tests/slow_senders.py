"""People on weak lines, or none that are well meant: lines that say a byte a second and never end."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Where they are when they slow down: within the file, in a small form, in the lines before it, before the first word.
STOPS = ("file", "form", "head", "nothing")


@contextmanager
def slow_senders(port: int, path: str, count: int, cookie: str = "") -> Iterator[list[socket.socket]]:
    """So many lines while the block lasts, of each kind as many."""
    with contextlib.ExitStack() as stack:
        lines = []
        for number in range(count):
            line = stack.enter_context(socket.create_connection(("localhost", port), 20))
            line.sendall(_beginning(STOPS[number % len(STOPS)], path, cookie))
            lines.append(line)
        is_over = threading.Event()
        sender = threading.Thread(target=_dribble, args=[lines, is_over])
        sender.start()
        try:
            yield lines
        finally:
            is_over.set()
            sender.join()


def _dribble(lines: list[socket.socket], is_over: threading.Event) -> None:
    talking = [line for number, line in enumerate(lines) if STOPS[number % len(STOPS)] != "nothing"]
    while not is_over.wait(1):
        for line in talking:
            with contextlib.suppress(OSError):  # hung up on
                line.sendall(b"x")


def _beginning(stop: str, path: str, cookie: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:8000\r\nCookie: {cookie}\r\n"
    file = "multipart/form-data; boundary=b\r\nContent-Length: 50000000\r\n\r\n--b\r\nContent-Disposition: form-data; "
    said = {
        "file": head + f'Content-Type: {file}name="files"; filename="plan.pdf"\r\n\r\n%PDF-1.7\n',
        "form": head + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nfiles=",
        "head": head + "X-More: ",
        "nothing": "",
    }
    return said[stop].encode()
