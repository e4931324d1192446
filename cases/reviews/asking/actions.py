"""Asking the patient for what is missing; her answer; and the day the plan is read by, which moves on meanwhile."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import ask_to_do, drop_to_dos, must, must_be_open, settle_to_dos
from cases.case.models import Case
from cases.case.people import role_in
from cases.documents.models import Document
from cases.records.days.closed_days import closed_days
from cases.reviews.asking import notices, rules
from cases.reviews.asking.models import Asking
from cases.reviews.asking.rules import ASKING_MOVES, AskingState
from cases.reviews.models import Review
from cases.reviews.rules import read_by
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

ASKING = "asking"  # to-do: bring the request to a patient who signs in nowhere
CAN_ASK = frozenset({Review.State.TAKEN, Review.State.DRAFTING})


@transaction.atomic
def ask(review: Review, *, kind: str, words: str, page: int | None = None, by: Actor) -> Asking:
    """Ask the patient for one thing; the reading rests for it. The same asked twice is asked once.

    Raises Refused for others than the reader, once the summary is shared, and while something else is asked for.
    """
    review = _locked(review)
    must("review", review.case, by)
    if review.reader_id != by.id:
        raise Refused(_("This is for the consultant who reads the plan."), code="role")
    if review.state not in CAN_ASK:
        raise Refused(_("The summary is shared, or the reading rests. Write a message instead."), code="state")
    if reason := rules.why_not_ask(kind, page, words, review.pages):
        raise Refused(reason, code="page" if kind == rules.AskingKind.COPY else "words")
    page = page if kind == rules.AskingKind.COPY else None
    found = Asking.objects.open().filter(review=review).first()
    if found:
        found.review = review
        if (found.kind, found.page, found.words) == (kind, page, words.strip()):
            return found
        if found.is_resting:
            raise Refused(_("Something is with the patient already. Take that back first."), code="state")
        _end(found, AskingState.DROPPED, SYSTEM)
    today = organisation().today()
    asking = Asking(review=review, kind=kind, page=page, asked_at=clock.now(), asked_by=by.user, asked_on=today)
    asking.until_on = would_rest_until(review, today)
    asking.words = words.strip()
    try:
        with transaction.atomic():
            asking.save(force_insert=True)
    except IntegrityError:  # asked by another press at this moment
        raise Refused(_("Something is with the patient already. Take that back first."), code="state") from None
    _tell(by, "asking.asked", asking)
    if hands.is_by_hand(review.case.patient):
        ask_to_do(ASKING, asking, case=review.case, due_on=today, note=asking.words, by=by)
    else:
        notices.asked(asking)
    return asking


@transaction.atomic
def answer(asking: Asking, *, words: str = "", documents: Sequence[UUID] = (), by: Actor) -> Asking:
    """The patient answers, or somebody for her: files that are in the case, or words. Late answers count, too.

    Raises Refused when it is answered, or taken back, and without either.
    """
    asking = _fresh(asking)
    _check("answer", asking, by)
    here = Document.objects.here().filter(case=asking.case, pk__in=documents)
    files = list(here.values_list("pk", flat=True))
    if not words.strip() and not files:
        needs_words = asking.kind == rules.AskingKind.ANSWER
        raise Refused(_("Write your answer.") if needs_words else _("Choose a file."), code="answer")
    asking.answer, asking.documents = words.strip(), files
    asking.save(update_fields=["answer", "documents"])
    return _end(asking, AskingState.ANSWERED, by)


@transaction.atomic
def not_there(asking: Asking, *, by: Actor) -> Asking:
    """ "I don't have it": a full answer. Said twice it is said once."""
    asking = _fresh(asking)
    if asking.state == AskingState.NOT_THERE:
        return asking
    _check("not_there", asking, by)
    return _end(asking, AskingState.NOT_THERE, by)


@transaction.atomic
def withdraw(asking: Asking, *, by: Actor) -> Asking:
    """The reader needs it no more. Pressed twice it is taken back once."""
    asking = _fresh(asking)
    must("review", asking.case, by)
    if asking.review.reader_id != by.id:
        raise Refused(_("This is for the consultant who reads the plan."), code="role")
    if asking.state == AskingState.WITHDRAWN:
        return asking
    if asking.state not in ASKING_MOVES["withdraw"].sources:
        raise Refused(_("The patient has answered already."), code="state")
    return _end(asking, AskingState.WITHDRAWN, by)


@transaction.atomic
def drop(review: Review, *, by: Actor = SYSTEM) -> None:
    """What nobody needs any more: the summary is shared, or the reading rests for another reason."""
    for asking in Asking.objects.open().filter(review=review).select_for_update(of=("self",)):
        asking.review = review
        _end(asking, AskingState.DROPPED, by)


@transaction.atomic
def drop_of_case(case: Any, *, by: Actor) -> None:
    """The case is closed: nothing is asked of the patient any more. A review is locked before what is asked for it."""
    reviews = Review.objects.filter(case=case).select_for_update(of=("self",))
    for review in reviews.select_related("case__patient", "case__key", "consultation"):
        drop(review, by=by)


def pass_over(now: dt.datetime) -> int:
    """Reading goes on where the patient has not answered by the last day. Late, or twice, changes nothing. How many."""
    today = now.astimezone(organisation().zone).date()
    due = Asking.objects.resting().filter(until_on__lt=today).values_list("pk", flat=True)
    return sum(_pass(pk, today) for pk in list(due))


@transaction.atomic
def _pass(pk: UUID, today: dt.date) -> bool:
    asking = _fresh(Asking.objects.select_related("review").get(pk=pk))
    if not asking.is_resting or asking.until_on >= today:
        return False
    asking.state = ASKING_MOVES["pass"].target
    asking.save(update_fields=["state"])
    _read_on(asking, today)
    _tell(SYSTEM, "asking.passed", asking)
    notices.passed(asking)
    return True


def _end(asking: Asking, state: str, by: Actor) -> Asking:
    was_resting = asking.is_resting
    asking.state, asking.ended_at, asking.ended_by = state, clock.now(), by.user
    asking.save(update_fields=["state", "ended_at", "ended_by"])
    if was_resting:
        _read_on(asking, organisation().today())
    _tell(by, f"asking.{state}", asking)
    notices.ended(asking)
    is_answered = state in {AskingState.ANSWERED, AskingState.NOT_THERE}
    (settle_to_dos if is_answered else drop_to_dos)(asking, ASKING, by=by)
    return asking


def _read_on(asking: Asking, ended_on: dt.date) -> None:
    """The plan is read by a later day: as many business days later as it rested, and still before its call."""
    review, closed = asking.review, _closed(asking.asked_on)
    days = rules.rested(asking.asked_on, ended_on, asking.until_on, closed)
    review.read_by = rules.read_by_after(review.read_by, days, last=_last_day(review), closed=closed)
    review.save(update_fields=["read_by"])


def _last_day(review: Review) -> dt.date | None:
    """The day by which it is read for its call, if one is booked."""
    talk = review.consultation
    if talk is None or not talk.is_booked:
        return None
    talk_on = talk.starts_at.astimezone(talk.zone).date()
    return read_by(opened_on=talk_on, talk_on=talk_on, closed=_closed(talk_on))


def would_rest_until(review: Review, asked_on: dt.date) -> dt.date:
    """The last day of the rest, were something asked for on this day: its call is not put off by it."""
    return rules.rests_until(asked_on, _closed(asked_on), _last_day(review))


def follow_call(review: Review) -> None:
    """Its call was booked or moved: what rests for the patient rests until before it."""
    for asking in Asking.objects.resting().filter(review=review).select_for_update(of=("self",)):
        asking.review = review
        until_on = would_rest_until(review, asking.asked_on)
        if until_on != asking.until_on:
            asking.until_on = until_on
            asking.save(update_fields=["until_on"])


def _closed(day: dt.date) -> frozenset[dt.date]:
    region = organisation().region
    return closed_days([region], day)[region]


def _check(verb: str, asking: Asking, by: Actor) -> None:
    must_be_open(asking.case, by)
    must("answer_asking", asking.case, by)
    move = ASKING_MOVES[verb]
    if role_in(asking.case, by) not in move.by:
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    if asking.state not in move.sources:
        raise Refused(str(rules.NOT_FROM_HERE[AskingState(asking.state)]), code="state")


def _fresh(asking: Asking) -> Asking:
    """The review before its row: whoever shares it meanwhile waits."""
    review = _locked(asking.review)
    found = Asking.objects.select_for_update(of=("self",)).get(pk=asking.pk)
    found.review = review
    return found


def _locked(review: Review) -> Review:
    """Its case first, as everywhere where a review is locked and something of its case is written."""
    Case.objects.select_for_update(no_key=True).get(pk=review.case_id)
    related = ("case__patient", "case__key", "consultation")
    return Review.objects.select_for_update(of=("self",)).select_related(*related).get(pk=review.pk)


def _tell(by: Actor, verb: str, asking: Asking) -> None:
    record(by, verb, asking, patient=asking.case.patient_id, case=asking.case.pk)


def look(asking: Asking, *, by: Actor) -> None:
    """A coordinator opened it for the patient."""
    _tell(by, "asking.looked", asking)
