"""The patient's yes to whoever has her plan: asked for once, by a message of ours or by one of us who rings."""

import datetime as dt

from bookings.actions import ASK_TO_READ
from bookings.models import Consultation
from cases.case import hands
from cases.case.actions import ask_to_do, drop_to_dos, settle_to_dos
from cases.case.models import Assignment
from cases.case.people import has_consent_to_read
from cases.reviews.models import Review
from cases.reviews.queue import notices
from portal.actors import Actor
from portal.texts.words import organisation


def turn_of(review: Review, by: Actor, now: dt.datetime) -> int:
    """What a plan that is taken is told by: a new turn, unless by who gave it back of late and was asked for then."""
    own = Assignment.objects.filter(case=review.case_id, user=by.id, why="taking")
    is_again = own.filter(ended_at__gte=now - notices.STILL_USEFUL).exists()
    return review.turn if is_again else review.turn + 1


def ask(review: Review, now: dt.datetime, *, by: Actor) -> None:
    """Who took it may not read yet: she is asked. With a call for which it is read she was asked when it was booked."""
    assert review.reader is not None, "somebody took it"
    if has_consent_to_read(review.case, review.reader):
        return
    calls = Consultation.objects.upcoming(now).filter(case=review.case_id, consultant=review.reader, needs_plan=True)
    if calls.exists():
        return
    if hands.is_by_hand(review.case.patient):
        ring(review, by=by)
    else:
        notices.ask_for_yes(review)


def ring(review: Review, *, by: Actor) -> None:
    """One of us asks her on the phone."""
    ask_to_do(ASK_TO_READ, review, case=review.case, due_on=organisation().today(), by=by)


def answered(review: Review, *, by: Actor) -> None:
    """She has said yes."""
    settle_to_dos(review, ASK_TO_READ, by=by)
    notices.over(review)


def over(review: Review, *, by: Actor) -> None:
    """Nobody is left to ask her about."""
    drop_to_dos(review, ASK_TO_READ, by=by)
    notices.over(review)
