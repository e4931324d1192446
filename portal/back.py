"""The way back to where a press was made: a browser tells it, so it is believed only where it is a page of ours."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_path(request: HttpRequest, address: str) -> str:
    """Path and query of an address of this site, without its host; "" for any other."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return ""
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else ""


def page_of(request: HttpRequest, otherwise: str = "/home/") -> str:
    """The page a form was on, if it is one of ours."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    return own_path(request, came_from) or otherwise
