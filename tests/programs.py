"""Real programs beside the tests: a Celery worker, a mail server that keeps what it gets, clamd, Chromium, axe."""

import asyncio
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakSet

from aiosmtpd.controller import Controller

from portal import local

ROOT = Path(__file__).parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses root without it; it shows our own pages only
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
FREEZE = "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets.push(s) }"
STILL = "*, ::before, ::after { transition: none !important; animation: none !important; }"


def chromium() -> str | None:
    """Path of an installed Chromium; PORTAL_CHROMIUM names another."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return os.environ.get("PORTAL_CHROMIUM") or next(filter(None, found), None)


def clamd() -> str | None:
    """Path of an installed clamd; PORTAL_CLAMD names another."""
    return os.environ.get("PORTAL_CLAMD") or shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")


def nginx() -> str | None:
    """Path of an nginx: PORTAL_NGINX's, an installed one, or what `make setup` unpacked."""
    places = f"{os.environ['PATH']}:/usr/sbin:{sys.prefix}/nginx/usr/sbin"
    return os.environ.get("PORTAL_NGINX") or shutil.which("nginx", path=places)


def pgbouncer() -> str | None:
    """Path of a PgBouncer: PORTAL_PGBOUNCER's, an installed one, or what `make setup` unpacked."""
    places = f"{os.environ['PATH']}:/usr/sbin:{sys.prefix}/pooler/usr/sbin"
    return os.environ.get("PORTAL_PGBOUNCER") or shutil.which("pgbouncer", path=places)


def text_engine() -> str | None:
    """Path of an installed tesseract; PORTAL_TESSERACT names another."""
    return os.environ.get("PORTAL_TESSERACT") or shutil.which("tesseract")


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def listens(port: int) -> bool:
    """Whether somebody takes lines at this port of the machine."""
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def axe_findings(page, *rules: str) -> list[str]:
    """Run axe, or these rules of it alone, on the page as it stands; one line a finding: rule, place, what is wrong."""
    # Half-way through a transition, colors are neither old nor new, and axe reports false contrast errors.
    # A style element would be refused by our own Content-Security-Policy, a constructed sheet is not.
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets.push(s) }",
        STILL,
    )
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    only = {"runOnly": list(rules)} if rules else {}
    found = page.evaluate("only => axe.run(document, {resultTypes: ['violations'], ...only})", only)
    return [
        f"{finding['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for finding in found["violations"]
        for node in finding["nodes"]
    ]


class ClosingController(Controller):
    """Closes the lines that are still open when it stops: a program that was killed has not said good-bye."""

    def __init__(self, *args, **more):
        self._lines = WeakSet()
        super().__init__(*args, **more)

    def factory(self):
        line = super().factory()
        self._lines.add(line)
        return line

    async def _close_lines(self) -> None:
        for line in list(self._lines):
            if line.transport:
                line.transport.abort()
        await asyncio.sleep(0)  # the loop lets go of each in its next turn

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._close_lines(), self.loop).result(10)
        super().stop(no_assert)


class SmtpSink:
    """A mail server here. Addresses in `refused` are answered with 550; all with 451 while `is_down`.

    With `tls` it takes nothing before the line is closed to others.
    """

    def __init__(self, tls: ssl.SSLContext | None = None):
        self.messages, self.recipients, self.refused, self.is_down = [], [], set(), False
        self.port = free_port()
        closed = {"tls_context": tls, "require_starttls": True} if tls else {}
        self._controller = ClosingController(self, hostname="127.0.0.1", port=self.port, **closed)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.is_down:
            return "451 try again later"
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def wait_for(self, count: int, seconds: float = 20) -> list:
        """Wait until `count` messages came in; return all."""
        wait_until(lambda: len(self.messages) >= count, seconds, f"{count} messages, there are {len(self.messages)}")
        return self.messages

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


class Worker:
    """A real Celery worker on the real broker and the test database. Its mail goes to `email_url`."""

    def __init__(self, database: str, email_url: str, log: Path):
        self.log = log
        self.environment = {
            **os.environ,
            **{
                name: urlsplit(os.environ[name])._replace(path=f"/{database}").geturl()
                for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
            },
            "EMAIL_URL": email_url,
        }
        self.process: subprocess.Popen | None = None

    def start(self, *more: str) -> None:
        """Start and wait until it takes tasks; `more` are further words for `celery worker`."""
        command = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "--concurrency=1"]
        command += ["--loglevel=info", "--without-gossip", "--without-mingle", *more]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=local.die_with_parent(signal.SIGKILL),
            )
        wait_until(self._is_ready, 40, f"the worker; its log ends: {self.log.read_text()[-2000:]}")

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        return " ready." in self.log.read_text()

    def kill(self) -> None:
        """kill -9, children included."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process:
            local.stop(self.process, signal.SIGTERM)
            self.process = None


class Clamd:
    """A real clamd with the settings that ship and one signature, written by hand: `signature` anywhere in a file."""

    def __init__(self, folder: Path, signature: bytes):
        self.folder, self.socket = folder, folder / "clamd.sock"
        self.address = f"unix://{self.socket}"
        self.process: subprocess.Popen | None = None
        (folder / "signatures").mkdir(parents=True)
        (folder / "signatures" / "ours.ndb").write_text(f"Test.Eicar:0:*:{signature.hex()}\n")

    def start(self, **changed: str) -> None:
        """Start and wait until it answers; `changed` replaces settings that ship."""
        shipped = (ROOT / "deploy" / "clamd.conf").read_text().splitlines()
        lines = dict(line.split(" ", 1) for line in shipped if line and not line.startswith("#"))
        for name in ("TCPSocket", "User"):
            del lines[name]
        lines |= {
            "LocalSocket": str(self.socket), "DatabaseDirectory": str(self.folder / "signatures"),
            "TemporaryDirectory": str(self.folder), "LogFile": str(self.folder / "clamd.log"),
            "Foreground": "yes", "FixStaleSocket": "yes", "SelfCheck": "0",
        }  # fmt: skip
        settings = self.folder / "clamd.conf"
        settings.write_text("".join(f"{name} {value}\n" for name, value in (lines | changed).items()))
        self.process = subprocess.Popen(
            [clamd(), "-c", settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=local.die_with_parent(signal.SIGKILL),
        )
        wait_until(self._answers, 30, "clamd")

    def _answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "clamd.log").read_text()[-2000:]
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self.socket))
        except OSError:
            return False
        return True

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process:
            self.send(number)
            self.process.wait()
            self.process = None
        self.socket.unlink(missing_ok=True)


def wait_until(is_so, seconds: float, what: str) -> None:
    """Ask `is_so` until it holds; fail with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)
