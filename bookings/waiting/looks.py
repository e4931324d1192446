"""What was free at the last look, kept: of each consultant for anybody, and of a call's own consultant for whoever
waits to have that call earlier, as if it moved. Her call, and its preparation, do not stand in her own way.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bookings import availability, slots
from bookings.models import Consultation, Practice, Service
from bookings.waiting.models import FreeTimes, Wish
from portal.reminders.rules import local_day

Free = dict[tuple[Practice, Service], list[datetime]]


def keep_new(free: Free, now: datetime, wish: Wish | None = None) -> None:
    """Keep these where none were kept yet; of a wish, as it alone sees them."""
    new = [
        FreeTimes(practice=one, service=service, wish=wish, starts=starts, until_on=_last_day(one, now))
        for (one, service), starts in free.items()
    ]
    FreeTimes.objects.bulk_create(new, ignore_conflicts=True)


def _last_day(practice: Practice, now: datetime) -> date:
    return local_day(now, practice.zone) + timedelta(days=practice.horizon_days)


def renew(row: FreeTimes, practice: Practice, starts: list[datetime], now: datetime) -> list[datetime]:
    """Keep what is free now in place of what was, and give what was not free then."""
    known, until_on = set(row.starts), _last_day(practice, now)
    new_ones = [at for at in starts if at not in known and local_day(at, practice.zone) <= row.until_on]
    if known != set(starts) or row.until_on != until_on:
        row.starts, row.until_on = starts, until_on
        row.save(update_fields=["starts", "until_on"])
    return new_ones


def begin_as_moved(wish: Wish, call: Consultation, practices: Iterable[Practice], now: datetime) -> None:
    """Somebody begins to wait for an earlier time of this call: what it could move to already is no news."""
    own = next((one for one in practices if one.pk == call.consultant_id), None)
    if own is not None:
        keep_new({(own, wish.service): _as_moved(wish, call, own, now)}, now, wish)


def as_moved(
    wish: Wish, call: Consultation, own: Practice, row: FreeTimes | None, now: datetime
) -> list[datetime] | None:
    """The starts that got free with the call's own consultant, as if it moved; None where nobody looked before."""
    starts = _as_moved(wish, call, own, now)
    if row is None:
        keep_new({(own, wish.service): starts}, now, wish)
        return None
    return renew(row, own, starts, now)


def _as_moved(wish: Wish, call: Consultation, own: Practice, now: datetime) -> list[datetime]:
    calendar = availability.calendars_of([own], now, case=wish.case, moving=call)[own.pk]
    # A call that is booked can be moved after its kind is not given any more; her plan is judged by her case, later.
    asked = replace(availability.asked_by_anyone(own, wish.service, now), ready_on=date.min, is_given=True)
    return slots.free_starts(calendar, asked)
