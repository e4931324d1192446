"""What time has overtaken: an earlier time taken by somebody else, and a wish for times with one who has left."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bookings import asked_notices
from bookings.models import Consultation
from bookings.waiting import notices
from bookings.waiting.ending import EARLIER, LEFT
from bookings.waiting.models import ToldTime, Wish
from cases.case.actions import ask_to_do, drop_to_do
from cases.case.models import ToDo
from portal import clock
from portal.actors import SYSTEM
from portal.history.actions import record


def drop_taken() -> int:
    """Nobody needs to ring about a time that is free no more. Free again, it is news again."""
    dropped = 0
    for todo in ToDo.objects.open().filter(kind=EARLIER):
        wish = Wish.objects.open().select_for_update(of=("self",)).filter(pk=todo.about_id).first()
        if wish is None or notices.with_free_times().filter(pk=wish.pk, is_free=True).exists():
            continue
        ToldTime.objects.filter(wish=wish, told_at__gte=todo.asked_at).delete()
        drop_to_do(todo, by=SYSTEM)
        dropped += 1
    return dropped


def without_whom(now: datetime) -> QuerySet[Wish]:
    """Open wishes for times with somebody who works here no more, not told of it yet. Who has a call with them is
    asked for another time anyway.
    """
    calls = Consultation.objects.upcoming(now).filter(case=OuterRef("case"))
    left = Wish.objects.open().without_whom().filter(left_told_at=None)
    return left.exclude(Exists(calls))


def tell_left(now: datetime) -> int:
    """Whoever waits for somebody who left is told once, by her own channel or a call; she can widen the wish."""
    told = 0
    for pk in list(without_whom(now).values_list("pk", flat=True)):
        with transaction.atomic():
            wish = without_whom(now).select_for_update(of=("self",)).select_related("case").filter(pk=pk).first()
            if wish is None:  # widened, or taken back, at this moment
                continue
            wish.left_told_at, wish.times_told = now, wish.times_told + 1
            wish.save(update_fields=["left_told_at", "times_told"])
            if asked_notices.is_written_to(wish.case.patient):
                notices.plan_left(wish, now)
            else:
                ask_to_do(LEFT, wish, case=wish.case, due_on=clock.today(wish.zone), by=SYSTEM)
            record(SYSTEM, "earlier_time.left_told", wish, patient=wish.case.patient_id, case=wish.case_id)
            told += 1
    return told
