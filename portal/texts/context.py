"""The organisation's facts for every template, read only when a template asks."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.texts import words


def organisation(request: HttpRequest) -> dict[str, object]:
    return {"organisation": SimpleLazyObject(words.organisation)}
