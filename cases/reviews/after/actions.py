"""Saving how a call went, as a whole: the call, the questions, what follows, and a row that stays."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from bookings import actions as bookings
from bookings import missed
from bookings.models import Consultation
from cases.case import hands
from cases.case.actions import ask_to_do, drop_to_dos, must_be_open, settle_to_do
from cases.case.models import Case, ToDo
from cases.case.people import CONSULTANT, role_in
from cases.opinions.questions import actions as questions
from cases.opinions.questions import showing, targets
from cases.opinions.questions.models import Question
from cases.opinions.questions.rules import AnsweredIn, QuestionState
from cases.records.items.telling import lock_case
from cases.reviews.after import rules
from cases.reviews.after.models import Outcome
from cases.reviews.models import Review, Summary
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

PROMISED, PASSED_ON = "promised_after_call", "asked_in_call"  # kinds of to-do: the consultant's, the coordinator's


@dataclass(frozen=True)
class Said:
    """What the form says. `answers`: by question, where it was answered; `versions`: which wording the page showed."""

    went: str
    why: str = ""
    follows: str = Outcome.Follows.NOTHING
    follow_words: str = ""
    due_on: dt.date | None = None
    notes: str = ""
    answers: dict[UUID, str] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)


def complete_reviews(call: Consultation) -> QuerySet[Review]:
    """The review of this call, once its summary is complete. One that was closed without a talk has none."""
    complete = Summary.objects.live().filter(review=OuterRef("pk"), is_complete=True)
    found = Review.objects.filter(case=call.case_id, consultation=call, state=Review.State.COMPLETED)
    return found.filter(Exists(complete))


def newest(call: Consultation) -> Outcome | None:
    return Outcome.objects.of_call(call).select_related("saved_by").first()


@transaction.atomic
def save(call: Consultation, said: Said, *, seen: int = 0, by: Actor) -> Outcome:
    """All of it, or nothing. `seen` is the number that the page had shown. The same again is saved once.

    Raises Refused for whoever is not the call's consultant, for what does not go together, and for a page that is older
    than what was saved since.
    """
    case = call.case
    lock_case(case)
    now = clock.now()  # later than what was said to be read out while this waited
    call = Consultation.objects.select_related("case__patient", "consultant").get(pk=call.pk)
    must_be_open(case, by)
    if role_in(case, by) != CONSULTANT:
        raise Refused(_("Only the consultant of this call says how it went."), code="role")
    last = newest(call)
    if last is not None and _is_same(last, said, by):
        return last
    _check(call, said, last, seen, now, by)
    _settle_call(call, said, by)
    asked = {each.pk: each for each in showing.of_call(case, call, by.user, now)}
    answers = {pk: place for pk, place in said.answers.items() if pk in asked}
    for pk, place in answers.items():
        _settle_question(asked[pk], place, call, said.versions.get(pk), by)
    outcome = Outcome(
        call=call,
        number=(last.number if last else 0) + 1,
        went=said.went,
        why=said.why,
        follows=said.follows,
        due_on=said.due_on,
        answers={str(pk): place for pk, place in answers.items()},
        saved_at=now,
        saved_by=by.user,
    )
    outcome.follow_words, outcome.notes = said.follow_words.strip(), said.notes.strip()
    outcome.save(force_insert=True)
    if last is None or _follow(last) != _follow(outcome):
        _follow_up(call, outcome, by)
    if _needs_new_time(last) != _needs_new_time(outcome):
        (missed.ask if _needs_new_time(outcome) else missed.drop)(call, by=by)
    if last is None or last.told != outcome.told:
        hands.ask_to_read(hands.READ_OUTCOME, case, by=by)
    record(by, "outcome.saved", outcome, patient=case.patient_id, case=case.pk, why=said.went)
    return outcome


def _is_same(last: Outcome, said: Said, by: Actor) -> bool:
    stands = (last.went, last.why, last.follows, last.due_on, last.follow_words, last.notes, last.answers)
    wanted = (said.went, said.why, said.follows, said.due_on, said.follow_words.strip(), said.notes.strip())
    return last.saved_by_id == by.id and stands == (*wanted, {str(pk): place for pk, place in said.answers.items()})


def _check(call: Consultation, said: Said, last: Outcome | None, seen: int, now: dt.datetime, by: Actor) -> None:
    refusal = rules.why_not_save(
        state=call.state,
        has_begun=call.starts_at <= now,
        was_saved=last is not None,
        is_complete=complete_reviews(call).exists(),
    )
    if refusal:
        raise Refused(refusal, code="state")
    if seen != (last.number if last else 0):
        raise Refused(_("Somebody saved this since you opened it. Your words are still here."), code="state")
    is_new_day = last is None or last.due_on != said.due_on
    refusal = rules.why_not_said(
        went=said.went,
        places=set(said.answers.values()),
        due_on=said.due_on if is_new_day else None,
        today=clock.today(by.user.zone) if by.user else now.date(),
    )
    if refusal:
        raise Refused(refusal, code="input")


def _settle_call(call: Consultation, said: Said, by: Actor) -> None:
    """The state of the call follows what was said of it, also when it is said otherwise later."""
    wanted = Consultation.State.NO_SHOW if said.went == Outcome.Went.DID_NOT else Consultation.State.COMPLETED
    if call.state == wanted:
        return
    settle = bookings.no_show if wanted == Consultation.State.NO_SHOW else bookings.complete
    settle(call, by=by)
    call.state = wanted


def _settle_question(question: Question, place: str, call: Consultation, version: int | None, by: Actor) -> None:
    if place == place_of(question, call):
        return
    if version is not None and version != question.version:
        raise Refused(
            _("One of the questions was changed since you opened this. Look at them once more."), code="state"
        )
    if place == rules.OPEN:
        questions.reopen(question, by=by)
    else:
        where = {rules.CALL: targets.key_of(call), rules.SUMMARY: AnsweredIn.SUMMARY, rules.MESSAGE: AnsweredIn.MESSAGE}
        questions.answer(question, where=str(where[place]), by=by)


def place_of(question: Question, call: Consultation) -> str:
    """Where a question of this call was answered, as the form names it; "" for somewhere else."""
    if question.state != QuestionState.ANSWERED:
        return rules.OPEN
    if question.answered_in == AnsweredIn.CONSULTATION:
        return rules.CALL if question.answered_id == call.pk else ""
    return {AnsweredIn.SUMMARY.value: rules.SUMMARY, AnsweredIn.MESSAGE.value: rules.MESSAGE}.get(
        question.answered_in, ""
    )


def _follow(outcome: Outcome) -> tuple[str, str, dt.date | None]:
    return outcome.follows, outcome.follow_words, outcome.due_on


def _needs_new_time(outcome: Outcome | None) -> bool:
    """The call did not take place, and its consultant chose nothing that follows."""
    return bool(outcome and outcome.went == Outcome.Went.DID_NOT and outcome.follows == Outcome.Follows.NOTHING)


def _follow_up(call: Consultation, outcome: Outcome, by: Actor) -> None:
    """What was promised before and not done goes; what is promised now is put on its list."""
    drop_to_dos(call, PROMISED, PASSED_ON, by=by)
    words = outcome.follow_words
    if outcome.follows == Outcome.Follows.TO_DO and outcome.due_on:
        ask_to_do(PROMISED, call, case=call.case, due_on=outcome.due_on, for_user=by.user, note=words, by=by)
    elif outcome.follows == Outcome.Follows.COORDINATOR:
        ask_to_do(PASSED_ON, call, case=call.case, due_on=organisation().today(), note=words, by=by)


def to_dos(case: Case) -> QuerySet[ToDo]:
    """What was promised after the calls of a case, done or not."""
    return ToDo.objects.filter(case=case, kind__in=[PROMISED, PASSED_ON])


@transaction.atomic
def did(call: Consultation, *, by: Actor) -> None:
    """What was promised is done. Said twice is said once. Raises Refused for whoever did not promise it."""
    must_be_open(call.case, by)
    mine = to_dos(call.case).filter(about_id=str(call.pk), kind=PROMISED, for_user=by.id)
    todo = mine.order_by("-asked_at").first()
    if todo is None:
        raise Refused(_("Only who promised it says that it is done."), code="role")
    settle_to_do(todo, by=by)
