"""A summary for a patient who signs in nowhere: read out to her on the phone, on record as read."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import must
from cases.case.models import Case
from cases.reviews.actions import lock_case, locked
from cases.reviews.models import Summary
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def read_out(summary: Summary, *, by: Actor) -> None:
    """One of us read it out to her, or that what she had heard was taken back, and why. Twice is once. Raises Refused
    for one that is not the newest.
    """
    lock_case(summary.review.case_id)
    review = locked(summary.review)
    case = review.case
    must("speak_for", case, by)
    hands.check_by_hand(case, by)
    every = list(Summary.objects.filter(review__case=case).order_by("-shared_at", "-number"))
    newest = next((each for each in every if each.withdrawn_at is None), None)
    gone = _taken_back_since(every, newest)
    if (newest or _waits_still(gone, case)) != summary:
        raise Refused(_("There is a newer version, or this one was taken back. Look at the page once more."))
    now, her = clock.now(), hands.done_for(case, by)
    told = {"patient": case.patient_id, "case": case.pk}
    if newest and Summary.objects.filter(pk=summary.pk, first_read_at=None).update(first_read_at=now):
        record(her, "summary.read_out", summary, **told)
    for each in gone:
        Summary.objects.filter(pk=each.pk).update(withdrawn_read_at=now)
        record(her, "summary.withdrawal_read_out", each, **told)
    hands.was_read(hands.READ_SUMMARY, case, by=by)


def _taken_back_since(every: Sequence[Summary], newest: Summary | None) -> list[Summary]:
    """Those taken back that came after the one that stands, as far as she has not heard of that."""
    after = newest.number if newest else 0
    return [each for each in every if each.withdrawn_at and each.number > after and each.withdrawn_read_at is None]


def _waits_still(gone: Sequence[Summary], case: Case) -> Summary | None:
    return gone[0] if gone and hands.READ_SUMMARY in hands.to_read(case) else None
