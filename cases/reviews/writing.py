"""What a reader writes into a review, part by part: saved, and never over what somebody else saved meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from cases.reviews import options
from cases.reviews.actions import locked, place_of
from cases.reviews.models import Finding, Review, Section
from cases.reviews.notes.targets import follow_questions
from cases.reviews.option_rows import add_options, options_of
from cases.reviews.options import Option
from cases.reviews.rules import MOVES, why_not
from portal import clock, one_statement
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record_reasons

SITTING = timedelta(minutes=30)  # saves closer together than this are one line of history


@dataclass(frozen=True)
class Change:
    """New words for a part, and which version of it they were typed over."""

    body: str
    seen: int


@dataclass(frozen=True)
class Found:
    """What the reader says about one of the twelve points; `page` None is "not found"."""

    page: int | None
    note: str = ""
    question: str = ""


@dataclass
class Saved:
    """What a save did: parts now in the database, and parts somebody else had changed meanwhile."""

    parts: dict[str, Section] = field(default_factory=dict)
    overtaken: dict[str, Section] = field(default_factory=dict)


@transaction.atomic
def save_parts(
    review: Review,
    changes: Mapping[str, Change],
    *,
    findings: Mapping[str, Found] | None = None,
    choices: Sequence[Option] | None = None,
    by: Actor,
) -> Saved:
    """Save the parts given. A part that was saved by another tab or person since it was shown is not touched
    but returned as overtaken, so that the page can show both texts. Raises Refused when writing is not allowed.

    `findings` are what a change of the checklist says, `choices` what one of the options says, else its lines of text.
    Six statements at most: the row, its parts, who may; what changes, the new lines of options, history.
    """
    now = clock.now()
    rows = {Section.Code.CHECKLIST: "findings", Section.Code.OPTIONS: "option_lines", Section.Code.QUESTIONS: "notes"}
    review = locked(review, ("sections", *(rows[code] for code in rows if code in changes)))
    if refusal := why_not("write", place_of(review, by)):
        raise Refused(refusal, code="write")
    saved, written, writes = Saved(), [], list[one_statement.Write | None]()
    sections = {section.code: section for section in review.sections.all()}
    for code, change in changes.items():
        section = sections.get(code) or Section(review=review, code=code)
        if code == Section.Code.CHECKLIST:
            same = _findings(review) == dict(findings or {})
        elif code == Section.Code.OPTIONS:
            choices = options.from_text(change.body) if choices is None else list(choices)
            same = options_of(review) == choices
        else:
            same = section.body == change.body
        if same:
            saved.parts[code] = section
        elif section.version != change.seen:
            saved.overtaken[code] = section
        else:
            saved.parts[code] = section
            written.append((section, change))
            if code == Section.Code.CHECKLIST:
                writes += _replace_findings(review, findings or {})
            if code == Section.Code.QUESTIONS:
                writes.append(follow_questions(review, section.body, change.body))
            if code == Section.Code.OPTIONS and review.option_lines.all():
                writes.append(one_statement.gone(review.option_lines.all()))
    begun = _put_down(written, now, by)
    writes.append(_words(written))
    if review.state == Review.State.TAKEN and any(part.version for part in saved.parts.values()):
        review.state = MOVES["draft"].target
        writes.append(one_statement.changed(Review.objects.filter(pk=review.pk), state=review.state))
    one_statement.carry_out(writes)
    if any(section.code == Section.Code.OPTIONS for section, _change in written):
        add_options(review, choices or [])
    if begun:
        about = {"patient": review.case.patient_id, "case": review.case_id}
        record_reasons(by, "review.written", review, begun, **about)
    return saved


def _put_down(written: Sequence[tuple[Section, Change]], now: datetime, by: Actor) -> list[str]:
    """The new words into their parts. Returns those in which a new sitting begins: a line of history for each."""
    begun = []
    for section, change in written:
        if not section.version or section.saved_by_id != by.id or now - section.saved_at > SITTING:
            begun.append(section.code)
        section.body = "" if section.code in (Section.Code.CHECKLIST, Section.Code.OPTIONS) else change.body
        section.version += 1
        section.saved_at, section.saved_by = now, by.user
    return begun


def _words(written: Sequence[tuple[Section, Change]]) -> one_statement.Write | None:
    fields = ("body", "version", "saved_at", "saved_by")
    return one_statement.saved([section for section, _change in written], unique=("review", "code"), fields=fields)


def _findings(review: Review) -> dict[str, Found]:
    return {row.point: Found(row.page, row.note, row.question) for row in review.findings.all()}


def _replace_findings(review: Review, findings: Mapping[str, Found]) -> list[one_statement.Write | None]:
    rows = {row.point: row for row in review.findings.all()}
    gone = rows.keys() - findings.keys()
    changed = []
    for point, found in findings.items():
        row = rows.get(point) or Finding(review=review, point=point)
        if row._state.adding or Found(row.page, row.note, row.question) != found:
            row.page, row.note, row.question = found.page, found.note, found.question
            changed.append(row)
    return [
        one_statement.gone(review.findings.filter(point__in=gone)) if gone else None,
        one_statement.saved(changed, unique=("review", "point"), fields=("page", "note", "question")),
    ]
