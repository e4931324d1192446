"""Two versions of one document beside each other, page by page. Each control is a link or a form, without script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.documents import lists
from cases.documents.finding import base_of, found, number
from cases.documents.models import Document, Version
from cases.documents.reading import looks, viewing
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor

FURTHEST = 99_999  # pages; a larger number in the address is no page of anything


@dataclass(frozen=True)
class Side:
    """One version at the page asked for; `has_page` is False where it ends before that page."""

    version: Version
    view: viewing.View
    has_page: bool


@open_to(PERSON)
@recheck.required
@require_safe
def beside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest two versions, or two that were chosen; on record as a look at both."""
    by = Actor.of(request)
    known = lists.with_versions(Document.objects.visible_to(request.user), is_look_noted=looks.noted_by(by))
    document: Document = found(request, known.select_related("case__patient", "case__key"), pk)
    versions = readable(document)
    left, right = _chosen(versions, request.GET)
    page = min(max(number(request.GET.get("page")), 1), FURTHEST)
    sides = [_side(version, page, request, by) for version in (left, right) if version]
    sides = [side for side in sides if side]
    last = max((side.view.last for side in sides), default=0)
    context = {
        "case": document.case,
        "document": document,
        "versions": versions,
        "sides": sides if len(sides) == 2 else [],
        "page": page,
        "last": last,
        "before": _href(document, left, right, min(page - 1, last)) if page > 1 else "",
        "after": _href(document, left, right, page + 1) if page < last else "",
        "base": base_of(request),
    }
    return render(request, "documents/beside.html", context)


def readable(document: Document) -> list[Version]:
    """The versions that can be opened, the newest first. Whoever may know a document may know its versions."""
    if document.withdrawn_at:
        return []
    versions = [version for version in document.versions.all() if version.is_ready and version.withdrawn_at is None]
    return sorted(versions, key=lambda version: -version.number)


def _chosen(versions: Sequence[Version], asked: Any) -> tuple[Version | None, Version | None]:
    """Those that the address names; else the one before the newest, and the newest."""
    if len(versions) < 2:
        return None, None
    by_number = {version.number: version for version in versions}
    left = by_number.get(number(asked.get("left")), versions[1])
    return left, by_number.get(number(asked.get("right")), versions[0])


def _side(version: Version, page: int, request: HttpRequest, by: Actor) -> Side | None:
    asked = request.GET.copy()
    asked["page"] = str(page)
    view = viewing.of_version(version, asked, request.user)
    if view is None:
        return None
    if request.method == "GET":
        looks.note_opening(version, by=by)
    return Side(version, view, page <= view.last)


def _href(document: Document, left: Version | None, right: Version | None, page: int) -> str:
    if left is None or right is None:
        return ""
    query = urlencode({"left": left.number, "right": right.number, "page": page})
    return f"{reverse('documents:beside', args=[document.pk])}?{query}"
