"""When a message may go, what is gathered with what, which thing leads. Pure: no rows are read, no clock is asked."""

import datetime as dt
from collections.abc import Iterable, Set
from typing import Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.reminders import kinds
from portal.texts.business_days import add_business_days

QUIET_UNTIL = dt.time(8)
QUIET_FROM = dt.time(19)
GATHERED_AT = dt.time(9)
SOON = dt.timedelta(days=2)
CLAIM_LASTS = dt.timedelta(minutes=3)
FIRST_RETRY = dt.timedelta(seconds=30)
LONGEST_RETRY = dt.timedelta(minutes=4)
TRIES = 8
MEND_FOR = dt.timedelta(minutes=10)  # a wrong press, by another press
MEND_FOR = dt.timedelta(minutes=10)  # a wrong press, by another one
BODIES_KEPT = dt.timedelta(days=90)
LETTER_TAKES = 4  # business days until a letter is read: one to post it, three in the mail


class Due(Protocol):
    """What the rules need to know of a row."""

    id: UUID
    kind: str
    about_id: UUID
    message_class: str
    due_at: dt.datetime
    useful_until: dt.datetime
    step: int


Row = TypeVar("Row", bound=Due)


# Calendar arithmetic: local dates and wall times, turned into instants at the end.


def at_wall(day: dt.date, wall: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The instant of a wall time: a missing one lands as far after the gap, a doubled one is its first."""
    return dt.datetime.combine(day, wall, tzinfo=zone).astimezone(dt.UTC)


def morning(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """9 am of that day in that zone, as an instant."""
    return at_wall(day, GATHERED_AT, zone)


def local_day(at: dt.datetime, zone: ZoneInfo) -> dt.date:
    return at.astimezone(zone).date()


def is_quiet(now: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether it is before 8 am or from 7 pm on, where the reader is."""
    wall = now.astimezone(zone).time()
    return wall < QUIET_UNTIL or wall >= QUIET_FROM


def next_allowed(now: dt.datetime, zone: ZoneInfo, opens: dt.time = QUIET_UNTIL) -> dt.datetime:
    """This instant, or when the day opens next: 8 am, or 9 am for what is gathered."""
    wall = now.astimezone(zone).time()
    if opens <= wall < QUIET_FROM:
        return now
    day = local_day(now, zone)
    return at_wall(day if wall < opens else day + dt.timedelta(days=1), opens, zone)


def goes_at_once(row: Due, now: dt.datetime) -> bool:
    """Answers always; a notice when it is about something within 2 days (elapsed)."""
    if row.message_class == kinds.ANSWER:
        return True
    return row.message_class == kinds.NOTICE and row.useful_until - now <= SOON


def gathered_from(row: Due, zone: ZoneInfo) -> dt.datetime:
    """From when a gathered row may go: 9 am of its day; planned after 9 am, the next day's, while that still serves."""
    day = local_day(row.due_at, zone)
    same, following = morning(day, zone), morning(day + dt.timedelta(days=1), zone)
    if row.due_at <= same or row.useful_until <= following:
        return same
    return following


def post_by(row: Due, zone: ZoneInfo, closed: Set[dt.date]) -> dt.date:
    """The last day on which a letter can be posted and is read the day before the row is of no use (business days)."""
    read_by = add_business_days(local_day(row.useful_until, zone), -1, closed)
    return add_business_days(read_by, -LETTER_TAKES, closed)


def is_too_near_for_mail(row: Due, now: dt.datetime, zone: ZoneInfo, closed: Set[dt.date]) -> bool:
    """Whether a letter posted today would come too late: then a person calls."""
    return local_day(now, zone) > post_by(row, zone, closed)


def letter_from(row: Due, now: dt.datetime, zone: ZoneInfo, closed: Set[dt.date]) -> dt.datetime:
    """From when a gathered row is made a letter: on its own day, or sooner where that day would be too late to post.

    What is too near for the mail already is said by phone, on its own day.
    """
    own_day = gathered_from(row, zone)
    if is_too_near_for_mail(row, now, zone, closed):
        return own_day
    return min(own_day, morning(post_by(row, zone, closed), zone))


def may_go(
    row: Due, now: dt.datetime, zone: ZoneInfo, *, is_paused: bool = False, closed: Set[dt.date] | None = None
) -> bool:
    """Whether a row may go at this moment; the one-a-day rule is the database's. `closed`: the reader has letters."""
    if row.useful_until <= now:
        return False
    if goes_at_once(row, now):
        return row.due_at <= now
    # Not between 8 and 9 either: what is left from yesterday would take the one message of today before 9 am.
    if is_paused or next_allowed(now, zone, GATHERED_AT) != now:
        return False
    return (gathered_from(row, zone) if closed is None else letter_from(row, now, zone, closed)) <= now


def forecast(
    row: Due,
    now: dt.datetime,
    zone: ZoneInfo,
    resumes_at: dt.datetime | None = None,
    closed: Set[dt.date] | None = None,
) -> dt.datetime | None:
    """When a row is expected to go; None when it will not be useful by then."""
    if goes_at_once(row, max(now, row.due_at)):
        expected = max(now, row.due_at)
    else:
        made_from = gathered_from(row, zone) if closed is None else letter_from(row, now, zone, closed)
        expected = next_allowed(max(now, made_from, resumes_at or now), zone, GATHERED_AT)
    return expected if expected < row.useful_until else None


def leading(rows: Iterable[Row]) -> list[Row]:
    """Rows in the order of the message: the kind's rank, then what ends first. The first one leads."""

    def order(row: Due) -> tuple[int, dt.datetime, dt.datetime, str]:
        kind = kinds.known(row.kind)
        return (kind.rank if kind else 99, row.useful_until, row.due_at, str(row.id))

    return sorted(rows, key=order)


def superseded(rows: Iterable[Due]) -> set[UUID]:
    """Earlier askings about a thing whose later one is due as well: after an outage only the latest speaks."""
    newest: dict[tuple[str, UUID], Due] = {}
    old: set[UUID] = set()
    for row in sorted(rows, key=lambda row: (row.due_at, row.step)):
        earlier = newest.get((row.kind, row.about_id))
        if earlier is not None:
            old.add(earlier.id)
        newest[row.kind, row.about_id] = row
    return old


def later(row: Due, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """ "Later": the morning two days on, else the next, while that still serves; None when neither does."""
    day = local_day(max(row.due_at, now), zone)
    for days in (2, 1):
        moved = morning(day + dt.timedelta(days=days), zone)
        if moved < row.useful_until:
            return moved
    return None


def asked_again(now: dt.datetime, days: int, useful_until: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """ "Not yet": the morning this many days on, or sooner when the thing ends sooner; None when no morning is left."""
    today = local_day(now, zone)
    for ahead in range(days, 0, -1):
        moved = morning(today + dt.timedelta(days=ahead), zone)
        if moved < useful_until:
            return moved
    return None


def pause_ends(now: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    """The two offered ends of a pause: the third morning from now, and the Monday after that."""
    third = local_day(now, zone) + dt.timedelta(days=3)
    monday = third + dt.timedelta(days=7 - third.weekday())
    return [morning(third, zone), morning(monday, zone)]


# Elapsed arithmetic: in UTC.


def retry_after(failures: int) -> dt.timedelta:
    """How long to wait after this many failures: 30 s, doubled each time, never over 4 minutes."""
    return min(FIRST_RETRY * 2 ** max(0, min(failures, 10) - 1), LONGEST_RETRY)


def is_claimed(claimed_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a claim still holds. One older than 3 minutes is free: its sender is gone."""
    return claimed_at is not None and now - claimed_at < CLAIM_LASTS


CLINICAL = (
    "cancer", "tumor", "tumour", "oncolog", "patholog", "radiolog", "chemo", "radiation", "biops", "carcinoma",
    "sarcoma", "lymphoma", "leukemia", "leukaemia", "melanoma", "metasta", "malignan", "surg", "breast", "prostate",
    "diagnos", "hospital", "clinic", "imaging", "mammogra", "genom", "treatment", "remission", "disease", "slides",
)  # fmt: skip


def clinical_words(text: str) -> list[str]:
    """The words in a text that tell a bystander what the message is about."""
    folded = text.casefold()
    return [word for word in CLINICAL if word in folded]
