"""A summary for a patient who signs in nowhere: read out to her on the phone, on record as read."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import must
from cases.reviews.actions import lock_case, locked
from cases.reviews.models import Summary
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def read_out(summary: Summary, *, by: Actor) -> None:
    """One of us read it out to her. Twice is once. Raises Refused for one that is not the newest, or was taken back."""
    lock_case(summary.review.case_id)
    review = locked(summary.review)
    case = review.case
    must("speak_for", case, by)
    hands.check_by_hand(case, by)
    newest = Summary.objects.live().filter(review__case=case).order_by("-shared_at", "-number").first()
    if newest is None or newest.pk != summary.pk:
        raise Refused(_("There is a newer version, or this one was taken back. Look at the page once more."))
    if Summary.objects.filter(pk=summary.pk, first_read_at=None).update(first_read_at=clock.now()):
        record(hands.done_for(case, by), "summary.read_out", summary, patient=case.patient_id, case=case.pk)
    hands.was_read(hands.READ_SUMMARY, case, by=by)
