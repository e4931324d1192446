"""Requests counted by the name of their page, over all processes of the web server. No address, no person, no id."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Each process writes into files of its own here, read together when asked; the library looks for it when it is loaded.
FOLDER = Path(settings.PORTAL_VAR) / "metrics"
FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(FOLDER)

from prometheus_client import Counter, Histogram  # noqa: E402

NOWHERE = "none"  # the view of an address that leads to no page
BOUNDS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3, 10)  # seconds; 0.3 and 0.8 are promised

requests = Counter("portal_requests", "Answers, by page and status", ["view", "status"])
seconds = Histogram("portal_request_seconds", "Time to an answer, by page", ["view"], buckets=BOUNDS)


class CountingMiddleware:
    """Outermost, so that what others refuse is counted too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name if match else "") or NOWHERE
        requests.labels(view, response.status_code).inc()
        seconds.labels(view).observe(time.perf_counter() - began)
        return response
