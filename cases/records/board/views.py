"""The records of all open visits, to take into a spreadsheet."""

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cases.records.board import export
from portal import clock, when
from portal.access import open_to
from portal.accounts.models import User
from portal.actors import Actor


@open_to(User.Role.COORDINATOR)
@require_safe
def export_records(request: HttpRequest) -> StreamingHttpResponse:
    """A CSV file, made while it is sent; shortly after showing again who one is (SENSITIVE), and on record."""
    now = clock.now()
    pieces = export.table(request.user, now, by=Actor.of(request)) if request.method == "GET" else []
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    name = f"records-{when.as_date(now).isoformat()}.csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response
