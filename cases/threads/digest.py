"""The staff's digest: once a day, to those who want it, that messages wait; never whose, or what they say."""

import datetime as dt
from collections.abc import Callable, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.threads import answering
from portal.accounts.models import User
from portal.reminders.actions import plan_rows
from portal.reminders.kinds import REMINDER, Kind, Words
from portal.reminders.models import RecipientType, Reminder
from portal.reminders.readers import Reader

DIGEST = "threads.digest"
LASTS = dt.timedelta(days=2)
_also: list[Callable[[User], int]] = []
WHO = [User.Role.CONSULTANT, User.Role.COORDINATOR]


def count_also(count: Callable[[User], int]) -> None:
    """Rooms above tell of what else waits for somebody: `count(user)`. Registered in their apps.py."""
    if count not in _also:
        _also.append(count)


def _others(user: User) -> int:
    return sum(count(user) for count in _also)


def _something_waits(user: User) -> bool:
    return answering.waiting_for(user).exists() or _others(user) > 0


def plan_digests(now: dt.datetime) -> None:
    """Plan today's digest for each who wants it and has something waiting. Twice is once."""
    wanting = list(User.objects.filter(role__in=WHO, can_sign_in=True, wants_digest=True))
    plan_rows(_row(user, now) for user in wanting if _something_waits(user))


def _row(user: User, now: dt.datetime) -> Reminder:
    return Reminder(
        kind=DIGEST,
        about_type=User._meta.label_lower,
        about_id=user.pk,
        version=now.astimezone(user.zone).toordinal(),
        recipient_type=RecipientType.USER,
        recipient_id=str(user.pk),
        due_at=now,
        useful_until=now + LASTS,
    )


def _people(rows: Sequence[Reminder]) -> dict[UUID, User]:
    wanting = User.objects.filter(pk__in=[row.about_id for row in rows], wants_digest=True)
    return {user.pk: user for user in wanting}


def still_due(rows: Sequence[Reminder], now: dt.datetime) -> set[UUID]:
    """Those for whom something still waits; of several days' digests the newest alone."""
    waits = {pk for pk, user in _people(rows).items() if _something_waits(user)}
    newest: dict[UUID, int] = {}
    for row in rows:
        newest[row.about_id] = max(newest.get(row.about_id, 0), row.version)
    return {row.pk for row in rows if row.about_id in waits and row.version == newest[row.about_id]}


def words(rows: Sequence[Reminder], reader: Reader, now: dt.datetime) -> dict[UUID, Words]:
    people = _people(rows)
    asked = {pk: (answering.count(user), _others(user)) for pk, user in people.items()}
    return {row.pk: _words(*asked[row.about_id]) for row in rows if row.about_id in asked}


def _words(count: int, others: int) -> Words:
    if count == 0:
        return _words_of_news(others)
    waiting = ngettext("%(count)d message waits for an answer", "%(count)d messages wait for an answer", count)
    return Words(
        subject=waiting % {"count": count},
        lead=waiting % {"count": count},
        line=" ".join([*([_news(others)] if others else []), _why()]),
        action_label=_("Open the messages"),
        path=reverse("threads:waiting"),
    )


def _news(others: int) -> str:
    return ngettext("%(count)d other thing is new.", "%(count)d other things are new.", others) % {"count": others}


def _why() -> str:
    return _("You asked for this note once a day. You can end it under “Your account”.")


def _words_of_news(others: int) -> Words:
    new = ngettext("%(count)d thing is new", "%(count)d things are new", others) % {"count": others}
    return Words(subject=new, lead=new, line=_why(), action_label=_("See what is new"), path=reverse("pages:news"))


KIND = Kind(
    code=DIGEST,
    message_class=REMINDER,
    label=gettext_lazy("Messages wait for an answer"),
    still_due=still_due,
    words=words,
    why=lambda row: _("You asked for this note once a day."),
    rank=40,
)
