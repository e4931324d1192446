"""A calendar's host on this machine, by https, and a network that leads every open number to it.

The judgment of numbers is the portal's own: names lead here to numbers that it takes for open ones, or does not.
"""

import datetime as dt
import socket
import ssl
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

OPEN = "93.184.215.14"
NAME = "calendar.example.org"
OTHERS = ("elsewhere.example.org", "inside.example.org", "turns.example.org")


class Network:
    """Names, the numbers they lead to, and the one server behind all open numbers."""

    port = 0
    authority = ""
    names: ClassVar[dict[str, list[list[str]]]] = {}
    asked: ClassVar[list[str]] = []
    dialed: ClassVar[list[str]] = []
    dead: ClassVar[set[str]] = set()  # numbers that do not answer
    given: ClassVar[list[float]] = []  # seconds for each dialing

    def resolve(self, host):
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror("unknown")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def dial(self, address, seconds):
        self.dialed.append(address)
        self.given.append(seconds)
        if address in self.dead:
            raise TimeoutError
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def context(self):
        return ssl.create_default_context(cafile=self.authority)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        self.server.answer(self)

    def log_message(self, *args):
        """Says nothing."""


class Host:
    """Answers as it is told: `answer(handler)`."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="rs-calendar-")
        pem = Path(self.folder.name) / "host.pem"
        pem.write_bytes(certificate([NAME, *OTHERS]))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.requests, self.server.answer = [], self.say(b"")
        Network.port, Network.authority = self.server.server_port, str(pem)
        Network.names.clear()
        Network.names[NAME] = [[OPEN]]
        for kept in (Network.asked, Network.dialed, Network.dead, Network.given):
            kept.clear()
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def requests(self):
        return self.server.requests

    def answers(self, answer):
        self.server.answer = answer

    @staticmethod
    def say(content, status=200, **headers):
        def answer(handler):
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)

        return answer

    @staticmethod
    def drips(handler):
        """A byte now and then, for ever."""
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"B")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()


def certificate(names):
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now)
    made = made.not_valid_after(now + dt.timedelta(days=365 * 60))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    signed = made.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + signed.public_bytes(serialization.Encoding.PEM)
