"""Asking to hear of earlier times, and taking that back. The patient's lock stands before both, as with booking."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import actions
from bookings.models import Consultation, Practice, Service
from bookings.waiting import looking, looks, notices
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
    call: Consultation | None = None,
    consultant: User | None = None,
    speaks: str = "",
    knows: str = "",
    part: str = Wish.Part.ANY,
    weekdays: Sequence[int],
    until_on: date,
    by: Actor,
) -> Wish:
    """Ask to hear when an earlier time gets free. Asked again it takes the place of what was asked before.

    It is about `call`, else about the next call of this kind that is booked: its service, and its consultant or anyone.
    Of anyone a language may be asked for, and something known best; of somebody named, neither. What is free is no
    news. Raises Refused where that call has begun, or was canceled, and where nobody fits.
    """
    now = clock.now()
    must("book", case, by)
    patient = actions.lock_patient(case)
    actions.lock_open(case, by)
    today = clock.today(patient.zone)
    if not today < until_on <= today + timedelta(days=LONGEST):
        raise Refused(_("Choose a day after today, within half a year."), code="until_on")
    call = _call(case, service, call, now)
    if call is not None:
        service, consultant = call.service, consultant and call.consultant
    if consultant is not None and not Practice.objects.working().filter(pk=consultant.pk).exists():
        raise Refused(_("Choose one of the people on the page."), code="with")
    practices = looking.begin(now)
    fit = {"speaks": "", "knows": ""} if consultant else {"speaks": speaks, "knows": knows}
    if looking.fits_nobody(Wish(service=service, consultant=consultant, **fit), practices):
        raise Refused(_("None of us who fits what you chose gives this kind of call."), code="who")
    wish = Wish.objects.open().filter(case=case).select_for_update(of=("self",)).first()
    if wish and (wish.service_id, wish.call_id) != (service.pk, call and call.pk):  # what was told was about another
        end(Wish.objects.filter(pk=wish.pk), Wish.Ended.TAKEN_BACK, by)
        wish = None
    wish = wish or Wish(case=case, asked_at=now, asked_by=by.user)
    wish.service, wish.call, wish.consultant, wish.part = service, call, consultant, part
    wish.speaks, wish.knows = fit["speaks"], fit["knows"]
    wish.weekdays, wish.until_on = sorted(set(weekdays)), until_on
    wish.left_told_at = None
    wish.save()
    if call is not None:
        looks.begin_as_moved(wish, call, practices, now)
    _left_is_answered(wish, by)
    record(by, "earlier_time.asked", wish, patient=case.patient_id, case=case.pk)
    return wish


def _call(case: Case, service: Service, call: Consultation | None, now: datetime) -> Consultation | None:
    booked = Consultation.objects.upcoming(now).filter(case=case, starts_at__gt=now)
    booked = booked.filter(service=service) if call is None else booked.filter(pk=call.pk)
    found = booked.select_related("consultant", "service").first()
    if call is not None and found is None:
        raise Refused(_("That call has begun, or was canceled."), code="call")
    return found


@transaction.atomic
def widen(case: Case, *, by: Actor) -> Wish | None:
    """Whom she waits for has left, or is not the only one any more: times with any of us. Twice changes nothing.

    None where nothing is asked for.
    """
    must("book", case, by)
    actions.lock_patient(case)
    actions.lock_open(case, by)
    looking.begin(clock.now())
    wish = Wish.objects.open().filter(case=case).select_for_update(of=("self",)).first()
    if wish is None or not (wish.consultant_id or wish.speaks or wish.knows):
        return wish
    wish.consultant, wish.speaks, wish.knows, wish.left_told_at = None, "", "", None
    wish.save(update_fields=["consultant", "speaks", "knows", "left_told_at"])
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
