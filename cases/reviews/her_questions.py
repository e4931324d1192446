"""The questions of the patient's that a review answers."""

from typing import Any

from cases.opinions.questions import showing
from cases.reviews.actions import answers_of, answers_still_asked
from cases.reviews.models import Review
from portal import clock


def asked_and_answered(review: Review, user: Any) -> tuple[list[str], list[str]]:
    """Those for the call, else those of her list: what waits for an answer, three at most; what a summary answered."""
    return showing.asked_in_reading(review.case, review.consultation, user, clock.now())


def asked_of(review: Review, user: Any) -> list[str]:
    """Those to answer, her three on top, then those that a summary answered. Without a call, what is answered in the
    draft stays, whatever came on top since.
    """
    first, answered = asked_and_answered(review, user)
    asked = list(dict.fromkeys([*first, *answered]))
    if review.consultation:
        return asked or list(answers_still_asked(review))
    is_all = answers_of(review).keys() <= set(asked)
    return asked if is_all else list(dict.fromkeys([*asked, *answers_still_asked(review)]))
