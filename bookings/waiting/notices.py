"""The message "an earlier time is free": due while one of the times is, and only then; it says nothing else."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Reservation
from bookings.waiting.models import FreeTimes, ToldTime, Wish
from portal import clock
from portal.reminders.actions import plan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.rules import SOON, next_allowed
from portal.reminders.together import Due, Told

EARLIER_TIME = Pattern(
    code="bookings.earlier_time",
    about=gettext_lazy("Call: an earlier time is free, as she asked to hear"),
    parts={
        "subject": gettext_lazy("An earlier time is free"),
        "lead": gettext_lazy("An earlier time is free, %(name)s"),
        "line": gettext_lazy(
            "Sign in to see it. Whoever books first has it. What you have booked stays until you choose."
        ),
        "action_label": gettext_lazy("See the time"),
    },
    examples={"name": gettext_lazy("Alex")},
)


def plan_telling(wish: Wish, last: datetime, not_before: datetime | None, now: datetime) -> None:
    """Soon, since others may book it: at once by day, at 8 am by night. In place of one that has not gone yet."""
    due_at = next_allowed(max(now, not_before or now), wish.zone)
    plan(
        EARLIER_TIME.code,
        wish,
        version=wish.times_told,
        recipient=wish.case.patient,
        due_at=due_at,
        useful_until=min(last, due_at + SOON),
        case=wish.case_id,
    )


def _about() -> QuerySet[Wish]:
    """Each wish with whether one of the times told of is free still: offered at the last look, and taken by nobody."""
    now = clock.now()
    looked = FreeTimes.objects.filter(practice=OuterRef("consultant"), service=OuterRef("service"))
    offered = looked.filter(starts__contains=[OuterRef("starts_at")])
    taken = Reservation.objects.filter(
        consultant=OuterRef("consultant"), starts_at__lte=OuterRef("starts_at"), ends_at__gt=OuterRef("starts_at")
    )
    taken = taken.exclude(hold__isnull=False, hold__expires_at__lte=now)
    taken = taken.exclude(asked__isnull=False, asked__until__lte=now)
    free = ToldTime.objects.filter(Exists(offered), ~Exists(taken), wish=OuterRef("pk"), starts_at__gt=now)
    return Wish.objects.select_related("case").annotate(is_free=Exists(free))


def _still_free(wish: Any) -> bool:
    return wish.ended_at is None and wish.is_free


def _words(wish: Wish, reader: Reader) -> Words:
    return say(EARLIER_TIME, {"name": reader.called}, path=reverse("bookings:earlier", args=[wish.case_id]))


def _because(row: Reminder) -> str:
    return _("You asked to hear of earlier times. Once you book one, or say stop, this one goes away.")


KIND = Kind(
    EARLIER_TIME.code,
    NOTICE,
    gettext_lazy("An earlier time is free"),
    Due(_about, _still_free),
    Told(_about, _words),
    _because,
    9,
    patterns=(EARLIER_TIME,),
)
