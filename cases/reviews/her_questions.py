"""The questions of the patient's that a review answers."""

from typing import Any

from cases.opinions.questions import showing
from cases.reviews.actions import answers_still_asked
from cases.reviews.models import Review
from portal import clock


def asked_of(review: Review, user: Any) -> list[str]:
    """Those for the call, her three on top; without a call those answered so far."""
    call = review.consultation
    asked = showing.asked_in_call(review.case, call, user, clock.now()) if call else []
    return asked or list(answers_still_asked(review))
