"""The page where somebody makes or ends the secret address of their calls, and what a calendar reads there."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from bookings import feeds
from bookings.call_views import base_of
from portal import clock
from portal.access import PERSON, open_to, public
from portal.actors import Actor


@open_to(PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def own_calendar(request: HttpRequest) -> HttpResponse:
    """A new address is shown once, on the answer to the press that made it."""
    user: Any = request.user
    address = ""
    if request.method == "POST":
        if request.POST.get("do") == "stop":
            feeds.stop(user, by=Actor.of(request))
            return redirect("bookings:own_calendar")
        address = settings.PORTAL_ORIGIN + feeds.path_of(feeds.make(user, by=Actor.of(request)))
    context = {"base": base_of(request), "feed": feeds.CalendarFeed.objects.of(user), "address": address}
    answer = render(request, "bookings/own_calendar.html", context)
    answer["Cache-Control"] = "no-store, private"
    return answer


@public
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calls as a calendar. An address that ended, or never was, is missing."""
    found = feeds.CalendarFeed.objects.by_token(token)
    if found is None:
        raise Http404
    answer = HttpResponse(feeds.file(found, clock.now()), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "no-store, private"
    answer["X-Robots-Tag"] = "noindex"
    return answer
