"""Where a person lands."""

from django.http import HttpRequest, HttpResponse

from portal.access import public


@public
def landing(request: HttpRequest) -> HttpResponse:
    """The front page."""
    return HttpResponse()
