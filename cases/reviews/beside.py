"""What stands beside a review in the viewer: the plan it is about, or another document of the case."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.documents.models import Version
from cases.documents.reading import looks, viewing
from cases.documents.words import pages_in_words
from cases.reviews.models import Note, Review
from portal.actors import Actor

PLAN = ""


def of_review(request: HttpRequest, review: Review, asked: QueryDict, notes: list[Note]) -> viewing.View | None:
    """The pages asked for, with the notes that stand on the plan's; on record as a look. None without pages."""
    others = {str(version.document_id): version for version in _others(review, request.user)}
    shown = asked.get("document", PLAN)
    shown = shown if shown in others else PLAN
    choices = [viewing.Choice(PLAN, _named(_("The plan"), review.pages), shown == PLAN)]
    choices += [
        viewing.Choice(pk, _named(version.document.title or version.name, version.pages), shown == pk)
        for pk, version in others.items()
    ]
    versions = [others[shown].pk] if shown else review.plan
    view = viewing.view_of(
        viewing.leaves_of(versions, request.user),
        asked,
        request.user,
        address=review.get_absolute_url(),
        also={"document": shown} if shown else {},
        find_url=reverse("reviews:find", args=[review.pk]),
        window="plan",
        choices=choices,
        notes=[] if shown else notes,
    )
    if view and request.method != "HEAD":
        looks.note_opening(view.page.version, by=Actor.of(request))
    return viewing.looked_through(view, asked, request.user) if view and "find" in asked else view


def _named(name: str, pages: int) -> str:
    return _("%(name)s (%(pages)s)") % {"name": name, "pages": pages_in_words(pages)}


def _others(review: Review, user: Any) -> list[Version]:
    """Files of the case beside the plan, each in its newest version that can be read."""
    known = Version.objects.visible_to(user).ready().filter(case=review.case_id)
    known = known.exclude(document__in=Version.objects.visible_to(user).filter(pk__in=review.plan).values("document"))
    newest: dict[Any, Version] = {}
    for version in known.select_related("document__case__key", "case__key").order_by("document__put_in_at", "number"):
        newest[version.document_id] = version
    return list(newest.values())
