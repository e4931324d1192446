"""What is done with a review: taking it, sharing, completing, taking back. Writing is in `writing`."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases.case.actions import assign, drop_to_dos, end_assignment, hand_to_dos_back
from cases.case.models import Case
from cases.case.people import has_consent_to_read, is_assigned, role_in
from cases.case.second import actions as second
from cases.opinions.checklist import BY_CODE
from cases.opinions.questions import actions as questions
from cases.opinions.questions import showing
from cases.reviews import days, frozen, options, quotes, telling
from cases.reviews.asking import actions as asking
from cases.reviews.asking import notices as asking_notices
from cases.reviews.ending.rules import DRAFT_ENDS
from cases.reviews.lines import past_the_end, without_page
from cases.reviews.models import QuoteLook, Review, Section, Summary
from cases.reviews.option_rows import options_of
from cases.reviews.queue import yes_to_read
from cases.reviews.rules import (
    MOVES,
    NEEDED_PARTS,
    POINT_COUNT,
    Situation,
    why_not,
    why_not_summary,
)
from cases.reviews.standing import has_work_left
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.beside import lists
from portal.errors import Refused
from portal.history.actions import record
from portal.once import at_one_moment
from portal.reminders.actions import unplan
from portal.texts.words import text

PARTS_READ = ("sections", "findings", "option_lines")


def locked(review: Review, parts: Iterable[str] = PARTS_READ) -> Review:
    """The row as it is now with these of its parts, locked until the end of the transaction. Two queries."""
    related = ("case__patient", "case__key", "version__document", "consultation", "reader")
    review = Review.objects.select_for_update(of=("self",)).select_related(*related).get(pk=review.pk)
    # Not before the row is locked: what was written while this waited is there only for a later question.
    return with_parts(review, parts)


def with_parts(review: Review, parts: Iterable[str] = PARTS_READ) -> Review:
    """These parts beside the row. One query."""
    stored = lists(review, **{part: getattr(review, part).all() for part in parts})
    kept = {}
    for part, rows in stored.items():
        for row in rows:
            row.review = review
        kept[part] = getattr(review, part).all()
        kept[part]._result_cache, kept[part]._prefetch_done = rows, True
    review._prefetched_objects_cache = kept  # type: ignore[attr-defined]
    return review


def lock_case(case: UUID) -> Case:
    """Before the review's own row, in the order of those who keep reviews in step with plans and calls."""
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("patient", "key").get(pk=case)


def who_has(review: Review) -> str:
    """For whoever comes too late: who reads it, and nothing else."""
    return _("%(name)s has this plan now.") % {"name": review.reader.name if review.reader else ""}


def situation(review: Review, by: Actor, now: datetime) -> Situation:
    """What the rules need to know about this review and this person."""
    plain, choices = review.texts.get("plain", ""), options_of(review)
    looked_at = {finding.point for finding in review.findings.all()}
    return replace(
        place_of(review, by),
        **_of_talk(review, now),
        pages=review.pages,
        empty_parts=tuple(code for code in NEEDED_PARTS if not review.texts.get(code, "").strip()),
        points_left=POINT_COUNT - len(looked_at & set(BY_CODE)),
        lines_without_page=len(without_page(plain)),
        points_without_page=options.without_page(choices),
        options_unfinished=options.unfinished(choices),
        is_option_nameless=options.nameless(choices),
        pages_past_the_end=(
            *(page for words in (plain, *answers_of(review).values()) for page in past_the_end(words, review.pages)),
            *(point.page for each in choices for point in each.points if point.page and point.page > review.pages),
        ),
    )


def _of_talk(review: Review, now: datetime) -> dict[str, Any]:
    talk = review.consultation
    has_talk = talk is not None and talk.state not in {"cancelled", "no_show"}
    return {"has_talk": has_talk, "talk_over": has_talk and talk is not None and talk.starts_at <= now}


def place_of(review: Review, by: Actor) -> Situation:
    """What decides who may do something with a review, without what is written in it. One query."""
    with at_one_moment():
        part, may_read = role(review, by), by.user is None or has_consent_to_read(review.case, by.user)
    return Situation(state=review.state, role=part, may_read=may_read)


def role(review: Review, by: Actor) -> str:
    """The person's part in this review: reader, consultant, coordinator, patient, system or ""."""
    if by.kind == "system":
        return "system"
    part = role_in(review.case, by)
    if part == "consultant":
        return "reader" if review.reader_id == by.id else "consultant"
    if not part and by.user is not None and Review.objects.free_for(by.user).filter(pk=review.pk).exists():
        return "consultant"
    return part


def answers_of(review: Review) -> dict[str, str]:
    """The reader's answer to each of the patient's questions, by the question."""
    written = review.texts.get(Section.Code.ANSWERS, "")
    return json.loads(written) if written else {}


def answers_still_asked(review: Review) -> dict[str, str]:
    """Without those to questions that the patient has dropped or keeps private since."""
    answers = answers_of(review)
    asked = showing.still_asked(review.case, answers)
    return {question: said for question, said in answers.items() if question in asked}


def _check(verb: str, review: Review, by: Actor, now: datetime, **said: Any) -> None:
    if refusal := why_not(verb, situation(review, by, now), **said):
        raise Refused(refusal, code=verb)


def _tell(by: Actor, verb: str, about: Any, review: Review, why: str = "") -> None:
    record(by, verb, about, patient=review.case.patient_id, case=review.case_id, why=why)


@transaction.atomic
def take(review: Review, *, by: Actor) -> Review:
    """Take a plan to read. A plan without a consultant brings its taker into the case, and the patient is asked whether
    they may read it, where she has not said so. Pressed twice it is taken once.

    Raises Refused with the colleague's name where it was taken a moment before.
    """
    now = clock.now()
    lock_case(review.case_id)
    review = locked(review)
    if review.reader_id == by.id is not None:
        return review
    if review.reader and by.user is not None and by.user.role == User.Role.CONSULTANT:
        raise Refused(who_has(review), code="taken")
    _check("take", review, by, now)
    review.turn = yes_to_read.turn_of(review, by, now)
    if not is_assigned(review.case, by.user):
        assign(review.case, by.user, why="taking", by=by)
    review.state, review.reader, review.taken_at = MOVES["take"].target, by.user, now
    review.save(update_fields=["state", "reader", "taken_at", "turn"])
    yes_to_read.ask(review, now, by=by)
    asking_notices.another_reads(review)
    _tell(by, "review.taken", review, review)
    return review


@transaction.atomic
def hand_back(review: Review, *, by: Actor) -> Review:
    """Give the plan back to the queue. What was written stays with it.

    Whoever gives it back leaves the case, unless a call with them is booked there: then anybody may take the plan.
    """
    case = lock_case(review.case_id)
    review = locked(review)
    _check("hand_back", review, by, clock.now())
    before = review.reader
    _give_up(review, by)
    if before and not has_work_left(case, before):
        hand_to_dos_back(before, case, by=by)
        end_assignment(case, before, by=by)
    if before:
        second.reader_leaves(case, before, by=by)
    return review


def _give_up(review: Review, by: Actor) -> None:
    review.state, review.reader, review.taken_at, review.came_from = MOVES["hand_back"].target, None, None, None
    review.save(update_fields=["state", "reader", "taken_at", "came_from"])
    asking_notices.another_reads(review)
    yes_to_read.over(review, by=by)
    drop_to_dos(review, DRAFT_ENDS, by=by)  # nobody's place ends
    _tell(by, "review.handed_back", review, review)


def reader_leaves(case: Case, before: User, *, by: Actor) -> None:
    """Another consultant takes over: a plan that is being read waits for them. What was written stays with it."""
    held = MOVES["hand_back"]
    for review in Review.objects.select_for_update().filter(case=case, reader=before, state__in=held.sources):
        _give_up(review, by)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def draft_body(review: Review) -> frozen.Body:
    """The review as the patient would get it now."""
    found = {row.point: row for row in review.findings.all() if row.page is None}
    missing = [(row.point, row.note, row.question) for row in map(found.get, BY_CODE) if row]
    return frozen.compose(
        texts={**review.texts, Section.Code.OPTIONS: ""},
        answers=list(answers_still_asked(review).items()),
        missing=missing,
        options=options_of(review),
        plan={
            "title": review.version.document.title,
            "dated_on": _iso(review.version.document.dated_on),
            "pages": review.pages,
        },
        reader=review.reader.name if review.reader else "",
    )


@transaction.atomic
def share(review: Review, *, is_ticked: bool, correction: str = "", seen: str | None = None, by: Actor) -> Summary:
    """Share the review as it stands: the first version, or a corrected one with its reason.

    The consultant's statement is recorded by its version. The patient is told without any detail. `seen` is the mark
    of the preview under which the statement was ticked: what is not as it was shown there is refused. None where no
    page was shown.
    """
    is_first = review.state == Review.State.DRAFTING
    return _publish(review, "share" if is_first else "correct", is_ticked, correction, seen, by)


@transaction.atomic
def complete(review: Review, *, is_ticked: bool, seen: str | None = None, by: Actor) -> Summary:
    """Share the version that follows the talk and closes the reading. `seen` is as in `share`."""
    return _publish(review, "complete", is_ticked, "", seen, by)


@transaction.atomic
def finish(review: Review, *, by: Actor) -> Review:
    """Nothing more is to come: no call follows what was shared. A new plan or a call opens it again. Twice is once."""
    lock_case(review.case_id)
    now = clock.now()
    review = locked(review)
    if review.state == MOVES["finish"].target and review.reader_id == by.id is not None:
        return review
    if refusal := why_not("finish", replace(place_of(review, by), **_of_talk(review, now))):
        raise Refused(refusal, code="finish")
    review.state, review.completed_at = MOVES["finish"].target, now
    review.save(update_fields=["state", "completed_at"])
    _tell(by, "review.finished", review, review)
    return review


VERB_TOLD = {"share": "summary.shared", "correct": "summary.corrected", "complete": "summary.completed"}


def _corrects_complete(review: Review) -> bool:
    """Whether what is corrected was written after the talk; a review can be finished without one, too."""
    if review.state != Review.State.COMPLETED:
        return False
    newest = review.summaries.live().order_by("-number").first()
    return newest is not None and newest.is_complete


def next_number(review: Review) -> int:
    """Of the summary that would be shared now."""
    return (review.summaries.aggregate(last=Max("number"))["last"] or 0) + 1


def _publish(review: Review, verb: str, is_ticked: bool, correction: str, seen: str | None, by: Actor) -> Summary:
    lock_case(review.case_id)
    now = clock.now()
    review = locked(review)
    body, number = draft_body(review), next_number(review)
    is_as_shown = seen is None or seen == frozen.mark(body, verb=verb, number=number)
    _check(verb, review, by, now, ticked=is_ticked, reason=correction, is_as_shown=is_as_shown)
    summary = Summary(
        review=review,
        number=number,
        plan=review.plan,
        is_complete=verb == "complete" or _corrects_complete(review),
        statement=text("consultant_tick"),
        shared_at=now,
        shared_by=by.user,
    )
    if refusal := quotes.why_not_share(quotes.read_by_machine(review, body, by.user)):
        raise Refused(refusal, code=verb)
    summary.body = json.dumps(body)
    summary.correction = correction.strip() if verb == "correct" else ""
    summary.save(force_insert=True)
    review.state = MOVES[verb].target or review.state
    if verb == "complete":
        review.completed_at = now
    review.save(update_fields=["state", "completed_at"])
    _tell(by, VERB_TOLD[verb], summary, review)
    before = _raised_before(summary)
    questions.raise_after_reading(review.case, frozen.raised(body), frozen.asked_for(body), earlier=before, by=by)
    questions.answered_in_summary(review.case, [each["question"] for each in body["answers"]], summary.pk, by=by)
    for earlier in review.summaries.exclude(pk=summary.pk):
        unplan(earlier)
    telling.tell_patient(summary, review, now, by=by)
    asking.drop(review, by=by)
    drop_to_dos(review, DRAFT_ENDS, by=by)
    return summary


def _raised_before(summary: Summary) -> list[tuple[str, str]]:
    """What the summaries shared earlier in this case put on her list, each with its point, if any."""
    known = Summary.objects.filter(review__case=summary.review.case_id).exclude(pk=summary.pk)
    bodies = [each.frozen for each in known.select_related("review__case__key")]
    found: list[tuple[str, str]] = []
    for body in filter(None, bodies):
        found += [("", line) for line in frozen.raised(body)] + frozen.asked_for(body)
    return found


@transaction.atomic
def look_at(review: Review, words: str, page: int, *, by: Actor) -> None:
    """The reader has held a quote against the picture of its page. Said twice is said once."""
    now = clock.now()
    review = locked(review)
    _check("write", review, by, now)
    found = quotes.read_by_machine(review, draft_body(review), by.user)
    quote = next((each for each in found if (each.words, each.page) == (words, page)), None)
    if quote is None:
        raise Refused(_("This quote is not in the summary any more."), code="state")
    if quote.is_looked_at:
        return
    look = QuoteLook(review=review, version_id=quote.version, page=quote.own_page, looked_at=now, looked_by=by.user)
    look.words = words
    look.save(force_insert=True)
    _tell(by, "review.quote_looked_at", review, review)


@transaction.atomic
def withdraw(summary: Summary, *, reason: str, by: Actor) -> Summary:
    """Take a shared summary back, with a reason that the patient reads. The review is open for writing again, unless a
    newer version stands or it waits or rests for another call: then only this one goes.
    """
    lock_case(summary.review.case_id)
    now = clock.now()
    review = locked(summary.review)
    summary = Summary.objects.select_for_update().get(pk=summary.pk)
    if refusal := why_not_summary("withdraw", summary.state, role(review, by)):
        raise Refused(refusal, code="withdraw")
    _check("withdraw", review, by, now, reason=reason)
    summary.withdrawn_at, summary.withdrawn_by = now, by.user
    summary.withdrawn_why = reason.strip()
    summary.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    live = list(review.summaries.live().order_by("-number"))
    reopen = MOVES["reopen"]
    if review.state in reopen.sources and not any(each.number > summary.number for each in live):
        review.state, review.completed_at = reopen.target, None
        if review.reader and not is_assigned(review.case, review.reader):  # left since: it waits for somebody else
            review.state, review.reader, review.taken_at, review.came_from = Review.State.OPEN, None, None, None
            yes_to_read.over(review, by=by)
        review.read_by = days.read_anew_by(review, now)
        review.save(update_fields=["state", "completed_at", "reader", "taken_at", "came_from", "read_by"])
    telling.tell_taken_back(summary, review, now, by=by)
    _tell(by, "summary.withdrawn", summary, review)
    questions.summary_taken_back(review.case, [summary.pk], by=by)
    for stands in live[:1]:  # what it answers as well stays answered
        stands.review = review
        answered = [each["question"] for each in stands.frozen.get("answers", [])]
        questions.answered_in_summary(review.case, answered, stands.pk, by=by)
    return summary


def look(review: Review, *, verb: str = "review.looked", by: Actor) -> None:
    """Record that someone of the team opened the review, or saw something of it elsewhere, or was not let in.

    "review.looked" is for the plan beside its review alone: "new since your last look" counts from it.
    """
    _tell(by, verb, review, review, why="preparing" if verb == "review.looked" else "")


@transaction.atomic
def read(summary: Summary, *, as_pdf: bool = False, by: Actor) -> None:
    """Record that a person opened a summary; the patient's first look is kept on the row."""
    if summary.first_read_at is None and by.id == summary.review.case.patient_id:
        now = clock.now()
        Summary.objects.filter(pk=summary.pk, first_read_at=None).update(first_read_at=now)
    _tell(by, "summary.saved_as_pdf" if as_pdf else "summary.opened", summary, summary.review)


def read_taken_back(summaries: Iterable[Summary], *, by: Actor) -> None:
    """The patient has read that these were taken back, and why: she need not be told any more."""
    unread = [each.pk for each in summaries if each.withdrawn_at and each.withdrawn_read_at is None]
    if unread:
        Summary.objects.filter(pk__in=unread, withdrawn_read_at=None).update(withdrawn_read_at=clock.now())
