"""How the wish for an earlier time ends: booked, taken back, over, or its case closed. Nobody is told after that."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from bookings.models import Consultation, Service
from bookings.waiting.models import Wish
from cases.case.actions import settle_to_dos
from cases.case.models import Case
from cases.records.models import Visit
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.history.actions import record
from portal.once import once
from portal.reminders.actions import unplan

LEFT = "wish_left"  # a to-do: whom somebody without email waits for has left
EARLIER = "earlier_time"  # a to-do: an earlier time is free, and somebody without email asked to hear of it


def end(wishes: QuerySet[Wish], how: Wish.Ended, by: Actor) -> int:
    """End the open ones of these. Twice changes nothing."""
    found = list(wishes.open().select_for_update(of=("self",)).select_related("case"))  # type: ignore[attr-defined]
    for wish in found:
        wish.ended_at, wish.ended_by, wish.ended_as = clock.now(), by.user, how
        wish.save(update_fields=["ended_at", "ended_by", "ended_as"])
        unplan(wish)
        settle_to_dos(wish, EARLIER, LEFT, by=by)
        record(by, "earlier_time.ended", wish, patient=wish.case.patient_id, case=wish.case_id)
    return len(found)


def booked(call: Consultation, *, by: Actor) -> None:
    """A call was booked: a wish for this kind of call is fulfilled, but for one about a call that is sooner still.

    Whoever books may have looked under the locks whether anybody waits.
    """
    if once(("waits", call.case_id), lambda: True):
        sooner = Q(call__state=Consultation.State.BOOKED, call__starts_at__lte=call.starts_at)
        wishes = Wish.objects.filter(case=call.case_id, service=call.service_id)
        end(wishes.exclude(sooner), Wish.Ended.BOOKED, by)


def moved(call: Consultation, before: datetime, *, by: Actor) -> None:
    """A call moved: to an earlier time is what was wished for; to a later one, she still waits."""
    if call.starts_at < before:
        end(Wish.objects.filter(call=call), Wish.Ended.BOOKED, by)


def end_all(case: Case, *, by: Actor) -> None:
    """The case is closed. Whoever closes it looked who may, and locked it."""
    end(Wish.objects.filter(case=case), Wish.Ended.CLOSED, by)


@transaction.atomic
def end_over(now: datetime) -> int:
    """End what its last day has passed, what is about a call that began or was canceled, and what waits for no call yet
    when a visit has come in between; what follows the visit waits on.
    """
    # The day of the patient is not known to the database: a day is over once it is everywhere.
    yesterday = (now - timedelta(hours=36)).date()
    asked_on = Cast(OuterRef("asked_at"), DateField())
    visits = Visit.objects.filter(case=OuterRef("case"), on_date__gt=asked_on, on_date__lte=yesterday)
    kept = Q(call__state=Consultation.State.CANCELLED)
    over = Q(until_on__lte=yesterday) | ~kept & Q(call__starts_at__lte=now) | Q(pk__in=Wish.objects.open().off())
    over |= (Q(call=None) | kept) & ~Q(service__code=Service.Code.AFTER_SECOND) & Exists(visits)
    return end(Wish.objects.filter(over), Wish.Ended.OVER, SYSTEM)
