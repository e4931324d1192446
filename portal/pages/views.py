"""Where a person lands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.access import PERSON, open_to, public


@public
def landing(request: HttpRequest) -> HttpResponse:
    """The front page."""
    return HttpResponse()


@open_to(PERSON)
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to their place."""
    return redirect("pages:landing")
