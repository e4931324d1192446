"""What a page, a preview or a PDF says about one summary, around its frozen words."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.documents.models import Version
from cases.reviews import frozen
from cases.reviews.explained import Marker, Piece
from cases.reviews.models import Review, Summary
from cases.reviews.options import Kind
from portal import clock, when

PageLink = Callable[[int], str]
STILL_COMES = timedelta(days=7)  # after a talk: as long as its reader is looked to for the version that completes it


@dataclass(frozen=True)
class Shown:
    """A summary's words with a link on each page that is named, ready for the template."""

    about: str
    answers: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    questions: list[list[Piece]]
    options: list[dict[str, Any]]
    words: list[dict[str, Any]]
    headings: dict[str, Any]


def shown(body: frozen.Body, link: PageLink, on_list: Collection[str] = ()) -> Shown:
    """The frozen words for the page, in the reader's language where they are ours. `on_list`: points and words of the
    questions that wait on her list.
    """

    def linked(lines: list[dict[str, Any]], marker: Marker) -> list[dict[str, Any]]:
        return [
            {
                **line,
                "heading_pieces": marker.pieces(line["heading"]),
                "pieces": marker.pieces(line["text"]),
                "href": link(line["page"]) if line["page"] else "",
            }
            for line in lines
        ]

    words = body["words"]
    in_answers, in_missing, in_questions = Marker(words), Marker(words), Marker(words)
    return Shown(
        about=about(body),
        answers=[
            {**answer, "pieces": in_answers.pieces(answer["question"]), "lines": linked(answer["lines"], in_answers)}
            for answer in body["answers"]
        ],
        steps=linked(body["steps"], Marker(words)),
        missing=[
            {
                **point,
                "pieces": in_missing.pieces(point["note"]),
                "question_pieces": in_missing.pieces(point["question"]),
                "is_on_list": point["code"] in on_list or point["question"] in on_list,
            }
            for point in frozen.missing_points(body)
        ],
        questions=[in_questions.pieces(question) for question in frozen.raised(body)],
        options=_options(body, linked(body["options"], Marker(words))),
        words=[{**entry, "number": number, "is_word": bool(entry["word"])} for number, entry in enumerate(words, 1)],
        headings=frozen.HEADINGS,
    )


def _options(body: frozen.Body, linked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each option: its name in pieces, and its points by kind, in the order for, against, not known."""
    found, left = [], list(linked)
    for name, said in frozen.by_option(body):
        own, left = left[: len(said)], left[len(said) :]
        by_kind = [
            {"kind": kind.value, "label": "" if kind == Kind.IS else kind.label, "lines": lines}
            for kind in Kind
            if (lines := [line for line in own if frozen.kind_of(line) == kind])
        ]
        found.append({"name": name, "pieces": own[0]["heading_pieces"], "kinds": by_kind})
    return found


def about(body: frozen.Body) -> str:
    """ "From your plan of October 28"."""
    dated = body["plan"].get("dated_on")
    if not dated:
        return _("From the plan you added")
    return _("From your plan of %(day)s") % {"day": when.month_day(date.fromisoformat(dated))}


def lead(number: int, body: frozen.Body, shared_at: datetime, talk: Any, *, is_complete: bool) -> str:
    """Which version this is, who read how much, and what comes next."""
    said = [_("Version %(number)s, shared %(day)s.") % {"number": number, "day": when.month_day(shared_at)}]
    if body["reader"]:
        read = ngettext("%(who)s read the one page.", "%(who)s read all %(pages)s pages.", body["plan"]["pages"])
        said.append(read % {"who": body["reader"], "pages": body["plan"]["pages"]})
    if not is_complete and talk is not None and talk.is_booked and talk.starts_at > shared_at:
        said.append(
            _("After your talk on %(day)s it is completed, as a new version.") % {"day": when.month_day(talk.starts_at)}
        )
    return " ".join(said)


def summary_lead(summary: Summary) -> str:
    """The same for a summary that was shared. A week after the talk nothing more is promised."""
    talk = summary.review.consultation
    if talk is not None and talk.starts_at < clock.now() - STILL_COMES:
        talk = None
    return lead(summary.number, summary.frozen, summary.shared_at, talk, is_complete=summary.is_complete)


def is_about_earlier_plan(summary: Summary) -> bool:
    """Whether the plan has changed since this summary was shared."""
    return summary.plan != summary.review.plan


@dataclass(frozen=True)
class PlanPage:
    """Where a page of the whole plan stands: which document, and which page of it."""

    number: int
    version: UUID
    document: UUID
    own_number: int


def plan_pages(plan: Sequence[UUID], user: Any) -> list[PlanPage]:
    """The pages of a plan in order, as far as this person may read them; one query."""
    versions = Version.objects.visible_to(user).ready().in_bulk(list(plan))
    pages: list[PlanPage] = []
    for version_id in plan:
        if version := versions.get(version_id):
            pages += [
                PlanPage(len(pages) + own, version_id, version.document_id, own) for own in range(1, version.pages + 1)
            ]
    return pages


def document_link(pages: Sequence[PlanPage]) -> PageLink:
    """Links into the patient's own documents; "" for a page that is not there any more."""

    def link(number: int) -> str:
        if not 1 <= number <= len(pages):
            return ""
        page = pages[number - 1]
        return f"{reverse('documents:detail', args=[page.document])}?page={page.own_number}#page-{page.own_number}"

    return link


def workspace_link(review: Review) -> PageLink:
    """Links to the page beside the review."""
    return lambda number: f"{review.get_absolute_url()}?page={number}#page-{number}"
