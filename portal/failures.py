"""What people see when something goes wrong. The pages of 500 and 503 ask no database for anything."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from portal import back
from portal.accounts import drafts
from portal.vault import store

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
AWAY = (OperationalError, InterfaceError, store.Away)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when what was sent is too much."""
    status = 413 if isinstance(exception, TOO_MUCH) else 400
    return render(request, f"{status}.html", status=status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A permission that ended while the page was open."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the sign-in, or there are no cookies. What was typed is kept where it has a draft."""
    is_kept = drafts.keep_typed(request)
    has_none = reason == REASON_NO_CSRF_COOKIE and not request.COOKIES
    words = {"is_kept": is_kept, "back": back.page_of(request, "/"), "is_without_cookies": has_none}
    return render(request, "403_csrf.html", words, status=403)


def signed_out(request: HttpRequest, words: list[str]) -> HttpResponse:
    """A form without a draft came after the sign-in was over: what was typed stands on this page once, to copy."""
    page = {"typed": words, "has_files": bool(request.FILES), "back": back.page_of(request, "/")}
    response = render(request, "403_signed_out.html", page, status=403)
    add_never_cache_headers(response)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database or the file store is away. Made without request, so that nothing else can fail."""
    status = 503 if isinstance(sys.exc_info()[1], AWAY) else 500
    return HttpResponse(render_to_string(f"{status}.html"), status=status)
