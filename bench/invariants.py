"""What must hold in a house whatever died in it, asked of its rows, its files and the mail that came.

Each rule is asked in a way of its own, past the constraints and the actions that should keep it. The process must be a
portal already (settings read, database named).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

Leap = tuple[dt.datetime, dt.datetime]  # from, to: hours that nobody lived, since the clock was set on
MESSAGES_GO_WITHIN = dt.timedelta(minutes=5)
GATHERED_WITHIN = dt.timedelta(days=1)  # what is planned after 9 am may go with the next day's
OVERLAPS = """
    SELECT count(*) FROM bookings_reservation one JOIN bookings_reservation other
    ON one.consultant_id = other.consultant_id AND one.id < other.id
    AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at"""
IN_TWO_PLACES = """
    SELECT count(*) FROM bookings_consultation one JOIN bookings_consultation other
    ON one.patient_id = other.patient_id AND one.id < other.id
    AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
    WHERE one.state = 'booked' AND other.state = 'booked'"""
WITHOUT_ITS_TIME = """
    SELECT count(*) FROM bookings_consultation call WHERE call.state = 'booked' AND NOT EXISTS (
    SELECT 1 FROM bookings_reservation kept WHERE kept.consultation_id = call.id
    AND kept.starts_at = call.starts_at AND kept.ends_at >= call.ends_at)"""
TIME_WITHOUT_CALL = """
    SELECT count(*) FROM bookings_reservation kept JOIN bookings_consultation call ON call.id = kept.consultation_id
    WHERE call.state = 'cancelled'"""


def broken(mails: Iterable[tuple[str, str]], leaps: Iterable[Leap] = ()) -> dict[str, int]:
    """How often each rule is broken; `mails` are the (X-Reminder-Key, Message-ID) pairs that came, repeats too."""
    return dict(rows()) | dict(messages(list(mails), list(leaps))) | dict(files()) | dict(records())


def rows() -> Iterator[tuple[str, int]]:
    """Times: nobody in two places, each call with its time, no time without its call."""
    yield "times of one consultant that overlap", _count(OVERLAPS)
    yield "calls of one patient that overlap", _count(IN_TWO_PLACES)
    yield "booked calls without their time", _count(WITHOUT_ITS_TIME)
    yield "times kept for a canceled call", _count(TIME_WITHOUT_CALL)


def messages(mails: list[tuple[str, str]], leaps: list[Leap]) -> Iterator[tuple[str, int]]:
    """Messages: none lost, none doubled. The very same mail twice is one: a server may have taken it unheard."""
    from portal import clock
    from portal.reminders.models import Delivery, MessageClass, Reminder

    last = clock.now() - MESSAGES_GO_WITHIN
    unsettled = Reminder.objects.unsettled()
    late = unsettled.filter(due_at__lt=last - GATHERED_WITHIN) | unsettled.filter(
        due_at__lt=last, message_class=MessageClass.ANSWER
    )
    yield "messages that are due and did not go", late.count()
    passed = Reminder.objects.filter(settled_as=Reminder.Outcome.PASSED)
    yield "messages that passed unsent", sum(not any(is_leapt(row, leap) for leap in leaps) for row in passed)
    ids: dict[str, set[str]] = {}
    for key, message_id in mails:
        ids.setdefault(key, set()).add(message_id)
    yield "messages that came in two mails", sum(len(several) > 1 for several in ids.values())
    came = {message_id for _key, message_id in mails}
    sent = Delivery.objects.filter(channel="mail", sent_at__isnull=False).values_list("message_id", flat=True)
    yield "mails said to be sent that did not come", sum(message_id not in came for message_id in sent)
    each = Counter(sent)
    yield "mails that two deliveries say they were", sum(count > 1 for count in each.values())


def is_leapt(row: Any, leap: Leap) -> bool:
    """Whether the hour until which it was of use was never lived, nor five minutes of it before."""
    from portal.reminders.models import MessageClass

    since, until = leap
    had_time = row.message_class == MessageClass.ANSWER and row.due_at < since - MESSAGES_GO_WITHIN
    return since <= row.useful_until <= until and not had_time


def files() -> Iterator[tuple[str, int]]:
    """Files: each with its row and its owner, each readable to its last byte."""
    from portal import clock
    from portal.vault import upkeep

    later = clock.real_now() + 2 * upkeep.YOUNG  # what a sending left behind is old enough then
    astray = Counter(thing.what for thing in upkeep.astray(later))
    for what in (upkeep.NO_FILE, upkeep.NO_ROW, upkeep.HALF, upkeep.NO_OWNER, upkeep.ERASED, upkeep.STRANGE):
        yield f"files: {what}", astray[what]
    yield "files that cannot be read whole", sum(bool(upkeep.fault(row)) for row in upkeep.Share().rows)


def records() -> Iterator[tuple[str, int]]:
    """What is on record is as its nights were sealed."""
    from portal import clock
    from portal.history import proof

    yield "faults of the record", len(proof.faults(clock.real_now()))


def _count(asked: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(asked)
        return cursor.fetchone()[0]
