"""Who changes a right, and on which page: told to the triggers that keep rows of rights."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.http import HttpRequest, HttpResponse

READS = {"GET", "HEAD", "OPTIONS"}


class WhoMiddleware:
    """The person's id and the name of the page, never its address or what was typed. After sign-in is known."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READS:
            return self.answer(request)
        user: Any = request.user
        with pghistory.context(user=user.pk):
            return self.answer(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """What is said while no context is open is forgotten."""
        if request.resolver_match:
            pghistory.context(page=request.resolver_match.view_name)
