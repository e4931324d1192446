"""Answers for a patient who signs in nowhere: read out to her on the phone, on record as such."""

import datetime as dt
from collections.abc import Set

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import hands
from cases.case.actions import must
from cases.case.models import Case
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record


@transaction.atomic
def read_out(case: Case, *, until: dt.datetime, by: Actor) -> None:
    """The answers that stood on the page were read out to her; `until` is when the newest of them came. Twice is once.

    Raises Refused where another one came meanwhile.
    """
    must("speak_for", case, by)
    hands.check_by_hand(case, by)
    todo = hands.to_read(case).get(hands.READ_ANSWER)
    if todo is None:
        return
    if todo.asked_at > until:
        raise Refused(_("There is a newer answer. Read it out as well."), code="state")
    record(hands.done_for(case, by), "question.read_out", case, patient=case.patient_id, case=case.pk)
    hands.was_read(hands.READ_ANSWER, case, by=by)


@transaction.atomic
def way_changed(person: User, changed: Set[str], *, by: Actor) -> None:
    """She has an address now, and reads the answers on her own page."""
    if "can_sign_in" in changed and person.can_sign_in:
        for case in hands.open_cases(person):
            hands.was_read(hands.READ_ANSWER, case, by=by)
