"""nginx in front of the web server, by the file that ships: only its places, ports and machines are the test's."""

import datetime as dt
import http.client
import signal
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal import clock, local
from tests.programs import ROOT, free_port, nginx, wait_until
from tests.web_server import WebServer

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Front:
    """`folder` holds its certificate, its temporary files and what it says of errors."""

    def __init__(self, web_port: int, folder: Path, web: WebServer | None = None):
        self.web_port, self.folder, self.port, self.web = web_port, folder, free_port(), web
        self.plain_port = free_port()
        self.process: subprocess.Popen | None = None

    def start(self, level: str = "crit") -> None:
        """`level`: what it writes of errors, where that is not to be what ships."""
        certificate(self.folder)
        (self.folder / "nginx.conf").write_text(self._configuration(level))
        words = [nginx(), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "err")]
        self.process = subprocess.Popen(words, preexec_fn=local.die_with_parent(signal.SIGTERM))
        wait_until(self._is_up, 20, "nginx")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    def ask(
        self, path: str, method: str = "GET", body: object = None, *, came_from: str = "127.0.0.1", **headers: str
    ) -> http.client.HTTPResponse:
        """The answer, its body still to be read. `came_from`: an address of this machine, as the visitor's."""
        trust = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        line = http.client.HTTPSConnection(
            "localhost", self.port, timeout=30, context=trust, source_address=(came_from, 0)
        )
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body=body, headers={"Host": "localhost", "Connection": "close"} | names)
        return line.getresponse()

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "err").read_text()
        try:
            return self.ask("/healthz").status == 200
        except OSError:
            return False

    def _configuration(self, level: str) -> str:
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        ours = "".join(f"  {name}_temp_path {self.folder}/{name};\n" for name in TEMPORARY)
        for shipped, here in {
            "events {": f"daemon off;\nmaster_process off;\npid {self.folder}/pid;\nevents {{",
            "http {\n": f"http {{\n{ours}",
            "error_log stderr crit;": f"error_log {self.folder}/err {level};",
            "server web:8000;": f"server 127.0.0.1:{self.web_port};",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            "http2 on;": "",  # Debian's is older than this word
            "/etc/nginx/tls/fullchain.pem": f"{self.folder}/fullchain.pem",
            "/etc/nginx/tls/privkey.pem": f"{self.folder}/privkey.pem",
        }.items():
            assert text.count(shipped) == 1, shipped
            text = text.replace(shipped, here)
        return text


def certificate(folder: Path) -> None:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


@pytest.fixture
def secure_front(transactional_db, tmp_path):
    """The portal behind nginx as on a server: by https, one trusted proxy, and Redis that does not answer."""
    from django.db import connection

    folder = tmp_path / "front"
    folder.mkdir()
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    web = WebServer(connection.settings_dict["NAME"], tmp_path / "web", REDIS_URL=nowhere)
    front = Front(web.port, folder, web)
    web.environment |= {"PORTAL_ORIGIN": front.origin, "ALLAUTH_TRUSTED_PROXY_COUNT": "1"}
    web.start()
    front.start()
    yield front
    front.stop()
    web.stop()
