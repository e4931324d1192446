"""Letters take days: who has them, how far ahead they are looked for, and on which days nobody posts."""

import datetime as dt
from collections.abc import Iterable

from portal.accounts.models import User
from portal.reminders import rules
from portal.reminders.models import Delivery, RecipientType, Reminder
from portal.reminders.readers import Reader
from portal.texts.closed import closed_days
from portal.texts.words import organisation

AHEAD = dt.timedelta(days=14)  # LETTER_TAKES with weekends, holidays and a day between
LONGEST_USE = dt.timedelta(days=120)


def closed(now: dt.datetime) -> frozenset[dt.date]:
    """The days on which our own house is closed, as far as rows reach."""
    here = organisation()
    today = now.astimezone(here.zone).date()
    return closed_days(here.region, today - AHEAD, today + LONGEST_USE)


def early_rows(now: dt.datetime, after: dt.datetime) -> list[Reminder]:
    """Rows of people who have letters that are due after an instant, and may have to be posted before."""
    people = [str(pk) for pk in User.objects.filter(channel=User.Channel.LETTER).values_list("pk", flat=True)]
    if not people:
        return []
    rows = Reminder.objects.unsettled().filter(recipient_type=RecipientType.USER, recipient_id__in=people)
    return list(rows.filter(delivery=None, due_at__gt=after, due_at__lte=now + AHEAD).order_by("due_at", "pk"))


def is_early(row: Reminder, reader: Reader, now: dt.datetime) -> bool:
    """Whether a row's own day is still to come."""
    return not rules.goes_at_once(row, now) and rules.gathered_from(row, reader.zone) > now


def must_be_said(rows: Iterable[Reminder], reader: Reader, now: dt.datetime, closed: frozenset[dt.date]) -> bool:
    """Whether one of these is too near for the mail, so that a person calls. Without a number a late letter goes."""
    return reader.has_phone and any(rules.is_too_near_for_mail(row, now, reader.zone, closed) for row in rows)


def channel_for(rows: Iterable[Reminder], reader: Reader, now: dt.datetime, closed: frozenset[dt.date]) -> str:
    """How a message of these rows goes."""
    if reader.has_letters and must_be_said(rows, reader, now, closed):
        return Delivery.Channel.CALL
    return reader.channel
