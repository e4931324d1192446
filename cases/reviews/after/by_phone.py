"""What came of a call, for a patient who signs in nowhere: read out to her on the phone, on record as such."""

import datetime as dt
from collections.abc import Set

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.models import Consultation
from cases.case import hands
from cases.case.actions import must
from cases.case.models import Case
from cases.reviews.after.models import Outcome
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

SAID = 3  # calls in one letter
SAID_LATELY = dt.timedelta(days=30)


def newest_of(case: Case, now: dt.datetime) -> list[Outcome]:
    """What was saved last of each call of late, the newest call first. Two queries."""
    calls = {call.pk: call for call in Consultation.objects.filter(case=case).select_related("consultant", "patient")}
    found = Outcome.objects.filter(call__in=calls, saved_at__gte=now - SAID_LATELY).order_by("call_id", "-number")
    said = list(found.distinct("call_id"))
    for each in said:
        each.call = calls[each.call_id]
        each.call.case = case
    return sorted(said, key=lambda each: each.call.starts_at, reverse=True)[:SAID]


@transaction.atomic
def read_out(case: Case, *, until: dt.datetime, by: Actor) -> None:
    """What stood on the page was read out to her; `until` is when the newest of it was saved. Twice is once.

    Raises Refused where something was saved meanwhile.
    """
    must("speak_for", case, by)
    hands.check_by_hand(case, by)
    todo = hands.to_read(case).get(hands.READ_OUTCOME)
    if todo is None:
        return
    if todo.asked_at > until:
        raise Refused(_("Something was saved since you opened this. Read it out as well."), code="state")
    record(hands.done_for(case, by), "outcome.read_out", case, patient=case.patient_id, case=case.pk)
    hands.was_read(hands.READ_OUTCOME, case, by=by)


@transaction.atomic
def way_changed(person: User, changed: Set[str], *, by: Actor) -> None:
    """She has an address now, and reads it on the page of the call."""
    if "can_sign_in" in changed and person.can_sign_in:
        for case in hands.open_cases(person):
            hands.was_read(hands.READ_OUTCOME, case, by=by)
