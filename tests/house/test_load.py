"""The load asks on time and counts the waiting; what it says of a minute is what came."""

import asyncio
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bench.load import MIX, Minute, ask, drive, figures


class OneByOne(BaseHTTPRequestHandler):
    """Answers one at a time, the first one late; a page of this name is missing, and each sets a cookie."""

    def do_GET(self):
        server = self.server
        server.cookies.append(self.headers.get("Cookie", ""))
        if len(server.cookies) > server.warm and not server.was_late:
            server.was_late = True
            time.sleep(0.8)
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Set-Cookie", "session=another")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = HTTPServer(("127.0.0.1", 0), OneByOne)
    server.cookies, server.was_late, server.warm = [], False, 4 * len(MIX)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_who_waits_behind_a_slow_answer_is_counted_with_the_waiting(server):
    pages = {name: [(f"session={name}", "/")] for name in MIX}
    told = asyncio.run(drive(pages, server.server_port, 25, 2 / 60, os.getpid()))
    (minute,) = told
    assert (len(minute.took), minute.statuses) == (50, {"200": 50})
    assert sum(took > 0.2 for took in minute.took) >= 10  # a loop that waits for its answer would have met one
    assert minute.memory > 0
    assert "session=another" not in "".join(server.cookies)
    said = {figure.name: figure for figure in figures(told, 25, "a house")}
    assert said["load: answered"].value == 100
    assert said["load: answered"].words == "of 50 pages; no error"
    assert said["load: 99 of 100 pages within"].value >= said["load: 95 of 100 pages within"].value >= 200


def test_other_answers_and_broken_lines_are_errors(server):
    import aiohttp

    async def both() -> Minute:
        minute = Minute()
        async with aiohttp.ClientSession() as session:
            await ask(session, server.server_port, "", "/missing", time.perf_counter(), minute)
            await ask(session, 1, "", "/", time.perf_counter(), minute)
        return minute

    minute = asyncio.run(both())
    assert minute.errors == len(minute.took) == 2
    assert minute.statuses["404"] == 1
    told = {figure.name: figure for figure in figures([minute], 1, "a house")}
    assert told["load: answered"].value == 0


@pytest.mark.django_db
def test_a_large_house_is_filled_with_as_many_as_were_asked_for():
    from django.urls import reverse

    from bench import large
    from bookings.models import Consultation
    from cases.documents.models import Version
    from cases.records.models import RecordItem
    from portal.vault import files
    from tests import people

    cases = large.fill(130, 12, 700)
    counted = [model.objects.count() for model in (Consultation, Version, RecordItem)]
    assert counted == [130, 12, 700]
    assert files.read_bytes(Version.objects.select_related("file__key").first().file) == large.PAPER
    for name in ("pages:case_home", "records:list", "documents:list"):
        assert people.browser(cases[0].patient).get(reverse(name, args=[cases[0].pk])).status_code == 200
