"""How soon a page looks again by itself at files that are being checked, and whether anything has changed by then.

A page of a file that was put in just now asks four times a second, so that it opens within a second of being ready.
While nothing has changed the answer is empty, and costs a few questions to the database.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from cases.documents.models import Version
from portal import clock

# How long ago the newest of them was put in, at most, and how often is looked; after that every half a minute.
OFTEN = (
    (dt.timedelta(minutes=3), "250ms"),
    (dt.timedelta(minutes=20), "500ms"),  # hundreds of pages on a busy machine
    (dt.timedelta(hours=1), "5s"),
)
SELDOM = "30s"


@dataclass(frozen=True)
class Look:
    """`every`: the time between two looks; `mark`: how the files stood at this one."""

    every: str
    mark: str


def of(versions: Iterable[Version]) -> Look | None:
    """The next look at these; None where nothing moves. They are read here, the moving ones alone."""
    moving = sorted((str(each.pk), each.state, each.put_in_at) for each in versions if each.is_moving)
    if not moving:
        return None
    age = clock.now() - max(put_in_at for _pk, _state, put_in_at in moving)
    every = next((every for most, every in OFTEN if age <= most), SELDOM)
    said = f"{every} {[(pk, state) for pk, state, _at in moving]}"
    return Look(every, hashlib.sha256(said.encode()).hexdigest()[:16])


def nothing_new(request: HttpRequest, versions: Iterable[Version]) -> HttpResponse | None:
    """The empty answer to a look, while all stands as the page had it."""
    asked = request.GET.get("mark")
    if not (request.htmx and asked):  # type: ignore[attr-defined]
        return None
    look = of(versions)
    return HttpResponse(status=204) if look and look.mark == asked else None
