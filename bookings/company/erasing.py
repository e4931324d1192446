"""Names and addresses of who sat in on a call: forgotten 30 days after it, not that somebody was there."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from bookings.company import actions
from bookings.company.models import Companion, Over
from cases.case.models import ToDo

KEPT = timedelta(days=30)


def due(now: datetime) -> QuerySet[Companion]:
    """Those of calls that were over, or who were taken off, 30 days ago."""
    said = ~Q(name="") | ~Q(email="") | ~Q(phone="")
    over = Companion.objects.filter(said).alias(over=Coalesce("ended_at", "call__ends_at"))
    return over.filter(over__lte=now - KEPT)


def forget(now: datetime) -> int:
    """Forget them, and what stood on the board to ring them by; how many."""
    actions.end_over(now)
    found = Companion.objects.filter(pk__in=list(due(now).values_list("pk", flat=True)))
    found.filter(ended_at=None).update(ended_at=now, ended_as=Over.PAST)
    forgotten = found.update(name="", email="", phone="")
    noted = ToDo.objects.filter(kind=actions.RING).exclude(note=b"")
    nameless = Companion.objects.filter(name="", pk__in=list(noted.values_list("about_id", flat=True)))
    noted.filter(about_id__in=[str(pk) for pk in nameless.values_list("pk", flat=True)]).update(note=b"")
    return forgotten
