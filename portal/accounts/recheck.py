"""The light check: in a session that is kept for days, a person shows again that it is them before documents open."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal import back
from portal.accounts import rules, sessions


def is_needed(request: HttpRequest) -> bool:
    """Whether to ask first: only in kept sessions, 30 minutes after the last sign-in or check."""
    return sessions.stay_of(request).is_kept and not sessions.is_checked(request, rules.CHECK_LASTS)


def required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view that opens documents; stands below `@open_to(...)`."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return ask(request) if is_needed(request) else view(request, *args, **kwargs)

    return checked


def ask(request: HttpRequest) -> HttpResponse:
    """Send the person to the check; they come back to where they were."""
    to = request.get_full_path() if request.method in ("GET", "HEAD") else back.page_of(request)
    address = f"{reverse('accounts:check')}?{urlencode({'next': to})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
