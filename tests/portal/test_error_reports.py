"""An error report says kind, place and route; no word of what was typed, opened or logged goes along."""

import json
import os
import subprocess
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from portal import error_reports

WORD = "Zitronenfalter"


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self, options=None):
        super().__init__(options)
        self.sent: list[bytes] = []

    def capture_envelope(self, envelope):
        self.sent.append(envelope.serialize())


@pytest.fixture
def reports():
    """A client of its own with our settings: it changes nothing of Django's."""
    kept = Kept()
    client = sentry_sdk.Client(
        dsn="http://key@127.0.0.1/1", transport=kept, default_integrations=False, **error_reports.OPTIONS
    )
    with sentry_sdk.isolation_scope() as scope, sentry_sdk.new_scope() as own:
        scope.set_client(client)
        own.set_client(client)
        yield kept


def broken(word):
    raise ValueError(f"no {word}")


def test_an_error_goes_out_by_its_kind_and_place(reports):
    sentry_sdk.set_tag("case", WORD)
    sentry_sdk.set_extra("typed", WORD)
    sentry_sdk.set_user({"email": WORD})
    sentry_sdk.add_breadcrumb(message=f"Not Found: /cases/{WORD}/")
    try:
        broken(WORD)
    except ValueError:
        sentry_sdk.capture_exception()
    sentry_sdk.capture_message(f"Wrong: {WORD}")
    sentry_sdk.flush()
    assert len(reports.sent) == 2
    assert WORD.encode() not in b"".join(reports.sent)
    assert b"ValueError" in reports.sent[0]
    assert b'"broken"' in reports.sent[0]


@pytest.mark.parametrize("source", ["route", "url", ""])
def test_an_address_goes_out_as_its_pattern_or_not_at_all(source):
    event = {
        "event_id": "1",
        "transaction": "/cases/{pk}/" if source == "route" else f"/cases/{WORD}/",
        "transaction_info": {"source": source},
        "request": {"url": f"https://x/{WORD}", "query_string": WORD, "headers": {"Referer": WORD}, "data": WORD},
        "logentry": {"message": WORD, "params": [WORD]},
        "something_new": WORD,
        "exception": {"values": [{"type": "ValueError", "value": WORD, "mechanism": {"data": WORD}}]},
    }
    said = error_reports.without_words(event)
    assert WORD not in json.dumps(said)
    assert said.get("transaction") == ("/cases/{pk}/" if source == "route" else None)


class Service(BaseHTTPRequestHandler):
    """Takes reports, as the service would."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        how = {"gzip": lambda packed: zlib.decompress(packed, 31), "br": brotli.decompress}
        self.server.got.append(how.get(self.headers.get("Content-Encoding"), bytes)(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


PORTAL = f"""
import django; django.setup()
import logging, sentry_sdk
logging.getLogger("portal.x").error("it failed: %s", "{WORD}")
try:
    raise ValueError("no {WORD}")
except ValueError:
    logging.getLogger("portal.x").exception("/cases/{WORD}/")
sentry_sdk.flush()
"""


@pytest.mark.full
def test_the_portal_as_it_starts_reports_no_word():
    service = HTTPServer(("127.0.0.1", 0), Service)
    service.got = []
    threading.Thread(target=service.serve_forever, daemon=True).start()
    try:
        env = os.environ | {
            "SENTRY_DSN": f"http://key@127.0.0.1:{service.server_port}/1",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
        subprocess.run([sys.executable, "-W", "ignore", "-c", PORTAL], env=env, check=True, timeout=120)
    finally:
        service.shutdown()
        service.server_close()
    assert b"ValueError" in b"".join(service.got)
    assert WORD.encode() not in b"".join(service.got)
