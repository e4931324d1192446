"""What stands written in a case's reviews, for its search: each piece with its place, of that which a person may read.

The draft, private notes and notes on pages are for those who may review; a summary for those who may read it; what came
of a call for those who read it on the call's page. Looking through them changes nothing and keeps nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case.models import Case, SecondReader
from cases.case.people import may
from cases.opinions.checklist import POINTS
from cases.reviews import beside, frozen, options
from cases.reviews.actions import answers_still_asked, look, read
from cases.reviews.asking.actions import look as look_at_asking
from cases.reviews.asking.models import Asking
from cases.reviews.asking.words import what as asked_for
from cases.reviews.colleague.models import SecondNote
from cases.reviews.models import DoctorNote, Outcome, Review, Section, Summary
from cases.reviews.option_rows import options_of
from portal import when
from portal.actors import Actor

# The parts that are one text, and where each begins on the page.
TEXTS = {
    Section.Code.PLAIN: "part-plain",
    Section.Code.WORDS: "part-words",
    Section.Code.QUESTIONS: "part-questions",
    Section.Code.PRIVATE: "part-private",
}


@dataclass(frozen=True)
class Written:
    """One piece: what it is called, what it says, where it stands. `of` is what was looked at when it is shown."""

    href: str
    title: str
    text: str
    of: Any = None


LOOKED_AT = (Review, Summary, Asking)


def review_to_search(case: Case, user: Any) -> Review | None:
    """The case's review with its parts, for those who may open it."""
    if not may("review", case, user):
        return None
    known = Review.objects.visible_to(user).filter(case=case).select_related("version__document")
    review = known.prefetch_related("sections", "findings", "option_lines").first()
    if review:
        review.case = case  # its key is at hand: opening costs no query
    return review


def in_review(review: Review) -> Iterator[Written]:
    """The draft, part by part: answers, points and options each for itself."""
    for question, answer in answers_still_asked(review).items():
        yield _part(review, Section.Code.ANSWERS, "part-answers", f"{question}\n{answer}")
    for code, anchor in TEXTS.items():
        yield _part(review, code, anchor, review.texts.get(code, ""))
    found = {row.point: row for row in review.findings.all()}
    for point in POINTS:
        if row := found.get(point.code):
            text = "\n".join((str(point.title), row.note, row.question))
            yield _part(review, Section.Code.CHECKLIST, f"part-checklist-{point.code}", text, row.page)
    for option in options_of(review):
        text = options.readable([option])
        yield _part(review, Section.Code.OPTIONS, f"part-options-{option.key}", text)


def _part(review: Review, code: str, anchor: str, text: str, page: int | None = None) -> Written:
    at = f"?page={page}" if page else ""
    title = str(Section.Code(code).label)
    if page:
        title = _("%(title)s, page %(page)s") % {"title": title, "page": page}
    return Written(f"{review.get_absolute_url()}{at}#{anchor}", title, text, review)


def in_notes(review: Review, user: Any) -> Iterator[Written]:
    """Notes pinned to pages, each with its page beside it; and what a colleague wrote who read along."""
    for row in beside.listed(review, user):
        pages = (row.href or review.get_absolute_url()).partition("#")[0]
        title = _("Note %(number)s: %(where)s") % {"number": row.note.number, "where": row.where}
        yield Written(f"{pages}#note-{row.note.number}", title, row.note.text, review)
    seconds = list(SecondReader.objects.visible_to(user).filter(case=review.case).select_related("reader"))
    for second in seconds:
        second.case = review.case
    known, href = {second.pk: second for second in seconds}, reverse("reviews:colleague", args=[review.pk])
    for second in seconds:
        name = {"name": second.reader.name}
        asked = _("What %(name)s was asked to read along for") % name
        yield Written(href, asked, f"{second.question}\n{second.why}", review)
        if second.answer:
            yield Written(href, _("Answer of %(name)s, who read along") % name, second.answer, review)
    for note in SecondNote.objects.of(seconds):
        second = note.second = known[note.second_id]
        said = {"name": second.reader.name, "page": note.page}
        title = _("Note of %(name)s on page %(page)s") if note.page else _("Note of %(name)s")
        yield Written(href, title % said, note.text, review)


def in_summaries(case: Case, user: Any) -> Iterator[Written]:
    """Each version that stands, part by part, the newest first; of one that was taken back the reason alone."""
    known = Summary.objects.visible_to(user).filter(review__case=case)
    for summary in known.select_related("review").order_by("-number"):
        summary.review.case = case
        address = f"{summary.get_absolute_url()}?version={summary.number}"
        if summary.withdrawn_at:
            title = _("Version %(number)s: why it was taken back") % {"number": summary.number}
            yield Written(address, title, summary.withdrawn_why)
            continue
        if summary.correction:
            title = _("Version %(number)s: what was corrected") % {"number": summary.number}
            yield Written(address, title, summary.correction, summary)
        if not summary.frozen:  # erased
            continue
        for part, lines in frozen.said(summary.frozen).items():
            said = {"number": summary.number, "part": frozen.HEADINGS[part]}
            title = _("Version %(number)s: %(part)s") % said
            yield Written(f"{address}#s-{part}", title, "\n".join([*lines, *_asked(part, summary)]), summary)


def _asked(part: str, summary: Summary) -> list[str]:
    points = frozen.missing_points(summary.frozen) if part == "missing" else []
    return [point["question"] for point in points]


def in_askings(case: Case, user: Any) -> Iterator[Written]:
    """What the reader of the plan asked her for, and her answers, the newest first."""
    answers = may("answer_asking", case, user)
    known = Asking.objects.visible_to(user).filter(review__case=case).select_related("review")
    for asking in known.order_by("-asked_at", "pk"):
        asking.review.case = case
        href = asking.get_absolute_url() if answers else reverse("reviews:need_more", args=[asking.review_id])
        yield Written(href, asked_for(asking), f"{asking.words}\n{asking.answer}".strip(), asking)


def in_outcomes(case: Case, user: Any) -> Iterator[Written]:
    """What follows a call, as it was saved last; for the team its notes, too, and what stood there before."""
    calls = {call.pk: call for call in Consultation.objects.visible_to(user).filter(case=case)}
    is_team = may("note_messages", case, user)
    if not calls or not (is_team or may("see_questions", case, user)):
        return
    newest: set[Any] = set()
    for outcome in Outcome.objects.filter(call__in=calls).order_by("-call__starts_at", "call_id", "-number"):
        call = outcome.call = calls[outcome.call_id]
        call.case = case
        if call.pk in newest and not is_team:
            continue
        title = _("After the call of %(day)s") if call.pk not in newest else _("After the call of %(day)s, earlier")
        newest.add(call.pk)
        text = f"{outcome.follow_words}\n{outcome.notes}" if is_team else outcome.follow_words
        yield Written(f"{call.get_absolute_url()}#after", title % {"day": when.month_day(call.starts_at)}, text)


def in_doctor_notes(case: Case, user: Any) -> Iterator[Written]:
    """The note to the primary doctor after each call."""
    known = DoctorNote.objects.visible_to(user).filter(call__case=case).select_related("call")
    for note in known.order_by("-written_at", "pk"):
        note.call.case = case
        yield Written(note.get_absolute_url(), _("A note to the primary doctor"), note.words)


def note_looks(found: Iterable[Review | Summary | Asking], *, by: Actor) -> None:
    """What a search shows of reviews, summaries and requests to anybody but the patient is a look at them."""
    for each in {row.pk: row for row in found}.values():
        if isinstance(each, Review):
            look(each, verb="review.searched", by=by)
        elif isinstance(each, Asking):
            if by.user and by.user.role and by.id != each.case.patient_id:
                look_at_asking(each, by=by)
        elif by.id != each.review.case.patient_id:
            read(each, by=by)
