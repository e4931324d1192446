"""`/metrics` in the form that Prometheus reads, for whoever holds METRICS_TOKEN. Without one it is not there."""

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from portal.access import public
from portal.metrics import counting
from portal.metrics.now import Now


@public
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """404 without the token, like an address that leads nowhere."""
    if not _may(request):
        raise Http404
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(counting.FOLDER))
    registry.register(Now())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may(request: HttpRequest) -> bool:
    said = request.headers.get("Authorization", "").encode()
    token = settings.METRICS_TOKEN
    return bool(token) and secrets.compare_digest(said, f"Bearer {token}".encode())
