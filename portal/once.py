"""While a page is shown, the database is asked the same question once.

Only within one GET or HEAD request. Whoever changes something decides by what is there at that moment, so nothing is
kept while a form is answered, in a task or a command; and nothing from one request to the next.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

Found = TypeVar("Found")
_answers: ContextVar[dict[Hashable, object] | None] = ContextVar("answers", default=None)
_known: ContextVar[Mapping[Hashable, object]] = ContextVar("known", default={})  # noqa: B039 - never written to


class OnceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _answers.set({} if request.method in ("GET", "HEAD") else None)
        try:
            return self.get_response(request)
        finally:
            _answers.reset(token)


@contextmanager
def at_one_moment() -> Iterator[None]:
    """Where something is judged under its lock, each question is asked once as well. Nothing is kept after."""
    kept = _answers.get()
    token = _answers.set({} if kept is None else kept)
    try:
        yield
    finally:
        _answers.reset(token)


@contextmanager
def knowing(answers: Mapping[Hashable, object]) -> Iterator[None]:
    """These answers were read together with other things, under one lock: only they are not asked again."""
    token = _known.set({**_known.get(), **answers})
    try:
        yield
    finally:
        _known.reset(token)


def is_page() -> bool:
    """Whether answers are kept now."""
    return _answers.get() is not None


def once(key: Hashable, ask: Callable[[], Found]) -> Found:
    """The answer to `ask`; within one page the same for the same key, which names all that the question depends on."""
    known, answers = _known.get(), _answers.get()
    if key in known:
        return known[key]  # type: ignore[return-value]
    if answers is None:
        return ask()
    if key not in answers:
        answers[key] = ask()
    return answers[key]  # type: ignore[return-value]


def told(answers: Mapping[Hashable, object]) -> None:
    """What a page read along with other things: it does not ask again. Nothing is kept where no page is shown."""
    kept = _answers.get()
    if kept is not None:
        kept.update({key: answer for key, answer in answers.items() if key not in kept})
