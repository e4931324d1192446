"""Saying that a consultant is away, or on other days: what is booked then is kept, asked to move or canceled, each by
an answer of its own, as with hours and time off.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from bookings import actions, slots
from bookings.availability_actions import Answers, asking_each
from bookings.models import Practice
from cases.case.away import actions as aways
from cases.case.models import Away
from portal.accounts.models import User
from portal.actors import Actor

DAY = dt.timedelta(days=1)


@transaction.atomic
def say_away(
    consultant: User, *, from_on: dt.date, until_on: dt.date, stands_in: User, answers: Answers | None = None, by: Actor
) -> Away:
    """As `cases.case.away` does it; Unanswered where calls lie on those days. Said twice it is said once."""
    practice = _locked(consultant, stands_in)
    said: Any = {"from_on": from_on, "until_on": until_on, "stands_in": stands_in}
    known = Away.objects.open().filter(consultant=consultant, **said).first()
    if known or practice is None:
        return known or aways.say_away(consultant, **said, by=by)
    return asking_each(
        practice,
        lambda: aways.say_away(consultant, **said, by=by),
        answers=answers or {},
        gaps=[slots.Off(from_on, until_on)],
        by=by,
    )


@transaction.atomic
def change_away(
    away: Away, *, from_on: dt.date, until_on: dt.date, stands_in: User, answers: Answers | None = None, by: Actor
) -> Away:
    """As `cases.case.away` does it; Unanswered where calls lie on days that come to it."""
    practice = _locked(away.consultant, away.stands_in, stands_in)
    away.refresh_from_db(fields=["from_on", "until_on"])
    said: Any = {"from_on": from_on, "until_on": until_on, "stands_in": stands_in}
    if practice is None:
        return aways.change_away(away, **said, by=by)
    return asking_each(
        practice,
        lambda: aways.change_away(away, **said, by=by),
        answers=answers or {},
        gaps=_added(away, from_on, until_on),
        by=by,
    )


def _added(away: Away, from_on: dt.date, until_on: dt.date) -> list[slots.Off]:
    """The days on which she was not away before."""
    earlier = (from_on, min(until_on, away.from_on - DAY))
    later = (max(from_on, away.until_on + DAY), until_on)
    return [slots.Off(first, last) for first, last in (earlier, later) if first <= last]


def _locked(*people: User) -> Practice | None:
    """Those of whom it is said, then the consultant's time: the order of a booking. None who has no hours yet."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in={each.pk for each in people}).order_by("pk"))
    consultant = people[0]
    return actions.lock_practice(consultant) if Practice.objects.filter(pk=consultant.pk).exists() else None
