"""What stands beside a review in the viewer: the plan it is about, or another document of the case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.documents.models import Version
from cases.documents.reading import looks, viewing
from cases.documents.words import pages_in_words
from cases.reviews.models import Note, Review
from cases.reviews.notes import showing, targets
from cases.reviews.notes.showing import EARLIER
from portal.actors import Actor

PLAN = ""


@dataclass(frozen=True)
class Beside:
    """The pages shown, None without any; the notes as a list, wherever they stand."""

    view: viewing.View | None
    notes: list[showing.Row]


def of_review(
    request: HttpRequest,
    review: Review,
    asked: QueryDict,
    *,
    questions: Iterable[str] = (),
    can_write: bool = False,
    address: str = "",
    find_url: str = "",
) -> Beside:
    """The pages asked for, with the notes that stand on them; on record as a look. `questions` are the patient's that
    a note may belong to, as far as they are read here.
    """
    notes, user = showing.notes_of(review), request.user
    address = address or review.get_absolute_url()
    known = _known(review, notes, user)
    older = _older(review, notes, known)
    others = {f"{EARLIER}{version.pk}": version for version in older}
    others |= {str(version.document_id): version for version in _others(review, known)}
    shown = asked.get("document", PLAN)
    shown = shown if shown in others else PLAN
    view = viewing.view_of(
        [others[shown].pk] if shown else review.plan,
        asked,
        user,
        address=address,
        also={"document": shown} if shown else {},
        find_url=find_url or reverse("reviews:find", args=[review.pk]),
        window="plan",
        choices=_choices(review, others, shown),
        note_form="" if shown or not can_write else "#new-note",
    )
    run = showing.run_of(view.leaves if view else ())
    view = view and replace(view, notes=showing.pins(notes, run))
    if view and request.method != "HEAD":
        looks.note_opening(view.page.version, by=Actor.of(request))
    view = viewing.looked_through(view, asked, user) if view and "find" in asked else view
    plan = run if shown == PLAN else showing.plan_run(review, known)
    in_reach = [version.pk for version in older]
    return Beside(view, showing.rows(address, notes, plan, in_reach, targets.of_review(review, questions)))


def listed(review: Review, user: Any, questions: Iterable[str] = ()) -> list[showing.Row]:
    """The notes alone."""
    notes = showing.notes_of(review)
    known = _known(review, notes, user)
    older = [version.pk for version in _older(review, notes, known)]
    address, run = review.get_absolute_url(), showing.plan_run(review, known)
    return showing.rows(address, notes, run, older, targets.of_review(review, questions))


def _choices(review: Review, others: dict[str, Version], shown: str) -> list[viewing.Choice]:
    plan = viewing.Choice(PLAN, _named(_("The plan"), review.pages), shown == PLAN)
    return [plan, *(viewing.Choice(key, _called(key, version), shown == key) for key, version in others.items())]


def _called(key: str, version: Version) -> str:
    name = version.document.title or version.name
    if key.startswith(EARLIER):
        name = _("%(name)s, version %(number)s, read earlier") % {"name": name, "number": version.number}
    return _named(name, version.pages)


def _named(name: str, pages: int) -> str:
    return _("%(name)s (%(pages)s)") % {"name": name, "pages": pages_in_words(pages)}


def _known(review: Review, notes: Sequence[Note], user: Any) -> list[Version]:
    """The versions of the case that the reader may open: what is read, what notes stand on, and every other file, in
    the order they were put in. One query.
    """
    named = {*review.plan, *(note.version_id for note in notes)}
    known = Version.objects.visible_to(user).filter(Q(pk__in=named) | Q(pk__in=Version.objects.ready()))
    in_order = known.filter(case=review.case_id).order_by("document__put_in_at", "document", "number")
    return list(in_order.select_related("document__case__key", "case__key"))


def _older(review: Review, notes: Sequence[Note], known: Sequence[Version]) -> list[Version]:
    """What was read before and has notes on it, as far as it can still be opened."""
    gone = {note.version_id for note in notes} - set(review.plan)
    found = [version for version in known if version.pk in gone and version.is_ready]
    return sorted(found, key=lambda version: (version.put_in_at, version.number))


def _others(review: Review, known: Sequence[Version]) -> list[Version]:
    """Files of the case beside the plan, each in its newest version that can be read."""
    of_plan = {version.document_id for version in known if version.pk in review.plan}
    newest = {each.document_id: each for each in known if each.is_ready and each.document_id not in of_plan}
    return list(newest.values())
