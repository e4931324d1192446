"""How hard the parts of a review are to read that the patient reads, and what else a reader writes to her: for its
writer, as a form has it.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from bookings.models import Consultation
from cases.case import plain
from cases.case.models import Case
from cases.case.people import CONSULTANT, role_in
from cases.opinions.checklist import POINTS
from cases.reviews.forms import ReviewForm
from cases.reviews.lines import lines
from cases.reviews.models import Review, Section, Summary
from portal.accounts import drafts
from portal.accounts.models import User
from portal.reading_grade import hint

# Forms that keep what is typed: what is asked for, what was corrected, why a summary is taken back, how a call went.
NEED_MORE, CORRECTION, TAKE_BACK, AFTER_CALL = "need-more", "correction", "take-back", "after-call"
ASK_COLLEAGUE = "ask-colleague"  # why, as the patient reads it
DOCTOR_NOTE = "doctor-note"  # after a call; the patient reads it before it goes
READ_BY_PATIENT = [code for code in Section.Code if code != Section.Code.PRIVATE]


def hints(form: ReviewForm, codes: Iterable[str] = READ_BY_PATIENT) -> dict[str, str]:
    """A sentence for each of these parts, "" where there is nothing to say."""
    language = form.review.case.patient.language
    wanted = set(codes)
    return {code: hint("\n".join(_said(form, code)), language) for code in READ_BY_PATIENT if code in wanted}


def _said(form: ReviewForm, code: str) -> Iterator[str]:
    """What she reads of a part, line by line: without pages, headings and what was not found to be missing."""
    for words in _fields(form, code):
        yield from (line.text for line in lines(words))


def _fields(form: ReviewForm, code: str) -> Iterator[str]:
    if code == Section.Code.ANSWERS:
        names = [f"answer-{number}" for number in range(len(form.asked))]
    elif code == Section.Code.CHECKLIST:
        missing = [point.code for point in POINTS if form[f"{point.code}-missing"].value()]
        names = [f"{point}-{what}" for point in missing for what in ("note", "question")]
    elif code == Section.Code.OPTIONS:
        names = [point["text"].html_name for row in form.choices.as_rows() for point in row["points"]]
    else:
        names = [code]
    for name in names:
        yield str(form[name].value() or "")


def register() -> None:
    """The same hint while it is typed into the other forms of this room."""
    drafts.HINTS[NEED_MORE] = plain.while_typed("words", _by_review)
    drafts.HINTS[ASK_COLLEAGUE] = plain.while_typed("why", _by_review)
    drafts.HINTS[CORRECTION] = plain.while_typed("correction", _by_review)
    drafts.HINTS[TAKE_BACK] = plain.while_typed("reason", _by_summary)
    drafts.HINTS[DOCTOR_NOTE] = plain.while_typed("words", _by_call)
    drafts.HINTS[AFTER_CALL] = plain.while_typed("follow_words", _by_call)


def _by_review(person: User, pk: UUID) -> Case | None:
    review = Review.objects.visible_to(person).select_related("case__patient").filter(pk=pk).first()
    return review.case if review else None


def _by_summary(person: User, pk: UUID) -> Case | None:
    summary = Summary.objects.visible_to(person).select_related("review__case__patient").filter(pk=pk).first()
    return summary.review.case if summary else None


def _by_call(person: User, pk: UUID) -> Case | None:
    call = Consultation.objects.visible_to(person).select_related("case__patient").filter(pk=pk).first()
    return call.case if call and role_in(call.case, person) == CONSULTANT else None
