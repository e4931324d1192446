"""The web server as it ships, on the test database: gunicorn with the words of `make run`."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from portal import local, local_run
from tests import people
from tests.programs import ROOT, free_port, wait_until


class WebServer:
    """Its folder `var` holds what it keeps and logs; `more` replaces words of its surroundings."""

    def __init__(self, database: str, var: Path, **more: str):
        self.var, self.port, self.log = var, free_port(), var / "web.log"
        self.process: subprocess.Popen | None = None
        (var / "static").mkdir(parents=True, exist_ok=True)
        of_tests = {
            name: urlsplit(os.environ[name])._replace(path=f"/{database}").geturl()
            for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }
        self.environment = os.environ | of_tests | {"PORTAL_VAR": str(var), "PORT": str(self.port)}
        self.environment |= local_run.SURROUNDINGS["web"] | more

    def start(self) -> None:
        words = local_run.command_of("web", bind=f"127.0.0.1:{self.port}", var=str(self.var))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=local.die_with_parent(signal.SIGTERM),
            )
        wait_until(self._is_up, 60, "the web server")

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        return local_run.is_healthy(self.port)

    def stop(self) -> None:
        if self.process:
            local.stop(self.process, signal.SIGTERM)
            local_run.end_group(self.process)
            self.process = None

    def cookie(self, user) -> str:
        """What the browser of a person who is signed in sends."""
        (session,) = people.browser(user).cookies.values()
        return f"{self.cookie_name('session')}={session.value}"

    def cookie_name(self, of: str) -> str:
        """What this server calls its cookie of sessions, or of forms ("csrf")."""
        return f"portal-{hashlib.sha256(str(self.var.resolve()).encode()).hexdigest()[:8]}-{of}"

    def line(self, seconds: float = 20, takes: int = 0) -> socket.socket:
        """A line of one's own; `takes`: so many bytes wait at this end at most, the rest with the server."""
        line = socket.socket()
        line.settimeout(seconds)
        if takes:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
        line.connect(("127.0.0.1", self.port))
        return line

    def ask(self, path: str, cookie: str = "", method: str = "GET", **headers: str) -> bytes:
        """The whole answer, head and body, on a line of its own."""
        lines = {"Host": "localhost", "Cookie": cookie, "Connection": "close"} | headers
        with self.line() as line:
            head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
            line.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())
            return b"".join(iter(lambda: line.recv(65536), b""))
