"""Is this clear? What the patient says of each part of a summary, and her questions, which stand in the thread."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import must, must_be_open
from cases.case.models import Case
from cases.case.people import COORDINATOR, may
from cases.reviews import frozen
from cases.reviews.actions import lock_case, locked, role
from cases.reviews.models import PartAnswer, Review, Summary
from cases.reviews.rules import why_not_summary
from cases.threads import actions as threads
from cases.threads import answering, by_phone
from cases.threads.changes import About
from cases.threads.models import Message
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


def _judged(verb: str, summary: Summary, part: str, by: Actor) -> tuple[Review, Summary, Actor]:
    """The rows locked, and who speaks: one of us for a patient who signs in nowhere."""
    lock_case(summary.review.case_id)
    review = locked(summary.review)
    summary = Summary.objects.select_for_update().get(pk=summary.pk)
    summary.review = review
    must_be_open(review.case, by)
    who = role(review, by)
    if refusal := why_not_summary(verb, summary.state, who):
        raise Refused(refusal, code="state")
    if part not in frozen.parts_said(summary.frozen):
        raise Refused(_("This cannot be done here."), code="input")
    if who != COORDINATOR:
        must("read_summary", review.case, by)
        return review, summary, by
    must("speak_for", review.case, by)
    hands.check_by_hand(review.case, by)
    return review, summary, hands.done_for(review.case, by)


@transaction.atomic
def say_clear(summary: Summary, part: str, *, by: Actor) -> PartAnswer:
    """The patient says that a part is clear. Said twice it is said once; a question that was asked stays asked."""
    review, summary, by = _judged("say_clear", summary, part, by)
    patient = review.case.patient
    last = _last(summary, part, patient)
    if last is not None and not last.is_question:
        return last
    said, _is_new = PartAnswer.objects.update_or_create(
        summary=summary, part=part, person=patient, message=None, defaults={"said_at": clock.now()}
    )
    record(by, "summary.answered", summary, patient=patient.pk, case=review.case_id, why="yes")
    return said


def _last(summary: Summary, part: str, person: User) -> PartAnswer | None:
    said = PartAnswer.objects.standing().filter(summary=summary, part=part, person=person)
    return said.order_by("said_at", "pk").last()


def answers(summary: Summary) -> User | None:
    """Who answers what is asked about it: whoever is asked in the thread already, else who has the plan now, else who
    shared the summary; None for any of our team, where none of both may any more.
    """
    case = summary.review.case
    if asked := answering.asked_in(case):
        return asked.for_user
    known = [each for each in (summary.review.reader, summary.shared_by) if each]
    return next((each for each in known if may("note_messages", case, each)), None)


def answerer(summary: Summary) -> str:
    """The same by first name, inside a sentence."""
    who = answers(summary)
    return who.first_name if who else _("our team")


@transaction.atomic
def ask(summary: Summary, part: str, words: str, *, send_id: UUID | None = None, by: Actor) -> PartAnswer:
    """A question about a part: a message in the thread, which whoever has the plan is asked to answer. The same
    press twice asks once.
    """
    review, summary, by = _judged("ask", summary, part, by)
    case = review.case
    if not words.strip():
        raise Refused(_("Write your question, in your own words."), code="asked")
    asks = answers(summary)
    if by.for_patient:
        message = by_phone.write_down(case, words, send_id=send_id, asks=asks, by=by)
    else:
        message = threads.send(case, words, send_id=send_id, asks=asks, by=by)
    defaults = {"summary": summary, "part": part, "person": message.author, "said_at": clock.now()}
    asked, is_new = PartAnswer.objects.get_or_create(message=message, defaults=defaults)
    if is_new:
        record(by, "summary.answered", summary, patient=case.patient_id, case=case.pk, why="question")
    return asked


def answered(case: Case, upto: int, *, by: Actor) -> None:
    """One of the team answered what stood in the thread up to this message: the questions among it are answered."""
    waiting = PartAnswer.objects.filter(message__case=case, message__number__lte=upto, answered_at=None)
    waiting.update(answered_at=clock.now(), answered_by=by.user)


def abouts(messages: Sequence[Message], user: Any) -> dict[UUID, About]:
    """Which part of which version a message asks about, for those who may read the summary."""
    known = PartAnswer.objects.filter(message__in=messages, summary__in=Summary.objects.visible_to(user))
    return {each.message_id: _about(each) for each in known.select_related("summary__review") if each.message_id}


def _about(said: PartAnswer) -> About:
    named = {"part": frozen.HEADINGS[said.part], "number": said.summary.number}
    words = _("About “%(part)s” in the plan in plain words, version %(number)s.") % named
    if said.summary.withdrawn_at:
        return About(_("%(about)s It was taken back since.") % {"about": words})
    tag = (
        {"label": _("Answered"), "kind": "ok"} if said.answered_at else {"label": _("Not answered yet"), "kind": "info"}
    )
    return About(words, f"{said.summary.get_absolute_url()}?version={said.summary.number}#s-{said.part}", tag)


def of_summary(summary: Summary) -> list[PartAnswer]:
    """Everything said of it, the oldest first. One query."""
    said = PartAnswer.objects.standing().filter(summary=summary)
    return list(said.select_related("person", "answered_by").order_by("said_at", "pk"))


def newest_of(said: Iterable[PartAnswer], part: str, person: UUID) -> PartAnswer | None:
    """What this person said last of a part."""
    own = [each for each in said if each.part == part and each.person_id == person]
    return own[-1] if own else None
