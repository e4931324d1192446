"""Asking to hear of earlier times, and taking that back. The patient's lock stands before both, as with booking."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import actions
from bookings.models import Consultation, Practice, Service
from bookings.waiting import looking, notices
from bookings.waiting.ending import LEFT, end
from bookings.waiting.models import Wish
from bookings.waiting.rules import LONGEST
from cases.case.actions import must, settle_to_dos
from cases.case.models import Case
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.reminders.actions import unplan


@transaction.atomic
def ask(
    case: Case,
    *,
    service: Service,
    consultant: User | None = None,
    part: str = Wish.Part.ANY,
    weekdays: Sequence[int],
    until_on: date,
    by: Actor,
) -> Wish:
    """Ask to hear when an earlier time gets free. Asked again it takes the place of what was asked before.

    With a call booked it is about that call: its service, and its consultant or anyone. What is free is no news.
    """
    now = clock.now()
    must("book", case, by)
    patient = actions.lock_patient(case)
    actions.lock_open(case, by)
    today = clock.today(patient.zone)
    if not today < until_on <= today + timedelta(days=LONGEST):
        raise Refused(_("Choose a day after today, within half a year."), code="until_on")
    call = Consultation.objects.next_for(case, now)
    if call is not None:
        service, consultant = call.service, consultant and call.consultant
    if consultant is not None and not Practice.objects.working().filter(pk=consultant.pk).exists():
        raise Refused(_("Choose one of the people on the page."), code="with")
    looking.begin(now)
    wish = Wish.objects.open().filter(case=case).select_for_update(of=("self",)).first()
    wish = wish or Wish(case=case, asked_at=now, asked_by=by.user)
    wish.service, wish.consultant, wish.part = service, consultant, part
    wish.weekdays, wish.until_on = sorted(set(weekdays)), until_on
    wish.left_told_at = None
    wish.save()
    _left_is_answered(wish, by)
    record(by, "earlier_time.asked", wish, patient=case.patient_id, case=case.pk)
    return wish


@transaction.atomic
def widen(case: Case, *, by: Actor) -> Wish | None:
    """Whom she waits for has left, or is not the only one any more: times with anyone who fits. Twice changes nothing.

    None where nothing is asked for.
    """
    must("book", case, by)
    actions.lock_patient(case)
    actions.lock_open(case, by)
    looking.begin(clock.now())
    wish = Wish.objects.open().filter(case=case).select_for_update(of=("self",)).first()
    if wish is None or wish.consultant_id is None:
        return wish
    wish.consultant, wish.left_told_at = None, None
    wish.save(update_fields=["consultant", "left_told_at"])
    _left_is_answered(wish, by)
    record(by, "earlier_time.widened", wish, patient=case.patient_id, case=case.pk)
    return wish


def _left_is_answered(wish: Wish, by: Actor) -> None:
    unplan(wish, [notices.LEFT.code])
    settle_to_dos(wish, LEFT, by=by)


@transaction.atomic
def take_back(case: Case, *, by: Actor) -> int:
    """She waits no longer. Twice changes nothing."""
    must("book", case, by)
    actions.lock_patient(case)
    return end(Wish.objects.filter(case=case), Wish.Ended.TAKEN_BACK, by)
