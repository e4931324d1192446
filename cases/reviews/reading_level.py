"""How hard each part of a review is to read, for its writer: the parts that the patient reads, as a form has them."""

from collections.abc import Iterable, Iterator

from cases.opinions.checklist import POINTS
from cases.reviews.forms import ReviewForm
from cases.reviews.lines import lines
from cases.reviews.models import Section
from portal.reading_grade import hint

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
