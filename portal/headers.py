"""Headers that every answer carries, whoever made it; and what is refused before anything reads it."""

import codecs
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class HeadersMiddleware:
    """No copy of a personal page stays behind in a browser or proxy; nothing else may embed our answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Robots-Tag", "noindex")
        response.headers.setdefault("Reporting-Endpoints", 'policy="/policy-report/"')
        return response


class PlainCharsetMiddleware:
    """Forms of ours are UTF-8. Python knows "hex" and "rot13" for charsets, too, and reading by these fails: 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_utf_8((request.content_params or {}).get("charset", "")):
            return HttpResponse(status=400)
        return self.get_response(request)


def _is_utf_8(charset: str) -> bool:
    """In any spelling; nothing said is UTF-8."""
    try:
        return not charset or codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False


class PlainQueryMiddleware:
    """A sign that no database takes stands in no address and no form of ours: 400, before a page looks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        words = [request.path, *(each for _name, said in request.POST.lists() for each in said)]
        if "%00" in request.META.get("QUERY_STRING", "") or any("\0" in each for each in words):
            raise BadRequest("a sign that is none")
        return self.get_response(request)
