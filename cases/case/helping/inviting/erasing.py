"""Names and addresses of people who were asked to help: forgotten 30 days after it is over, not that it was asked."""

import datetime as dt

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.rules import ADDRESS_KEPT, Closed


def due(now: dt.datetime) -> QuerySet[Invite]:
    """Those that were answered, taken back or ran out 30 days ago."""
    said = ~Q(name="") | ~Q(email="") | ~Q(phone="")
    return (
        Invite.objects.filter(said).alias(over=Coalesce("ended_at", "good_until")).filter(over__lte=now - ADDRESS_KEPT)
    )


def forget(now: dt.datetime) -> int:
    """Forget them; how many."""
    found = due(now)
    found.filter(ended_at=None).update(ended_at=F("good_until"), ended_as=Closed.EXPIRED)
    return found.update(name="", email="", phone="")
