"""The message "an earlier time is free": due while one of the times is, and only then; it says nothing else."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
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


LEFT = Pattern(
    code="bookings.wish_left",
    about=gettext_lazy("Call: whom she waits for, to have an earlier time, has left"),
    parts={
        "subject": gettext_lazy("About the earlier times you wait for"),
        "lead": gettext_lazy("%(consultant)s does not work with us any more, %(name)s"),
        "line": gettext_lazy("Would you like to hear of times with anyone of us who fits? You choose."),
        "action_label": gettext_lazy("Choose"),
    },
    examples={"name": gettext_lazy("Alex"), "consultant": gettext_lazy("Sam")},
)
LEFT_FOR = timedelta(days=14)


def plan_left(wish: Wish, now: datetime) -> None:
    """Whom she waits for has left: she can widen what she asked for."""
    plan(
        LEFT.code,
        wish,
        version=wish.times_told,
        recipient=wish.case.patient,
        due_at=now,
        useful_until=now + LEFT_FOR,
        case=wish.case_id,
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


def with_free_times() -> QuerySet[Wish]:
    """Each wish with whether one of the times told of is free still: offered at the last look, taken by nobody else.

    The call that it is about is in nobody's way: it is what moves.
    """
    now = clock.now()
    looked = FreeTimes.objects.filter(practice=OuterRef("consultant"), service=OuterRef("service"))
    looked = looked.filter(Q(wish=None) | Q(wish=OuterRef("wish")))
    offered = looked.filter(starts__contains=[OuterRef("starts_at")])
    taken = Reservation.objects.filter(
        consultant=OuterRef("consultant"), starts_at__lte=OuterRef("starts_at"), ends_at__gt=OuterRef("starts_at")
    )
    taken = taken.exclude(hold__isnull=False, hold__expires_at__lte=now)
    taken = taken.exclude(asked__isnull=False, asked__until__lte=now)
    own = Wish.objects.filter(pk=OuterRef(OuterRef("wish"))).exclude(call=None)
    taken = taken.exclude(consultation__in=own.values("call"))
    free = ToldTime.objects.filter(Exists(offered), ~Exists(taken), wish=OuterRef("pk"), starts_at__gt=now)
    free = free.filter(service=OuterRef("service"))
    off = Exists(Wish.objects.off().filter(pk=OuterRef("pk")))
    return Wish.objects.select_related("case").annotate(is_free=Exists(free), is_off=off)


def _about_left() -> QuerySet[Wish]:
    gone = Wish.objects.without_whom().filter(pk=OuterRef("pk"))
    return Wish.objects.select_related("consultant").annotate(has_left=Exists(gone))


def _still_left(wish: Any) -> bool:
    return wish.ended_at is None and wish.has_left


def _left_words(wish: Any, reader: Reader) -> Words:
    named = {"name": reader.called, "consultant": wish.consultant.first_name}
    return say(LEFT, named, path=reverse("bookings:earlier", args=[wish.case_id]))


def _still_free(wish: Any) -> bool:
    return wish.ended_at is None and wish.is_free and not wish.is_off


def _words(wish: Wish, reader: Reader) -> Words:
    return say(EARLIER_TIME, {"name": reader.called}, path=reverse("bookings:earlier", args=[wish.case_id]))


def _because(row: Reminder) -> str:
    return _("You asked to hear of earlier times. Once you book one, or say stop, this one goes away.")


KINDS = (
    Kind(
        EARLIER_TIME.code,
        NOTICE,
        gettext_lazy("An earlier time is free"),
        Due(with_free_times, _still_free),
        Told(with_free_times, _words),
        _because,
        9,
        patterns=(EARLIER_TIME,),
    ),
    Kind(
        LEFT.code,
        NOTICE,
        gettext_lazy("Whom you wait for has left"),
        Due(_about_left, _still_left),
        Told(_about_left, _left_words),
        _because,
        20,
        patterns=(LEFT,),
    ),
)
