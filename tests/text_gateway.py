"""A provider of text messages on this machine: takes, refuses or puts off, and sends each key once."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

TOKEN = "a-token-of-the-gateway"


class Gateway:
    """`posts` are all that came in as (key, body, headers); `sent` what would be on phones, by key."""

    def __init__(self):
        self.posts, self.sent = [], {}
        self.answers = []  # statuses to give first; then 202
        self.before_answer = lambda: None  # runs once the message was taken
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                status = gateway.take(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/messages?account=7"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def take(self, headers, body):
        """The status to answer with; None drops the line after taking it."""
        key, said = headers["Idempotency-Key"], json.loads(body)
        self.posts.append((key, said, dict(headers)))
        status = self.answers.pop(0) if self.answers else 202
        if status is None or status < 300:
            self.sent.setdefault(key, said)
            self.before_answer()
        return status

    def start(self):
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def gateway(settings):
    """A running one, which the portal sends its texts to."""
    server = Gateway()
    server.start()
    settings.TEXT_GATEWAY_URL, settings.TEXT_GATEWAY_TOKEN = server.url, TOKEN
    yield server
    server.stop()
